"""Loading a month's bill of any form, against a DuckDB COPY that casts it to the same types."""

from pathlib import Path

from apportion import focus
from apportion.connectors import bill_connector
from apportion.engine import connect, quote_ident, quote_text
from apportion.ingestion import ingest_bill
from apportion.ledger import Ledger
from benchmarks.ingest_data import make
from benchmarks.measure import Memory, Ratio, Work, in_processes, own_process

MEMORY = "2GB"


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


WORK: Work = {"baseline": baseline, "ours": ours}


def run(box: Path, rows: int = 10_000_000, rounds: int = 3) -> list[Ratio]:
    """Measure each form of the bill in turn."""
    results: list[Ratio] = []
    for form, source in make(rows, box / f"ingest-{rows}").items():
        found = in_processes("benchmarks.ingest", WORK, source, box, rounds)
        name = f"ingest {rows:,} rows of {form}"
        results.append(Ratio(name, 1.5, found["ours"].seconds, found["baseline"].seconds))
        results.append(Memory(name, 4.0, found["ours"].gigabytes, [1.0] * rounds))
    return results


if __name__ == "__main__":
    own_process(WORK)
