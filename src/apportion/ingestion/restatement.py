"""Compares a load with the one it replaces."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import duckdb

from apportion.core.errors import Refused
from apportion.engine.statements import statement
from apportion.ingestion.contents import Contents
from apportion.ingestion.limits import Limits
from apportion.ingestion.records import Change, LoadRecord, Restatement


def refuse_shrinking(before: LoadRecord, load: Contents, limits: Limits) -> None:
    """Raise Refused where `load` has too few of the rows or too little of the cost of the load before it."""
    where = f"{before.source}, {before.billing_period}"
    hint = "If that is right, load it again with --replace."
    if load.rows < limits.kept_rows * before.rows:
        raise Refused(
            f"The load before it has {before.rows:,} rows, this one {load.rows:,}.", where=where, hint=hint
        )
    now = {t.currency: t for t in load.totals()}
    for old in before.totals:
        for metric in ("BilledCost", "EffectiveCost"):
            was = getattr(old, metric)
            is_now = getattr(now[old.currency], metric) if old.currency in now else Decimal(0)
            if was > 0 and is_now < limits.kept_cost * was:
                raise Refused(
                    f"{metric} would fall from {was:,.2f} to {is_now:,.2f} {old.currency}.",
                    where=where,
                    hint=hint,
                )


def restatement(
    con: duckdb.DuckDBPyConnection,
    before: LoadRecord,
    old_files: Sequence[str],
    new_files: Sequence[Path],
    limits: Limits,
) -> Restatement:
    """What changes when the old files of a period give way to the new ones."""
    query = statement("apportion.ingestion", "changes")
    rows = con.execute(query, [[str(f) for f in new_files], list(old_files), limits.changes]).fetchall()
    changes = tuple(Change(*row) for row in rows)
    return Restatement(before.load_id, before.rows, before.totals, changes)
