"""Loads usage, customers and revenue: each file set replaces what it replaces whole, or nothing changes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from apportion.connectors import Field, SourceFile
from apportion.connectors.usage import UsageColumns
from apportion.core.errors import BadInput, Refused
from apportion.core.periods import Window
from apportion.engine import quote_ident, quote_text
from apportion.engine.statements import statement
from apportion.ingestion.limits import Limits
from apportion.ingestion.records import LoadRecord, Reject
from apportion.ingestion.sources import find_sources
from apportion.ingestion.table_load import TableLoad
from apportion.ingestion.tabling import (
    FUTURE,
    OTHER_UNIT,
    OUTSIDE,
    RowCheck,
    StagedTable,
    connection,
    stage_table,
)
from apportion.ingestion.workbench import workbench
from apportion.ledger import Ledger
from apportion.ledger.schemas import CUSTOMERS, REVENUE, USAGE, Columns

Clock = Callable[[], datetime]
Paths = Sequence[str | Path | SourceFile]


AHEAD = timedelta(days=1)
"""Usage may be so much later than the load: clocks differ, and a day may be written before it ends."""


@dataclass(frozen=True)
class Made:
    """How files came about that a connector made: for what was on `offer`, of the days `within`."""

    offer: str = ""
    within: Window | None = None
    notes: tuple[str, ...] = ()


def _utc_now() -> datetime:
    return datetime.now(UTC)


def ingest_usage(
    ledger: Ledger,
    measure: str,
    paths: Paths,
    columns: UsageColumns,
    *,
    limits: Limits | None = None,
    now: Clock = _utc_now,
    connector: str = "files",
    made: Made | None = None,
) -> list[LoadRecord]:
    """Make the files the whole usage of `measure` in the months they hold; one record a month.

    Quantities are 0 or more. Rows that cannot be used, among them those later than a day from `now` and those
    in another unit, are left out and reported; more of them than `limits.broken_rows` refuse the load. A
    dimension without a value counts as '(none)'. `paths` may be files that a `connector` has `made`.
    """
    judged, of = limits or Limits(), made or Made()
    fields = [
        Field("time", "moment", columns.time, required=True),
        Field("quantity", "quantity", columns.quantity, required=True),
        *(Field(f"at_{name}", "text", column) for name, column in columns.dimensions.items()),
    ]
    if columns.unit_column:
        fields.append(Field("unit", "text", columns.unit_column, required=True))
    asked = f" {of.within.start}" if of.within else ""
    settings, started = f"usage {columns} {of.offer}{asked}".rstrip(), now()
    job = TableLoad(
        ledger,
        "usage",
        measure,
        settings,
        find_sources(paths),
        judged,
        started,
        connector=connector,
        offer=of.offer,
        notes=of.notes,
    )
    if same := job.unchanged():
        return same
    with workbench(job.table, job.load_id) as bench, connection(bench) as con:
        checks = _checks(columns, started, of.within)
        table = stage_table(con, job.sources, fields, frozenset(), bench, judged.samples, checks)
        _refuse(table, job, judged.broken_rows)
        rows = con.execute(
            f"SELECT strftime(\"time\", '%Y-%m') AS period, count(*) FROM ({table.usable}) "
            "GROUP BY 1 ORDER BY 1"
        ).fetchall()
        counts = {str(period): int(n) for period, n in rows}
        if not counts:
            raise BadInput("There is no usage in it.", where=job.names, hint="Export it again.")
        selects = {p: _usage(table, measure, p, job.id_of(p, counts), columns.dimensions) for p in counts}
        return job.commit(con, bench, table, counts, selects, USAGE)


def _checks(columns: UsageColumns, now: datetime, within: Window | None) -> list[RowCheck]:
    """What a row must be besides readable: past (a clock may be a day ahead), asked for, in its unit."""
    latest = f"{now.astimezone(UTC) + AHEAD:%Y-%m-%d %H:%M:%S}+00"
    found = [RowCheck("time", f'"time" > TIMESTAMPTZ {quote_text(latest)}', FUTURE)]
    if within:
        start, end = (f"TIMESTAMPTZ '{day} 00:00:00+00'" for day in (within.start, within.end))
        found.append(RowCheck("time", f'"time" < {start} OR "time" >= {end}', OUTSIDE))
    if columns.unit_column:
        found.append(RowCheck("unit", f"unit <> {quote_text(columns.unit)}", OTHER_UNIT))
    return found


def _usage(table: StagedTable, measure: str, period: str, load_id: str, dimensions: Mapping[str, str]) -> str:
    pairs = ", ".join(f"{quote_text(d)}: coalesce({quote_ident('at_' + d)}, '(none)')" for d in dimensions)
    return statement(
        "apportion.ingestion",
        "usage",
        measure=quote_text(measure),
        period=quote_text(period),
        dimensions=f"CAST({{{pairs}}} AS MAP(VARCHAR, VARCHAR))" if pairs else "MAP {}",
        load=quote_text(load_id),
        rows=table.usable,
    )


def ingest_customers(
    ledger: Ledger,
    paths: Paths,
    columns: Mapping[str, str] | None = None,
    *,
    now: Clock = _utc_now,
    connector: str = "files",
) -> LoadRecord:
    """Make the files the whole list of customers; `columns` renames: our name → theirs.

    Further columns are kept as attributes. Refused where a row cannot be used or an id stands twice.
    """
    named = dict(columns or {})
    fields = [
        Field("customer_id", "text", named.get("customer_id", "customer_id"), required=True),
        *(Field(n, "text", named.get(n, n)) for n in ("customer_name", "plan", "status")),
        *(Field(n, "day", named.get(n, n)) for n in ("start_date", "end_date")),
    ]
    optional = optional_columns(named, [f.name for f in fields[1:]])
    settings = f"customers {named}"
    job = TableLoad(
        ledger, "customers", "", settings, find_sources(paths), Limits(), now(), connector=connector
    )
    return load_whole(job, fields, optional, CUSTOMERS, [_repeated_ids, _ends_before_start])


def ingest_revenue(
    ledger: Ledger,
    paths: Paths,
    columns: Mapping[str, str] | None = None,
    *,
    now: Clock = _utc_now,
    connector: str = "files",
) -> LoadRecord:
    """Make the files the whole revenue; `columns` renames: our name → theirs.

    Amounts are kept exactly, to at most 12 decimal places; of recurring revenue they are a month's.
    Refused where a row cannot be used.
    """
    named = dict(columns or {})
    kinds = ("recurring", "one_off", "overage")
    fields = [
        Field("customer_id", "text", named.get("customer_id", "customer_id"), required=True),
        Field("kind", "choice", named.get("kind", "kind"), required=True, choices=kinds),
        Field("amount", "money", named.get("amount", "amount"), required=True),
        Field("currency", "currency", named.get("currency", "currency"), required=True),
        Field("start_date", "day", named.get("start_date", "start_date"), required=True),
        Field("end_date", "day", named.get("end_date", "end_date")),
        Field("description", "text", named.get("description", "description")),
    ]
    optional = optional_columns(named, ["end_date", "description"])
    settings = f"revenue {named}"
    job = TableLoad(
        ledger, "revenue", "", settings, find_sources(paths), Limits(), now(), connector=connector
    )
    return load_whole(job, fields, optional, REVENUE, [_ends_before_start])


def optional_columns(named: Mapping[str, str], names: Sequence[str]) -> frozenset[str]:
    """Columns that may be absent, unless they were named expressly."""
    return frozenset(n for n in names if n not in named)


Check = Callable[[duckdb.DuckDBPyConnection, StagedTable, Sequence[Field]], list[Reject]]


def load_whole(
    job: TableLoad,
    fields: Sequence[Field],
    optional: frozenset[str],
    columns: Columns,
    checks: Sequence[Check],
    **parts: str,
) -> LoadRecord:
    """Make the rows of a load the whole table, or refuse it; `parts` are SQL for its statement."""
    if same := job.unchanged():
        return same[0]
    with workbench(job.table, job.load_id) as bench, connection(bench) as con:
        table = stage_table(con, job.sources, fields, optional, bench, job.limits.samples)
        for check in checks:
            wrong = check(con, table, fields)
            table = replace(
                table, rejected_rows=table.rejected_rows + len(wrong), rejects=(*table.rejects, *wrong)
            )
        _refuse(table, job, Decimal(0))
        if not table.rows:
            raise BadInput("The file has no rows.", where=job.names, hint="Export it again.")
        load = quote_text(job.load_id)
        select = statement("apportion.ingestion", job.name, load=load, rows=table.select, **parts)
        return job.commit(con, bench, table, {"": table.rows}, {"": select}, columns)[0]


def _repeated_ids(
    con: duckdb.DuckDBPyConnection, table: StagedTable, fields: Sequence[Field]
) -> list[Reject]:
    column = fields[0].column
    rows = con.execute(
        f"SELECT file, line, customer_id FROM ({table.usable}) "
        "QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY file, line) > 1 ORDER BY file, line"
    ).fetchall()
    return [Reject(file, line, column, value, "an id that another row has") for file, line, value in rows]


def _ends_before_start(
    con: duckdb.DuckDBPyConnection, table: StagedTable, fields: Sequence[Field]
) -> list[Reject]:
    column = next(f.column for f in fields if f.name == "end_date")
    rows = con.execute(
        f"SELECT file, line, end_date FROM ({table.usable}) WHERE end_date <= start_date ORDER BY file, line"
    ).fetchall()
    return [Reject(file, line, column, str(day), "not after the start") for file, line, day in rows]


def _refuse(table: StagedTable, job: TableLoad, limit: Decimal) -> None:
    if table.rejected_rows <= limit * table.rows:
        return
    first = "; ".join(
        f"{r.file} line {r.line}: {r.column} {r.value!r} is {r.reason}" for r in table.rejects[:3]
    )
    raise Refused(
        f"{table.rejected_rows:,} of {table.rows:,} rows cannot be used. {first}.",
        where=job.names,
        hint="Correct them and load again; what was loaded before still stands.",
    )
