"""AI at a glance: what it cost and took, how that moves, and who and what is behind it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb
from pydantic import Field

from apportion.analytics.models import Part, Row
from apportion.analytics.sentences import count, direction, money, share
from apportion.economics.operations.asked import Asked, OperationsMeta
from apportion.economics.operations.figures import Figures, add_up, figures
from apportion.economics.operations.groups import Group, Total, groups_of, total_from, total_of

TOP = 10
NOTHING: dict[str, Any] = {
    **dict.fromkeys(("operations", "priced", "estimated", "unpriced", "unknown", "other_currency"), 0),
    **dict.fromkeys(("without_tokens", "judged", "successes"), 0),
}


class Span(Figures):
    """One day or month; a month is cut to the window."""

    start: date


class OperationsOverview(Part):
    """What do we spend on AI, and on what?"""

    meta: OperationsMeta
    headline: str
    total: Total
    daily: list[Span]
    monthly: list[Span]
    projects: list[Group] = Field(description="The ten that cost most, as in all lists that follow.")
    users: list[Group]
    features: list[Group]
    models: list[Group]
    customers: list[Group]
    workflows: list[Group]


def operations_overview(con: duckdb.DuckDBPyConnection, asked: Asked) -> OperationsOverview:
    """The figures of all operations that are asked of, by time and by what is behind them."""
    rows = asked.fetch(con, "trend")
    days = [row for row in rows if row["now"]]
    total = _total(con, asked, days, [row for row in rows if not row["now"]])

    def top(*by: str) -> list[Group]:
        return groups_of(con, asked, by, total.cost, TOP)[0]

    return OperationsOverview(
        meta=asked.meta(),
        headline=_headline(asked, total),
        total=total,
        daily=_daily(asked, days),
        monthly=_monthly(days),
        projects=top("project"),
        users=top("user"),
        features=top("feature"),
        models=top("provider", "model"),
        customers=top("customer"),
        workflows=top("workflow"),
    )


def _total(con: duckdb.DuckDBPyConnection, asked: Asked, days: Sequence[Row], before: Sequence[Row]) -> Total:
    """All of the window from its days, as `total_of` has it."""
    if not days:
        return total_of(con, asked)
    then = add_up(before)
    yields = [
        {"unit": r["unit_of"], "units": r["units_of"], "cost": r["cost_of"], "tokens": r["tokens_of"]}
        for r in asked.fetch(con, "yielded")
    ]
    more = {"cost_before": then.get("cost"), "operations_before": then.get("operations"), "yields": yields}
    return total_from(asked, {**add_up(days), **more})


def _daily(asked: Asked, days: Sequence[Row]) -> list[Span]:
    """Every day that has data, also those without an operation."""
    found = {row["start"]: row for row in days}
    empty = dict.fromkeys(Figures.model_fields) | NOTHING
    return [Span(start=day, **(figures(found[day]) if day in found else empty)) for day in asked.days]


def _monthly(days: Sequence[Row]) -> list[Span]:
    """The months, each of the window's days alone."""
    found: dict[date, list[Row]] = {}
    for row in days:
        found.setdefault(row["start"].replace(day=1), []).append(row)
    return [Span(start=month, **figures(add_up(rows))) for month, rows in sorted(found.items())]


def _headline(asked: Asked, total: Total) -> str:
    done = f"{count(total.operations, 'operation')}{asked.whose}"
    if total.cost is None:
        return f"{done} {asked.phrase}; the cost of none is known."
    moved = direction(total.change_pct, asked.previous)
    said = f"{done} cost {money(total.cost, asked.currency)} {asked.phrase}{moved}"
    if total.cost_per_request is not None:
        said += f": {money(total.cost_per_request, asked.currency)} each"
    if total.cached_pct is not None:
        said += f", {share(total.cached_pct)} of their input from a cache"
    return f"{said}{without_cost(total)}."


def without_cost(found: Figures) -> str:
    """How many operations a total lacks, as the end of a sentence; '' where it lacks none."""
    parts = [(found.unpriced, "without a rate"), (found.unknown, "without counts")]
    parts += [(found.other_currency, "in another currency")]
    said = [f"{number:,} {words}" for number, words in parts if number]
    return f"; not in it: {', '.join(said)}" if said else ""
