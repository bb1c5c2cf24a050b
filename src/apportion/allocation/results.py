"""Writes what a run computed: each result table in one commit, the one that readers follow last."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
BY_DAY = ("allocations", "steps")
"""Tables of which a run may replace some days: large partitions have several files, each of some days."""
ROWS_A_FILE = 1_000_000


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
    )
    shapes = columns(record.dimensions)
    for name in ("daily_costs", "daily_revenue", "steps", "reconciliation", "allocations"):
        table = ledger.table(name)
        parts = _touched(con, name) if kept else None
        writer = _Writer(con, table, name, shapes[name], record.run_id)
        before = table.parts() if kept and name in BY_DAY else {}
        slices = [
            Slice(part, writer.files(part, before.get(tuple(part[k] for k in table.partition_by), [])))
            for part in (_partitions(con, table, name) if parts is None else parts)
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
    "allocations": "FROM touched_allocations",
    "steps": "FROM touched_steps",
}
"""Partitions that hold anything of the days run again; the others keep their files."""


def _touched(con: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, str]] | None:
    """None for a table that is written whole every time."""
    if name not in TOUCHED:
        return None
    cursor = con.execute(f"{TOUCHED[name]} ORDER BY ALL")
    names = [d[0] for d in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _partitions(con: duckdb.DuckDBPyConnection, table: Table, name: str) -> Iterator[dict[str, str]]:
    if not table.partition_by:
        yield {}
        return
    by = ", ".join(quote_ident(c) for c in table.partition_by)
    for row in con.execute(f"SELECT DISTINCT {by} FROM {name} ORDER BY ALL").fetchall():
        yield dict(zip(table.partition_by, row, strict=True))


@dataclass(frozen=True)
class _Writer:
    """Writes the files of one result table from the relation of the same name.

    Those of a table by day are blocks: a day's rows are in the file of the day's number modulo their count.
    """

    con: duckdb.DuckDBPyConnection
    table: Table
    name: str
    shape: Columns
    run_id: str

    def files(self, part: dict[str, str], before: list[str]) -> list[Path]:
        """The files of one partition; none where it has no rows.

        `before` are those that it had: where no day was run again they stay as they are; in the others, what
        they hold of the days that were not.
        """
        where = " AND ".join(f"{quote_ident(k)} = {quote_text(v)}" for k, v in part.items()) or "true"
        rows = f"SELECT {self._listed()} FROM {self.name} WHERE {where}"
        held = {_block(path): path for path in before}
        count = next((of for _, of in held), 0) or self._blocks(rows)
        touched = self._touched(count) if before else range(count)
        found = [Path(path) for (n, _), path in held.items() if n not in touched]
        for n in touched:
            of_block = [f"{rows} AND {_number(count)} = {n}" if count > 1 else rows]
            if old := held.get((n, count)):
                kept = f"read_parquet({quote_text(old)}, hive_partitioning = false)"
                of_block.append(f"SELECT {self._listed()} FROM {kept} WHERE day NOT IN (FROM run_days)")
            name = self.run_id if count == 1 else f"{self.run_id}-{n}-of-{count}"
            path = self.table.partition_directory(part) / f"{name}.parquet"
            if self._copy(" UNION ALL ".join(of_block), path) or not part:
                found.append(path)
        return found

    def _listed(self) -> str:
        return ", ".join(f"CAST({quote_ident(c)} AS {t}) AS {quote_ident(c)}" for c, t in self.shape.items())

    def _blocks(self, rows: str) -> int:
        if self.name not in BY_DAY:
            return 1
        found = self.con.execute(f"SELECT count(*) // {ROWS_A_FILE} + 1 FROM ({rows})").fetchone()
        return min(int(found[0]), 31) if found else 1

    def _touched(self, count: int) -> list[int]:
        found = self.con.execute(f"SELECT DISTINCT {_number(count)} FROM run_days ORDER BY 1").fetchall()
        return [int(row[0]) for row in found]

    def _copy(self, rows: str, path: Path) -> int:
        order = f"ORDER BY {ORDER[self.name]}" if self.name in ORDER else ""
        written = self.con.execute(
            f"COPY (FROM ({rows}) {order}) TO {quote_text(str(path))} "
            f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP})"
        ).fetchone()
        return int(written[0]) if written else 0


def _number(count: int) -> str:
    return f"(day - DATE '0001-01-01') % {count}"


def _block(path: str) -> tuple[int, int]:
    """The number of a file's block and the count of its partition's blocks."""
    found = re.search(r"-(\d+)-of-(\d+)\.parquet$", path)
    return (int(found[1]), int(found[2])) if found else (0, 1)
