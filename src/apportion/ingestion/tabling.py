"""Reads files of usage, customers or revenue into staged Parquet, and finds the rows that cannot be used."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from apportion.connectors import Field, TableReading, read_table
from apportion.connectors.parquet_rows import first_line
from apportion.core.errors import BadInput
from apportion.engine import connect, quote_ident, quote_text
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

_USABLE = "(faults IS NULL AND refused IS NULL)"
FUTURE = "later than the time of the load"
OUTSIDE = "outside the time that was asked for"
OTHER_UNIT = "another unit than the measure has"


@dataclass(frozen=True)
class RowCheck:
    """Rows that can be read and yet cannot be used: those where `refused` is true, for the value of `name`.

    `refused` is SQL over the fields under our names.
    """

    name: str
    refused: str
    reason: str


@dataclass(frozen=True)
class StagedTable:
    """What was read from all files.

    `select` gives the rows under our names with file, line, faults, and the number of the check that refused
    a row, or null.
    """

    select: str
    rows: int
    by_file: Mapping[str, int]
    rejected_rows: int
    rejects: tuple[Reject, ...]

    @property
    def usable(self) -> str:
        """SQL of the rows that can be used."""
        return f"SELECT * FROM ({self.select}) WHERE {_USABLE}"


def stage_table(
    con: duckdb.DuckDBPyConnection,
    sources: Sources,
    fields: Sequence[Field],
    optional: frozenset[str],
    bench: Workbench,
    samples: int,
    checks: Sequence[RowCheck] = (),
) -> StagedTable:
    """Read all files; BadInput where one lacks a column or cannot be read."""
    selects, by_file, rejected = [], {}, 0
    found: list[Reject] = []
    for i, file in enumerate(sources.files):
        reading = read_table(file, con, fields, optional)
        path = bench.folder / f"table-{i}.parquet"
        rows, damaged = _write(con, reading, path)
        part = (
            f"SELECT *, {quote_text(file.name)} AS file, {_verdict(checks)} AS refused "
            f"FROM read_parquet({quote_text(str(path))})"
        )
        broken = _broken(con, reading, part, checks, samples)
        counted = con.execute(f"SELECT count(*) FROM ({part}) WHERE NOT ({_USABLE})").fetchone()
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


def _verdict(checks: Sequence[RowCheck]) -> str:
    cases = " ".join(f"WHEN {check.refused} THEN {i}" for i, check in enumerate(checks))
    return f"CASE WHEN faults IS NULL THEN CASE {cases} END END" if checks else "CAST(NULL AS INTEGER)"


def _broken(
    con: duckdb.DuckDBPyConnection,
    reading: TableReading,
    part: str,
    checks: Sequence[RowCheck],
    samples: int,
) -> list[Reject]:
    kinds = {f.column: f for f in reading.fields}
    names = {f.name: f.column for f in reading.fields}
    texts = " ".join(
        f"WHEN {i} THEN CAST({quote_ident(check.name)} AS VARCHAR)" for i, check in enumerate(checks)
    )
    at_fault = f"CASE refused {texts} END" if texts else "NULL"
    rows = con.execute(
        f"SELECT file, line, map_entries(faults), refused, {at_fault} "
        f"FROM ({part}) WHERE NOT ({_USABLE}) ORDER BY line LIMIT {samples}"
    ).fetchall()
    found = []
    for file, line, entries, refused, text in rows:
        if refused is not None:
            check = checks[refused]
            found.append(Reject(file, line, names[check.name], (text or "")[:200], check.reason))
        for e in entries or ():
            value = (e["value"] or "")[:200]
            found.append(Reject(file, line, e["key"], value, _reason(kinds[e["key"]], e["value"])))
    return found


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
