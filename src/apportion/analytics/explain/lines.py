"""The last level: the line items of a bill, each with its exact part of the explained amount."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from apportion.analytics.explain.models import ExplainedPart, LineItem
from apportion.analytics.explain.parts import ZERO, Page
from apportion.analytics.explain.plan import Plan
from apportion.analytics.fields import Relation, charge_bounds, charge_days
from apportion.analytics.filters import Bindings
from apportion.analytics.models import Row
from apportion.analytics.statements import fetch
from apportion.core.money import from_units, percent, to_units
from apportion.engine import quote_ident

IDLE = "(idle)"
_LINE = (
    "x_SourceFile",
    "x_SourceLine",
    "ChargeDescription",
    "ResourceId",
    "ServiceName",
    "SkuId",
    "ChargePeriodStart",
)


@dataclass(frozen=True)
class Lines:
    """One page of line items, and what all of the pool cost on the day."""

    page: Page
    pool: Decimal | None


def line_items(con: duckdb.DuckDBPyConnection, plan: Plan, totals: Mapping[str, Decimal] | None) -> Lines:
    """One page of line items; `totals` of the target, by billing period, are divided in proportion to cost.

    Without totals, each line counts as it was charged. Each part is the difference of two floors of running
    totals, so a page needs no other page, and all parts add up to the amount exactly.
    """
    nothing = Lines(Page([], 0, ZERO), None)
    if totals == {}:
        return nothing
    found = fetch(con, *_statement(plan, charge_days(con), totals))
    if not found:
        return nothing
    everything = found[0]["everything"]
    whole = sum(totals.values(), ZERO) if totals is not None else everything
    parts = [_part(row, row["weight"] if totals is None else _share(row, totals), whole) for row in found]
    return Lines(Page(parts, found[0]["parts"], whole), everything)


def _statement(
    plan: Plan, charges: Relation, totals: Mapping[str, Decimal] | None
) -> tuple[str, dict[str, object]]:
    metric = plan.request.scope.metric
    bindings = Bindings()
    days = [f"day >= {bindings.bind(plan.start)}", f"day < {bindings.bind(plan.end)}"]
    bounds = " AND ".join([*days, *charge_bounds(charges, plan.start, plan.end, bindings)])
    condition = _pool(plan, totals, bindings)
    lines = ", ".join(quote_ident(name) for name in _LINE)
    order = "billing_period, ABS(weight) DESC, x_SourceFile, x_SourceLine"
    # The answers to dimensions are long expressions; the row number keeps conditions on them from being
    # pushed into each, which would take longer to plan than the whole statement takes to run.
    sql = f"""
WITH day AS MATERIALIZED (
    SELECT {_needed(plan, metric)}, ROW_NUMBER() OVER () AS n FROM {quote_ident(charges.name)} WHERE {bounds}
),
pool AS (
    SELECT billing_period, {lines}, COALESCE({quote_ident(metric)}, 0) AS weight,
        COALESCE({quote_ident(metric + "OnBill")}, 0) AS on_bill
    FROM day WHERE {condition}
)
SELECT *, COUNT(*) OVER () AS parts, SUM(weight) OVER () AS everything,
    SUM(weight) OVER (PARTITION BY billing_period) AS whole,
    SUM(weight) OVER (PARTITION BY billing_period ORDER BY {order} ROWS UNBOUNDED PRECEDING) AS reached
FROM pool ORDER BY {order}
LIMIT {bindings.bind(plan.request.limit)} OFFSET {bindings.bind(plan.request.cursor)}"""
    return sql, bindings.values


def _needed(plan: Plan, metric: str) -> str:
    names = (
        *plan.facts.dimensions,
        *("cost_class", "source", "billing_period", "currency", "idle", "day", metric, f"{metric}OnBill"),
        *_LINE,
        *(name for name in plan.fields if name != "day"),
        *(plan.claims.columns if plan.claims else ()),
    )
    return ", ".join(quote_ident(name) for name in dict.fromkeys(names))


def _pool(plan: Plan, totals: Mapping[str, Decimal] | None, bindings: Bindings) -> str:
    """The condition for the line items of the pool that the amount came from."""
    if totals is None:
        return plan.condition(bindings)
    request = plan.request
    periods = ", ".join(bindings.bind(period) for period in totals)
    names = [name for name in (*plan.facts.dimensions, "cost_class", "source") if name in request.pins]
    return " AND ".join(
        [
            f"day = {bindings.bind(plan.start)}",
            f"currency = {bindings.bind(request.scope.currency)}",
            f"billing_period IN ({periods})",
            *_claimed(plan, bindings),
            *(plan.pinned(name, bindings) for name in names),
        ]
    )


def _claimed(plan: Plan, bindings: Bindings) -> list[str]:
    """Conditions for what the pinned rule took at the pinned node, and for idle charges that none did."""
    request = plan.request
    rule, node, claims = request.pins["rule"], request.pins["node"], plan.claims
    found = []
    if rule == "" and request.target is not None:
        found.append("idle" if request.target == IDLE else "NOT idle")
    if claims is None:
        return found if rule == "" else ["NOT idle"]
    if rule in claims.rules:
        first = bindings.bind(str(claims.rules.index(rule)))
        found.append(f"string_split({claims.chain}, ',')[1] = {first}")
    else:
        found.append(f"({claims.chain}) = ''")
    return [*found, f"{claims.label} = {bindings.bind(node)}"] if node else found


def _share(row: Row, totals: Mapping[str, Decimal]) -> Decimal:
    whole, total = to_units(row["whole"]), to_units(totals[row["billing_period"]])
    if whole == 0:
        return ZERO
    reached, weight = to_units(row["reached"]), to_units(row["weight"])
    return from_units(total * reached // whole - total * (reached - weight) // whole)


def _part(row: Row, amount: Decimal, whole: Decimal) -> ExplainedPart:
    item = LineItem.model_validate(
        {
            **{name: row[name] for name in _LINE},
            "amount_on_bill": row["on_bill"],
            "amount_of_day": row["weight"],
            "amount": amount,
        }
    )
    return ExplainedPart(
        label=item.ChargeDescription or item.ServiceName or "(no description)",
        detail=item.ResourceId or "",
        amount=amount,
        share_pct=percent(amount, whole),
        pins=None,
        line_item=item,
    )
