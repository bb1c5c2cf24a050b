"""Cost, revenue and margin of operations together, by customer and by feature."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

import duckdb
from pydantic import Field

from apportion.allocation import spread_part_of_revenue
from apportion.allocation.patterns import matches
from apportion.analytics.models import Amount, Part, Percent, Row
from apportion.analytics.sentences import count, money, share
from apportion.analytics.statements import fetch
from apportion.core.errors import BadInput, NotFound
from apportion.core.money import percent
from apportion.core.periods import Window
from apportion.economics.operations.asked import Asked, OperationsMeta
from apportion.economics.operations.overhead import overhead_figures
from apportion.engine import quote_text
from apportion.metering.settings import Earned

By = Literal["customer", "feature"]
MOST = 1000
FEATURES = "feature_revenue"
TENTH = Decimal("0.1")
DESCRIPTION = "COALESCE(description, '')"
_SUMS = (
    "SUM(amount) FILTER (WHERE currency = $currency) AS revenue, BOOL_OR(currency <> $currency) AS elsewhere"
)
_DAYS = "WHERE day >= $first AND day < $end GROUP BY ALL"
_ALL_REVENUE = f"SELECT customer_id AS name, {_SUMS} FROM daily_revenue {_DAYS}"
_OF_FEATURES = f"SELECT name, {_SUMS} FROM {FEATURES} {_DAYS}"
REACH = (
    "SELECT MIN(day) FILTER (WHERE currency = $currency) AS first, "
    "MAX(day) FILTER (WHERE currency = $currency) AS last, "
    "LIST(DISTINCT currency ORDER BY currency) AS currencies FROM daily_revenue"
)
_OF_CUSTOMERS = (
    "SELECT key_0 AS name, SUM(paid_by.revenue) AS revenue "
    "FROM (SELECT DISTINCT key_0, customer FROM asked WHERE now) AS uses "
    f"JOIN ({_ALL_REVENUE}) AS paid_by ON paid_by.name = uses.customer GROUP BY ALL"
)
_NOTHING = (
    "SELECT CAST(NULL AS VARCHAR) AS name, CAST(NULL AS DECIMAL(38, 12)) AS revenue, "
    "CAST(NULL AS BOOLEAN) AS elsewhere WHERE false"
)
_NAMES = "SELECT customer_id AS name, any_value(customer_name) AS label FROM customers GROUP BY ALL"
_NO_NAMES = "SELECT CAST(NULL AS VARCHAR) AS name, CAST(NULL AS VARCHAR) AS label WHERE false"


class Earning(Part):
    """Cost, revenue and margin of operations. Null is unknown."""

    operations: int
    cost: Amount | None = Field(description="Operations at the rates they were priced by.")
    overhead: Amount | None = Field(description="Infrastructure that they carry besides.")
    overhead_is: Literal["allocated", "declared", "both"] | None
    full_cost: Amount | None = Field(description="Cost and overhead.")
    without_cost: int = Field(description="Operations without a known cost, which margins lack.")
    revenue: Amount | None = Field(description="Null where nobody said what is earned.")
    margin: Amount | None = Field(description="Revenue less full cost.")
    margin_pct: Percent | None = Field(description="Of the revenue.")
    cost_pct: Percent | None = Field(description="Full cost in percent of the revenue.")


class EarningGroup(Earning):
    """One customer or feature."""

    name: str
    label: str | None = Field(description="What the customers file calls it.")
    customers_revenue: Amount | None = Field(
        description="All that the customers pay who used this feature; of several features it overlaps."
    )


class OperationsMargin(Part):
    """Do we earn on it?"""

    meta: OperationsMeta
    headline: str
    by: By
    revenue_through: date = Field(description="Revenue is known up to this day; later days are left out.")
    total: Earning
    groups: list[EarningGroup] = Field(description="The dearest first.")
    more: int = Field(description="Groups that are not shown.")


def operations_margin(
    con: duckdb.DuckDBPyConnection,
    asked: Asked,
    by: By = "customer",
    features: Mapping[str, Earned] | None = None,
    most: int = MOST,
) -> OperationsMargin:
    """Cost and revenue of the days of which both are known; `features` says what features earn by themselves.

    Raises NotFound before there is revenue, BadInput for filters by which revenue cannot be told apart.
    """
    if other := sorted(set(asked.filters) - {by}):
        why = f"Revenue cannot be told apart by {other[0]}."
        raise BadInput(why, where=other[0], hint=f"Filter by {by}, or by nothing.")
    reach = fetch(con, REACH, {"currency": asked.currency})[0]
    _need_revenue(reach, asked.currency)
    asked = replace(asked, window=_known(asked, reach["first"], reach["last"]))
    rows = _rows(con, asked, by, features or {})
    groups = [_group(row, by) for row in rows]
    total = _total(con, asked, rows, by)
    return OperationsMargin(
        meta=asked.meta(),
        headline=_headline(asked, by, total, groups),
        by=by,
        revenue_through=reach["last"],
        total=total,
        groups=groups[:most],
        more=max(0, len(groups) - most),
    )


def _need_revenue(reach: Row, currency: str) -> None:
    """Raises NotFound where there is no revenue in that currency."""
    if reach["last"] is not None:
        return
    if reach["currencies"]:
        raise NotFound(
            f"Revenue is in {' and '.join(reach['currencies'])}, operations are priced in {currency}; "
            "they are not added up.",
            hint=f"Give models a price in {reach['currencies'][0]} under `rates`, then rerate.",
        )
    raise NotFound("There is no revenue yet.", hint="Name it under `revenue`, then ingest and allocate.")


def _known(asked: Asked, first: date, last: date) -> Window:
    """The days of the window of which both revenue and operations are known."""
    window, facts = asked.window, asked.facts
    start = max(window.start, facts.first_day, first)
    end = min(window.end, max(facts.last_day, facts.newest_day) + timedelta(days=1), last + timedelta(days=1))
    if end <= start:
        raise NotFound(
            f"There is no day in {window.label} of which both cost and revenue are known.",
            where="window",
            hint=f"Operations: {facts.first_day} to {facts.newest_day}; revenue: {first} to {last}.",
        )
    return window if (start, end) == (window.start, window.end) else Window(start, end, f"{start} to {end}")


def _rows(con: duckdb.DuckDBPyConnection, asked: Asked, by: By, features: Mapping[str, Earned]) -> list[Row]:
    parts = {"earned": _ALL_REVENUE, "of_customers": _NOTHING, "labels": _NAMES}
    if by == "feature":
        _spread(con, asked.window, features)
        parts = {
            "earned": _OF_FEATURES if features else _NOTHING,
            "of_customers": _OF_CUSTOMERS,
            "labels": _NO_NAMES,
        }
    days = {"first": asked.window.start, "end": asked.window.end}
    wanted = asked.filters.get(by)
    rows = asked.fetch(con, "margin", [by], parts, **days)
    return [row for row in rows if wanted in (None, row["name"])]


def _spread(con: duckdb.DuckDBPyConnection, window: Window, features: Mapping[str, Earned]) -> None:
    """The revenue of features by day; of several features that fit, the first has it."""
    if not features:
        return
    fits = [
        f"WHEN {matches(DESCRIPTION, earned.revenue)} THEN {quote_text(name)}"
        for name, earned in features.items()
    ]
    named = f"SELECT * REPLACE (CASE {' '.join(fits)} END AS customer_id) FROM revenue"
    rows = f"SELECT * FROM ({named}) WHERE customer_id IS NOT NULL"
    spread_part_of_revenue(con, FEATURES, rows, window.start, window.end - timedelta(days=1))
    con.execute(f"ALTER TABLE {FEATURES} RENAME customer_id TO name")


def _group(row: Row, by: By) -> EarningGroup:
    none = row["operations"] is None
    figures: dict[str, Any] = (
        {"cost": Decimal(0), "overhead": None, "overhead_is": None, "full_cost": Decimal(0)}
        if none
        else {"cost": row["cost"], **overhead_figures(row)}
    )
    revenue = row["revenue"]
    if revenue is None and by == "customer" and not row["elsewhere"]:
        revenue = Decimal(0)  # all that they pay is known, and it is nothing
    return EarningGroup(
        name=row["name"],
        label=row["label"],
        customers_revenue=row["customers_revenue"],
        operations=row["operations"] or 0,
        without_cost=(row["operations"] or 0) - (row["priced"] or 0),
        **_earned(figures, revenue),
    )


def _earned(figures: Mapping[str, Any], revenue: Decimal | None) -> dict[str, Any]:
    full = figures["full_cost"] if figures["full_cost"] is not None else figures["cost"]
    margin = None if revenue is None or full is None else revenue - full
    return {
        **figures,
        "full_cost": full,
        "revenue": revenue,
        "margin": margin,
        "margin_pct": None if margin is None or not revenue else percent(margin, revenue),
        "cost_pct": None if full is None or not revenue else percent(full, revenue),
    }


def _total(con: duckdb.DuckDBPyConnection, asked: Asked, rows: Sequence[Row], by: By) -> Earning:
    """All of it; by feature, too, the revenue is that of all customers."""
    known = [row["cost"] for row in rows if row["cost"] is not None]
    carried = [row["overhead_fine"] for row in rows if row["overhead_fine"] is not None]
    figures = overhead_figures(
        {
            "cost": sum(known, Decimal(0)) if known else None,
            "overhead_fine": sum(carried) if carried else None,
            "overhead_allocated": any(row["overhead_allocated"] for row in rows),
            "overhead_declared": any(row["overhead_declared"] for row in rows),
        }
    )
    earned = [row["revenue"] for row in rows if row["revenue"] is not None]
    revenue = sum(earned, Decimal(0)) if earned or by == "customer" else None
    if by == "feature" and not asked.filters:
        days = {"currency": asked.currency, "first": asked.window.start, "end": asked.window.end}
        found = fetch(con, f"SELECT SUM(revenue) AS revenue FROM ({_ALL_REVENUE})", days)
        revenue = found[0]["revenue"] or Decimal(0)
    operations = sum(row["operations"] or 0 for row in rows)
    return Earning(
        operations=operations,
        without_cost=operations - sum(row["priced"] or 0 for row in rows),
        **_earned({"cost": sum(known, Decimal(0)) if known else None, **figures}, revenue),
    )


def _headline(asked: Asked, by: By, total: Earning, groups: Sequence[EarningGroup]) -> str:
    if total.full_cost is None:
        return f"{count(total.operations, 'operation')} {asked.phrase}; the cost of none is known."
    said = f"AI costs {money(total.full_cost, asked.currency)}"
    if total.overhead:
        said += f", {money(total.overhead, asked.currency)} of it infrastructure,"
    if total.revenue is None:
        return f"{said} {asked.phrase}; nobody said what it earns{asked.whose}."
    said += f" against {money(total.revenue, asked.currency)} of revenue {asked.phrase}"
    if total.cost_pct is not None:
        said += f": {'less than 0.1 %' if 0 < total.cost_pct < TENTH else share(total.cost_pct)} of it"
    losing = [group for group in groups if group.margin is not None and group.margin < 0]
    if not losing:
        return f"{said}."
    worst = min(losing, key=lambda g: g.margin or 0)
    words = f"{count(len(losing), by)} {'costs' if len(losing) == 1 else 'cost'} more than "
    words += "it earns" if len(losing) == 1 else "they earn"
    return f"{said}. {words}, most of all {worst.label or worst.name}."
