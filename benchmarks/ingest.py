"""Loading a month's bill of any form, against a DuckDB COPY that casts it to the same types."""

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from apportion import focus
from apportion.connectors import bill_connector
from apportion.engine import connect, quote_ident, quote_text
from apportion.ingestion import ingest_bill
from apportion.ledger import Ledger
from benchmarks.ingest_data import make
from benchmarks.measure import Ratio

MEMORY = "2GB"


@dataclass(frozen=True)
class Memory(Ratio):
    """Peak resident memory in gigabytes, round by round."""

    def __str__(self) -> str:
        return f"{self.name}: at most {max(self.ratios):.2f} GB resident (bar {self.bar} GB)"


def baseline(source: Path, target: Path) -> None:
    """One COPY to Parquet with the fastest exact cast of each column, in whatever order suits DuckDB."""
    con = connect(memory_limit=MEMORY, temp=target.with_suffix(".spill"))
    con.execute("SET preserve_insertion_order = false")
    path = quote_text(str(source))
    if source.suffix == ".csv":
        names = [name for (name, *_) in con.execute(f"DESCRIBE FROM read_csv({path})").fetchall()]
        columns = ", ".join(f"{quote_text(n)}: 'VARCHAR'" for n in names)
        reader = f"read_csv({path}, header = true, auto_detect = false, columns = {{{columns}}})"
        kinds = dict.fromkeys(names, "VARCHAR")
    else:
        reader = f"read_parquet({path})"
        kinds = {n: k for n, k, *_ in con.execute(f"DESCRIBE FROM {reader}").fetchall()}
    wanted = ", ".join(f"{_cast(name, kind)} AS {quote_ident(name)}" for name, kind in kinds.items())
    con.execute(f"COPY (SELECT {wanted} FROM {reader}) TO {quote_text(str(target))} (FORMAT parquet)")


def _cast(name: str, kind: str) -> str:
    column, target = quote_ident(name), focus.charge_columns()[name]
    if kind != "VARCHAR" or target == "VARCHAR":
        return f"CAST({column} AS {target})"
    if target.startswith("DECIMAL"):
        return f"COALESCE(TRY_CAST({column} AS DECIMAL(18,12)), CAST({column} AS {target}))"
    return f"CAST({column}::JSON AS {target})" if target.startswith("MAP") else f"CAST({column} AS {target})"


def ours(source: Path, target: Path) -> None:
    """The same file as a load: checked, counted, recorded, committed."""
    ingest_bill(Ledger(target), "aws", bill_connector("focus"), [source])


WORK: dict[str, Callable[[Path, Path], None]] = {"baseline": baseline, "ours": ours}


def measured(what: str, source: Path, box: Path) -> tuple[float, float]:
    """Seconds and gigabytes of one piece of work in a process of its own."""
    target = box / "target"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    command = [sys.executable, "-m", "benchmarks.ingest", what, str(source), str(target / what)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    shutil.rmtree(target)
    seconds, gigabytes = json.loads(done.stdout.splitlines()[-1])
    return seconds, gigabytes


def run(box: Path, rows: int = 10_000_000, rounds: int = 3) -> list[Ratio]:
    """Measure each form of the bill in turn."""
    results: list[Ratio] = []
    for form, source in make(rows, box / f"ingest-{rows}").items():
        found: dict[str, list[tuple[float, float]]] = {what: [] for what in WORK}
        for _ in range(rounds):
            for what, numbers in found.items():
                numbers.append(measured(what, source, box))
        seconds = {what: [s for s, _ in numbers] for what, numbers in found.items()}
        name = f"ingest {rows:,} rows of {form}"
        results.append(Ratio(name, 1.5, seconds["ours"], seconds["baseline"]))
        results.append(Memory(name, 4.0, [g for _, g in found["ours"]], [1.0] * rounds))
    return results


def main() -> None:
    what, source, target = sys.argv[1:]
    start = time.perf_counter()
    WORK[what](Path(source), Path(target))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps([seconds, peak / 1e9]))


if __name__ == "__main__":
    main()
