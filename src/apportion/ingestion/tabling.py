"""Reads files of usage, customers or revenue into staged Parquet, and finds the rows that cannot be used."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from apportion.connectors import Field, TableReading, read_table
from apportion.connectors.parquet_rows import first_line
from apportion.core.errors import BadInput
from apportion.engine import connect, quote_text
from apportion.ingestion.records import Reject
from apportion.ingestion.rejects import DAMAGE
from apportion.ingestion.sources import Sources
from apportion.ingestion.staged import Damaged
from apportion.ingestion.staging import damaged_records, refuse_full
from apportion.ingestion.workbench import Workbench

_REASONS: Mapping[str, str] = {
    "quantity": "not a quantity of 0 or more",
    "money": "not an amount of at most 12 decimal places",
    "moment": "not a time between 1970 and 2200",
    "day": "not a day between 1970 and 2200",
    "currency": "not a currency of three capital letters",
    "text": "missing",
}


@dataclass(frozen=True)
class StagedTable:
    """What was read from all files: `select` gives the rows under our names with file, line and faults."""

    select: str
    rows: int
    by_file: Mapping[str, int]
    rejected_rows: int
    rejects: tuple[Reject, ...]

    @property
    def usable(self) -> str:
        return f"SELECT * FROM ({self.select}) WHERE faults IS NULL"


def stage_table(
    con: duckdb.DuckDBPyConnection,
    sources: Sources,
    fields: Sequence[Field],
    optional: frozenset[str],
    bench: Workbench,
    samples: int,
) -> StagedTable:
    """Read all files; BadInput where one lacks a column or cannot be read."""
    selects, by_file, rejected = [], {}, 0
    found: list[Reject] = []
    for i, file in enumerate(sources.files):
        reading = read_table(file, con, fields, optional)
        path = bench.folder / f"table-{i}.parquet"
        rows, damaged = _write(con, reading, path)
        part = f"SELECT *, {quote_text(file.name)} AS file FROM read_parquet({quote_text(str(path))})"
        broken = _broken(con, reading, part, samples)
        counted = con.execute(f"SELECT count(*) FROM ({part}) WHERE faults IS NOT NULL").fetchone()
        rejected += (int(counted[0]) if counted else 0) + len(damaged)
        found += [
            Reject(file.name, d.line, "", d.text[:200], DAMAGE.get(d.reason, d.reason)) for d in damaged
        ]
        found += broken
        by_file[file.name] = rows + len(damaged)
        selects.append(part)
    return StagedTable(
        " UNION ALL BY NAME ".join(selects), sum(by_file.values()), by_file, rejected, tuple(found[:samples])
    )


def _write(
    con: duckdb.DuckDBPyConnection, reading: TableReading, path: Path
) -> tuple[int, tuple[Damaged, ...]]:
    cursor = con.cursor()
    try:
        with reading.rows.streams(1, nulls=True)[0] as stream:
            copied = cursor.execute(
                f"COPY ({reading.select(stream)}) TO {quote_text(str(path))} (FORMAT parquet)"
            ).fetchone()
            return int(copied[0]) if copied else 0, damaged_records(cursor, stream)
    except duckdb.Error as why:
        refuse_full(why)
        raise BadInput(
            f"It cannot be read: {first_line(why)}.",
            where=reading.rows.file.name,
            hint="Check the file, or export it again.",
        ) from why


def _broken(con: duckdb.DuckDBPyConnection, reading: TableReading, part: str, samples: int) -> list[Reject]:
    kinds = {f.column: f for f in reading.fields}
    rows = con.execute(
        f"SELECT file, line, map_entries(faults) FROM ({part}) WHERE faults IS NOT NULL "
        f"ORDER BY line LIMIT {samples}"
    ).fetchall()
    return [
        Reject(file, line, e["key"], (e["value"] or "")[:200], _reason(kinds[e["key"]], e["value"]))
        for file, line, entries in rows
        for e in entries
    ]


def _reason(field: Field, value: str | None) -> str:
    if value is None or not value.strip():
        return "missing"
    if field.kind == "choice":
        return f"not one of {', '.join(field.choices)}"
    return _REASONS[field.kind]


@contextmanager
def connection(bench: Workbench) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database for one load, spilling into its workbench."""
    con = connect(memory_limit="2GB", temp=bench.folder / "spill")
    try:
        yield con
    finally:
        con.close()
