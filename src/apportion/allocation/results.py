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
    con.execute(
        "CREATE OR REPLACE TEMP VIEW allocations AS SELECT * EXCLUDE (billed, effective), "
        "money(billed) AS BilledCost, money(effective) AS EffectiveCost FROM results"
    )
    shapes = columns(record.dimensions)
    for name in ("daily_costs", "daily_revenue", "steps", "reconciliation"):
        version = _commit(ledger.table(name), con, name, shapes[name], record, None)
        record = replace(record, versions={**record.versions, name: version})
    version = _commit(ledger.table("allocations"), con, "allocations", shapes["allocations"], record, expect)
    return replace(record, versions={**record.versions, "allocations": version})


def _commit(
    table: Table,
    con: duckdb.DuckDBPyConnection,
    name: str,
    shape: Columns,
    record: RunRecord,
    expect: int | None,
) -> int:
    slices = [
        Slice(part, [_copy(table, con, name, shape, part, record.run_id)])
        for part in _partitions(con, table, name)
    ]
    said = record.to_dict() if name == "allocations" else {"run_id": record.run_id}
    return table.replace(slices, schema=delta_schema(shape), record=said, whole=True, expect=expect)


def _partitions(con: duckdb.DuckDBPyConnection, table: Table, name: str) -> Iterator[dict[str, str]]:
    if not table.partition_by:
        yield {}
        return
    by = ", ".join(quote_ident(c) for c in table.partition_by)
    for row in con.execute(f"SELECT DISTINCT {by} FROM {name} ORDER BY ALL").fetchall():
        yield dict(zip(table.partition_by, row, strict=True))


def _copy(
    table: Table,
    con: duckdb.DuckDBPyConnection,
    name: str,
    shape: Columns,
    part: dict[str, str],
    run_id: str,
) -> Path:
    path = table.partition_directory(part) / f"{run_id}.parquet"
    columns_sql = ", ".join(
        f"CAST({quote_ident(c)} AS {sql}) AS {quote_ident(c)}" for c, sql in shape.items()
    )
    where = " AND ".join(f"{quote_ident(k)} = {quote_text(v)}" for k, v in part.items()) or "true"
    order = f"ORDER BY {ORDER[name]}" if name in ORDER else ""
    con.execute(
        f"COPY (SELECT {columns_sql} FROM {name} WHERE {where} {order}) TO {quote_text(str(path))} "
        f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP})"
    )
    return path
