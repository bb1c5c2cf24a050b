"""Why a target carries its share of a pool on a day: measured use, or what was assumed instead."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import duckdb

from apportion.allocation.match import names
from apportion.allocation.patterns import matches
from apportion.analytics.explain.models import Basis, UsageRow
from apportion.analytics.explain.parts import ZERO
from apportion.analytics.explain.plan import Plan
from apportion.analytics.filters import Bindings
from apportion.analytics.models import RuleFacts
from apportion.analytics.statements import fetch
from apportion.core.money import percent
from apportion.engine import quote_ident

USAGE_ROWS = 20


@dataclass(frozen=True)
class _Use:
    """What was used on the day that divided the pool, by the target and by all."""

    day: date
    quantity: Decimal
    total: Decimal
    of: str
    rows: list[UsageRow]


def basis_of(con: duckdb.DuckDBPyConnection, plan: Plan, amount: Decimal) -> Basis | None:
    """The reason for the target's `amount` of one pool on one day; None where no rule gave it."""
    request, day = plan.request, plan.day
    named = (request.perspective, request.pins.get("rule"))
    rule = next((r for r in plan.facts.rules if (r.perspective, r.name) == named), None)
    if rule is None or day is None or request.target is None or plan.level != "line_items":
        return None
    pool, targets = _pool(con, plan)
    use = _use(con, plan, rule, day) if rule.measure not in ("", "cost") else None
    share = percent(amount, pool)
    return Basis(
        rule=rule.name,
        method=rule.method,
        measure=rule.measure or None,
        quantity=use.quantity if use else None,
        total=use.total if use else None,
        share_pct=share,
        pool_amount=pool,
        usage_rows=use.rows if use else [],
        sentence=_sentence(plan, rule, use, share, targets),
    )


def _pool(con: duckdb.DuckDBPyConnection, plan: Plan) -> tuple[Decimal, int]:
    """What the rule moved on the day from where the amount came from, and to how many targets."""
    bindings = Bindings()
    condition = plan.condition(bindings, of_target=False)
    metric = quote_ident(plan.request.scope.metric)
    sums = f"SUM({metric}) AS amount, COUNT(DISTINCT target) AS targets"
    sql = f"SELECT {sums} FROM allocations WHERE {condition}"
    row = fetch(con, sql, bindings.values)[0]
    return row["amount"] or ZERO, row["targets"]


def _use(con: duckdb.DuckDBPyConnection, plan: Plan, rule: RuleFacts, day: date) -> _Use | None:
    bindings = Bindings()
    keys, tests = _counted(con, plan, rule, bindings)
    earliest = bindings.bind(day - timedelta(days=rule.carry_forward))
    latest = bindings.bind(day)
    conditions = " AND ".join(
        [
            f"measure = {bindings.bind(rule.measure)}",
            f"day BETWEEN {earliest} AND {latest}",
            *tests,
        ]
    )
    target = bindings.bind(plan.request.target)
    to = bindings.bind(rule.to)
    sql = f"""
WITH used AS (SELECT *, dimensions[{to}] AS target FROM usage WHERE {conditions}),
counted AS (SELECT * FROM used WHERE day = (SELECT MAX(day) FROM used))
SELECT x_SourceFile, x_SourceLine, time, quantity, target = {target} AS mine, day,
    SUM(quantity) OVER () AS total, SUM(quantity) FILTER (WHERE target = {target}) OVER () AS mine_total
FROM counted ORDER BY mine DESC, ABS(quantity) DESC, x_SourceFile, x_SourceLine LIMIT {USAGE_ROWS}"""
    found = fetch(con, sql, bindings.values)
    if not found:
        return None
    rows = [
        UsageRow(**{name: row[name] for name in ("x_SourceFile", "x_SourceLine", "time", "quantity")})
        for row in found
        if row["mine"]
    ]
    first, of = found[0], ", ".join(keys.values())
    return _Use(first["day"], first["mine_total"] or ZERO, first["total"], of, rows)


def _counted(
    con: duckdb.DuckDBPyConnection, plan: Plan, rule: RuleFacts, bindings: Bindings
) -> tuple[dict[str, str], list[str]]:
    """Which rows of use count: those the rule names, else those that agree with where the pool is."""
    if rule.where:
        tests = [matches(f"dimensions[{bindings.bind(k)}]", list(v)) for k, v in rule.where.items()]
        return {k: ", ".join(v) for k, v in rule.where.items() if "*" not in "".join(v)}, tests
    sql = "SELECT map_keys(dimensions) AS names FROM usage WHERE measure = $measure LIMIT 1"
    found = fetch(con, sql, {"measure": rule.measure})
    known = found[0]["names"] if found else []
    at = _location(plan)
    keys = {name: at[name] for name in names(rule.match) if name in known and name != rule.to and name in at}
    return keys, [f"dimensions[{bindings.bind(k)}] = {bindings.bind(v)}" for k, v in keys.items()]


def _location(plan: Plan) -> dict[str, str]:
    """Where the cost was when the rule took it: its own answers, as its charges have it."""
    return dict(plan.request.pins)


def _sentence(plan: Plan, rule: RuleFacts, use: _Use | None, share: Decimal | None, targets: int) -> str:
    part = f"{share} %" if share is not None else "a part"
    if rule.method == "direct":
        return f"All of it: these charges carry the {rule.to} {plan.request.target}."
    if use:
        carried = f", the nearest day with use before {plan.day}" if use.day != plan.day else ""
        of = f" to {use.of}" if use.of else ""
        used = f"{_number(use.quantity)} of {_number(use.total)} {rule.measure}"
        return f"{used}{of} on {use.day}{carried} ({part})."
    if rule.method == "even":
        return f"One of {targets:,} equal shares ({part})."
    if rule.method == "fixed":
        return f"{part}, as rule '{rule.name}' fixes it."
    if rule.measure == "cost":
        return f"{part}: its part of the cost that names a {rule.to} on {plan.day}."
    return f"{part}, as no use was measured on {plan.day}."


def _number(quantity: Decimal) -> str:
    return f"{quantity.normalize():,f}"
