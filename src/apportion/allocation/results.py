"""Writes what a run computed: each result table in one commit, the one that readers follow last."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from apportion.engine import quote_ident, quote_text
from apportion.ledger import Ledger, RunRecord, Slice, Table
from apportion.ledger.ledger import columns
from apportion.ledger.schemas import Columns, delta_schema

ORDER = {
    "daily_costs": "day",
    "daily_revenue": "customer_id, day",
    "allocations": "target, day",
    "steps": "day, node, target",
}
ROW_GROUP = 30_000


def write_results(
    ledger: Ledger, con: duckdb.DuckDBPyConnection, record: RunRecord, expect: int
) -> RunRecord:
    """Commit the result tables of `con`; the run stands once `allocations` is committed with its record.

    `expect` is the version of `allocations` this run replaces. Raises Transient where it is no longer newest.
    """
    kept = bool(record.kept_from)
    con.execute(
        "CREATE OR REPLACE TEMP VIEW allocations AS SELECT * EXCLUDE (billed, effective), "
        "money(billed) AS BilledCost, money(effective) AS EffectiveCost FROM results"
        + (" UNION ALL BY NAME FROM kept_allocations" if kept else "")
    )
    also = " UNION ALL BY NAME FROM kept_steps" if kept else ""
    con.execute(f"CREATE OR REPLACE TEMP VIEW all_steps AS FROM steps{also}")
    shapes = columns(record.dimensions)
    for name in ("daily_costs", "daily_revenue", "steps", "reconciliation", "allocations"):
        table, rows = ledger.table(name), "all_steps" if name == "steps" else name
        parts = _touched(con, name) if kept else None
        slices = [
            Slice(part, _copy(table, con, (name, rows), shapes[name], part, record.run_id))
            for part in (_partitions(con, table, rows) if parts is None else parts)
        ]
        version = table.version()
        if slices or parts is None or name == "allocations":
            version = table.replace(
                slices,
                schema=delta_schema(shapes[name]),
                record=record.to_dict() if name == "allocations" else {"run_id": record.run_id},
                whole=parts is None,
                expect=expect if name == "allocations" else None,
            )
        record = replace(record, versions={**record.versions, name: version})
    return record


TOUCHED = {
    "daily_costs": "SELECT DISTINCT x_BillingPeriod AS billing_period FROM changed_bills",
    "steps": "SELECT DISTINCT perspective, period FROM all_steps "
    "WHERE period IN (SELECT strftime(day, '%Y-%m') FROM run_days)",
    "allocations": "SELECT DISTINCT perspective, billing_period FROM touched_allocations",
}
"""Partitions that hold anything of the days run again; the others keep their files."""


def _touched(con: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, str]] | None:
    """None for a table that is written whole every time."""
    if name not in TOUCHED:
        return None
    cursor = con.execute(f"{TOUCHED[name]} ORDER BY ALL")
    names = [d[0] for d in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _partitions(con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> Iterator[dict[str, str]]:
    if not table.partition_by:
        yield {}
        return
    by = ", ".join(quote_ident(c) for c in table.partition_by)
    for row in con.execute(f"SELECT DISTINCT {by} FROM {rows} ORDER BY ALL").fetchall():
        yield dict(zip(table.partition_by, row, strict=True))


def _copy(
    table: Table,
    con: duckdb.DuckDBPyConnection,
    named: tuple[str, str],
    shape: Columns,
    part: dict[str, str],
    run_id: str,
) -> list[Path]:
    """The file of one partition of a table, written from a relation; none where it has no rows."""
    name, rows = named
    path = table.partition_directory(part) / f"{run_id}.parquet"
    columns_sql = ", ".join(
        f"CAST({quote_ident(c)} AS {sql}) AS {quote_ident(c)}" for c, sql in shape.items()
    )
    where = " AND ".join(f"{quote_ident(k)} = {quote_text(v)}" for k, v in part.items()) or "true"
    order = f"ORDER BY {ORDER[name]}" if name in ORDER else ""
    written = con.execute(
        f"COPY (SELECT {columns_sql} FROM {rows} WHERE {where} {order}) TO {quote_text(str(path))} "
        f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP})"
    ).fetchone()
    return [path] if not part or (written and written[0]) else []
