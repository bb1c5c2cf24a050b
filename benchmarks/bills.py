"""Turning an AWS Cost and Usage Report into charges, against one hand-written COPY of the same columns."""

from pathlib import Path
from string import Template

from apportion.connectors import bill_connector
from apportion.engine import connect, quote_text
from apportion.ingestion import ingest_bill
from apportion.ledger import Ledger
from benchmarks.measure import Memory, Ratio, in_processes, own_process

HERE = Path(__file__).parent
SMALL, LARGE = 1_000_000, 10_000_000


def made(rows: int, box: Path) -> Path:
    """A report of that many lines below `box`, made if it is not there."""
    target = box / f"cur-{rows}.parquet"
    if not target.exists():
        box.mkdir(parents=True, exist_ok=True)
        half = target.with_suffix(".half")
        connect(memory_limit="4GB", temp=box / "spill").execute(_sql("cur_data", rows=str(rows), target=half))
        half.replace(target)
    return target


def by_hand(source: Path, target: Path) -> None:
    """The COPY that an analyst would write."""
    con = connect(memory_limit="2GB", temp=target.with_suffix(".spill"))
    con.execute("SET preserve_insertion_order = false")
    con.execute(_sql("cur", source=source, target=target))


def ours(source: Path, target: Path) -> None:
    """The report as a load: typed, judged, controlled, recorded, committed."""
    ingest_bill(Ledger(target), "aws", bill_connector("aws"), [source])


def _sql(name: str, **parts: str | Path) -> str:
    quoted = {k: quote_text(str(v)) if isinstance(v, Path) else v for k, v in parts.items()}
    return Template((HERE / f"{name}.sql").read_text(encoding="utf-8")).safe_substitute(quoted)


def run(box: Path, rows: int = LARGE, rounds: int = 3) -> list[Ratio]:
    """One million lines against the hand-written COPY; `rows` lines against one million, line by line."""
    work = {"by_hand": by_hand, "ours": ours}
    small = in_processes("benchmarks.bills", work, made(SMALL, box), box, rounds)
    results: list[Ratio] = [
        Ratio(f"read {SMALL:,} lines of a CUR", 2.0, small["ours"].seconds, small["by_hand"].seconds),
        Memory(f"read {SMALL:,} lines of a CUR", 1.0, small["ours"].gigabytes, [1.0] * rounds),
    ]
    if rows > SMALL:
        large = in_processes("benchmarks.bills", {"ours": ours}, made(rows, box), box, rounds)["ours"]
        scaled = [s * rows / SMALL for s in small["ours"].seconds]
        results.append(
            Ratio(f"read {rows:,} lines, time a line against {SMALL:,}", 1.0, large.seconds, scaled)
        )
        results.append(Memory(f"read {rows:,} lines of a CUR", 1.5, large.gigabytes, [1.0] * rounds))
    return results


if __name__ == "__main__":
    own_process({"by_hand": by_hand, "ours": ours})
