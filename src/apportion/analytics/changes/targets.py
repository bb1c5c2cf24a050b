"""Whose cost moves: two sides added up by target and put side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from apportion.analytics.changes.models import PerspectiveChange, TargetChange, change_of
from apportion.analytics.statements import fetch
from apportion.core.money import percent
from apportion.core.periods import Window
from apportion.engine import quote_ident, quote_text, statement

PACKAGE = "apportion.analytics.changes"
WHOLE = Decimal("100.00")
UNITS = {"BilledCost": "billed", "EffectiveCost": "effective"}


@dataclass(frozen=True)
class Amounts:
    """One side: rows with perspective, day, currency, target_kind and target, and how to add them up."""

    rows: str
    total: str


def stored(files: Sequence[str], metric: str) -> Amounts:
    """The amounts of a finished run, from the files of its `allocations`."""
    if not files:
        words = ", ".join(f"'' AS {name}" for name in ("perspective", "currency", "target_kind", "target"))
        return Amounts(f"(SELECT {words}, DATE '1970-01-01' AS day WHERE false)", "0")
    listed = ", ".join(quote_text(file) for file in files)
    return Amounts(f"read_parquet([{listed}], hive_partitioning = false)", f"sum({quote_ident(metric)})")


def computed(metric: str, table: str = "results") -> Amounts:
    """The amounts of a run that was computed and not committed, in whole units of 10⁻¹²."""
    return Amounts(quote_ident(table), f"money(sum({UNITS[metric]}))")


def compare(con: duckdb.DuckDBPyConnection, before: Amounts, after: Amounts, window: Window) -> None:
    """Create the table `target_changes`."""
    made = statement(
        PACKAGE,
        "targets",
        before_rows=before.rows,
        before_total=before.total,
        after_rows=after.rows,
        after_total=after.total,
    )
    con.execute(made, {"start": window.start, "end": window.end})


def moves(con: duckdb.DuckDBPyConnection) -> list[TargetChange]:
    """Every target of `target_changes` whose cost differs, the largest change first."""
    found = fetch(con, statement(PACKAGE, "moves"))
    return [TargetChange(**row, change_pct=percent(row["change"], abs(row["before"]))) for row in found]


def perspectives(
    con: duckdb.DuckDBPyConnection,
    before: Mapping[str, str],
    after: Mapping[str, str],
    moved: Sequence[TargetChange],
) -> list[PerspectiveChange]:
    """`target_changes` by perspective and currency; `before` and `after`: where each leads."""
    largest: dict[tuple[str, str], Decimal] = {}
    for target in moved:
        if target.target_kind == "allocated":
            key = (target.perspective, target.currency)
            largest[key] = max(largest.get(key, Decimal(0)), share_moved(target))
    return [
        _perspective(row, before, after, largest.get((row["perspective"], row["currency"])))
        for row in fetch(con, statement(PACKAGE, "perspectives"))
    ]


def share_moved(target: TargetChange) -> Decimal:
    """By how many percent of its cost a target moves; new and gone ones wholly."""
    if target.state != "changed" or target.change_pct is None:
        return WHOLE
    return abs(target.change_pct)


def _perspective(
    row: Mapping[str, Any], before: Mapping[str, str], after: Mapping[str, str], largest: Decimal | None
) -> PerspectiveChange:
    name = row["perspective"]
    moved = max(row["gained"], row["lost"])
    known = change_of(name, before, after)
    return PerspectiveChange(
        **row,
        to=after.get(name) or before.get(name, name),
        change="same" if known == "changed" and not moved else known,
        moved=moved,
        moved_pct=percent(moved, abs(row["total_before"])),
        largest_pct=largest,
    )
