"""The parts of an amount above the line items: rules, pools, services, days."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from apportion.analytics.explain.labels import AFTER, RULE, answers_of
from apportion.analytics.explain.models import ExplainedPart
from apportion.analytics.explain.plan import Plan
from apportion.analytics.fields import charge_bounds
from apportion.analytics.filters import Bindings
from apportion.analytics.models import NONE, Row
from apportion.analytics.statements import fetch
from apportion.core.money import percent
from apportion.engine import quote_ident

ZERO = Decimal(0).scaleb(-12)
METHODS = {
    "direct": "the cost carries the name",
    "even": "in equal shares",
    "fixed": "in fixed shares",
    "proportional": "in proportion to use",
    "tiered": "by tiers of use",
    "follow": "with the cost it follows",
    "": "no rule",
}


@dataclass(frozen=True)
class Page:
    """Some of the parts of an amount, how many there are, and the sum of all."""

    parts: list[ExplainedPart]
    count: int
    amount: Decimal


def grouped_parts(con: duckdb.DuckDBPyConnection, plan: Plan) -> Page:
    """One page of parts, made by one statement over the results."""
    keys = _keys(plan)
    listed = ", ".join(quote_ident(key) for key in keys)
    bindings = Bindings()
    bounds = charge_bounds(plan.relation, plan.start, plan.end, bindings)
    condition = " AND ".join([plan.condition(bindings), *bounds])
    order = "day" if plan.level == "days" else f"ABS(amount) DESC, {listed}"
    sql = f"""
WITH parts AS (
    SELECT {listed}, COALESCE(SUM({quote_ident(plan.request.scope.metric)}), 0) AS amount
    FROM {quote_ident(plan.relation.name)} WHERE {condition} GROUP BY {listed}
)
SELECT *, COUNT(*) OVER () AS parts, SUM(amount) OVER () AS whole FROM parts
ORDER BY {order} LIMIT {bindings.bind(plan.request.limit)} OFFSET {bindings.bind(plan.request.cursor)}"""
    found = fetch(con, sql, bindings.values)
    if not found:
        return Page([], 0, ZERO)
    whole = found[0]["whole"]
    return Page([_part(plan, keys, row, whole) for row in found], found[0]["parts"], whole)


def _keys(plan: Plan) -> list[str]:
    if plan.level == "rules":
        return ["rule", "method"]
    if plan.level == "pools":
        return list(plan.pool_fields)
    return ["day"] if plan.level == "days" else ["ServiceName"]


def _part(plan: Plan, keys: list[str], row: Row, whole: Decimal) -> ExplainedPart:
    label, detail = _words(plan, row)
    pins = {key: _pin(row[key]) for key in keys if key != "method"}
    return ExplainedPart(
        label=label,
        detail=detail,
        amount=row["amount"],
        share_pct=percent(row["amount"], whole),
        pins={**plan.request.pins, **pins},
        line_item=None,
    )


def _pin(value: str | date | None) -> str:
    return NONE if value is None else str(value)


def _words(plan: Plan, row: Row) -> tuple[str, str]:
    """A part's label, and what else tells it from the others."""
    if plan.level == "rules":
        return str(row["rule"] or "(no rule)"), METHODS.get(row["method"], "")
    if plan.level != "pools":
        return _pin(row["day"] if plan.level == "days" else row["ServiceName"]), ""
    dimensions = [name for name in plan.facts.dimensions if row[name] != NONE]
    label = next((name for name in ("service", *dimensions) if name in dimensions), "")
    rest = [f"{name} {row[name]}" for name in dimensions if name != label]
    marks = [
        f"{word} {named[key]}"
        for key, word in ((RULE, "rule"), (AFTER, "after"))
        if key in (named := answers_of(row["node"]))
    ]
    words = [*rest, row["cost_class"].replace("_", " "), row["source"], *marks]
    return str(row[label]) if label else NONE, ", ".join(words)
