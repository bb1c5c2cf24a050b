"""The weights by which a rule divides cost: from usage, cost, fixed shares or amounts, or evenly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import duckdb

from apportion.allocation.match import names
from apportion.allocation.models import ATTRIBUTED, COST, IDLE, REST, Days, Driver, Rule, Tier
from apportion.allocation.patterns import NONE, matches, own_answer
from apportion.core.errors import BadInput
from apportion.core.money import to_units
from apportion.engine import quote_ident, quote_text, statement

PACKAGE = "apportion.allocation"
MILLION = 1_000_000
_SPECIAL = {"__idle__": IDLE, "__unmounted__": IDLE, "__unallocated__": NONE}
"""What OpenCost calls cost that no workload used, and what it is here."""


@dataclass(frozen=True)
class Setting:
    """What the shares of a rule depend on beside the rule itself.

    `to` is the dimension it moves cost to, `measures` names the dimensions of each measure, and `where` says
    which rule it is, for messages.
    """

    to: str
    number: int
    measures: Mapping[str, Sequence[str]]
    customer_table: bool
    where: str
    columns: Sequence[str] = field(default=())
    currency: str = "USD"


@dataclass(frozen=True)
class Weights:
    """SQL for weights by day, `keys` and target, with quantities.

    Cost and usage must agree on the keys: what cost answers → the dimension of the usage.
    """

    sql: str
    keys: Mapping[str, str] = field(default_factory=dict)
    measure: str = ""
    evidence: str = "measured"
    first: str = "b.basis"
    last: str = "b.basis"

    def fill(self, con: duckdb.DuckDBPyConnection, table: str) -> None:
        """Make the temporary table `table` of shares."""
        using = ", ".join(quote_ident(k) for k in ["day", *self.keys])
        con.execute(statement(PACKAGE, "shares", weights=self.sql, using=using, shares=table))


def weights_of(rule: Rule, driver: Driver | None, setting: Setting) -> Weights:
    """The weights of one measure of a rule, or of a rule without one. Raises BadInput for what is unknown."""
    if rule.method == "even":
        return even(rule, setting)
    if rule.shares is not None:
        return _percent(rule.shares)
    if rule.amounts is not None:
        return _amounts(rule.amounts, setting)
    if driver is None:
        raise TypeError(rule.method)
    if driver.measure == COST:
        return _cost(setting)
    if driver.measure == ATTRIBUTED:
        return _attributed(setting)
    return _usage(rule, driver, setting)


def even(rule: Rule, setting: Setting) -> Weights:
    """One each: for the targets that the rule names, the active customers, or all that have cost."""
    one = "CAST(NULL AS DECIMAL(38, 12)) AS quantity, CAST(1 AS HUGEINT) AS weight"
    if rule.targets:
        listed = ", ".join(f"({quote_text(t)})" for t in sorted(set(rule.targets)))
        sql = f"SELECT day, target, {one} FROM run_days, (VALUES {listed}) AS t(target)"
    elif setting.to == "customer" and setting.customer_table:
        sql = (
            f"SELECT day, customer_id AS target, {one} FROM run_days, customers "
            "WHERE coalesce(start_date, day) <= day AND day < coalesce(end_date, day + 1)"
        )
    else:
        target = quote_ident(setting.to)
        sql = (
            f"SELECT DISTINCT day, {target} AS target, {one} FROM pools WHERE {target} <> {quote_text(NONE)}"
        )
    return Weights(sql, evidence="assumed")


def _percent(shares: Mapping[str, Decimal]) -> Weights:
    weights = {target: to_units(share) for target, share in shares.items()}
    rest = to_units(Decimal(100)) - sum(weights.values())
    rows = {**weights, **({REST: rest} if rest else {})}
    values = ", ".join(f"({quote_text(t)}, CAST({w} AS HUGEINT))" for t, w in rows.items())
    return Weights(
        "SELECT day, target, CAST(NULL AS DECIMAL(38, 12)) AS quantity, weight "
        f"FROM run_days, (VALUES {values}) AS t(target, weight)",
        evidence="assumed",
    )


def _amounts(amounts: Mapping[str, Decimal], setting: Setting) -> Weights:
    listed = ", ".join(f"({quote_text(t)}, CAST({to_units(a)} AS HUGEINT))" for t, a in amounts.items())
    sql = statement(
        PACKAGE, "amounts", amounts=listed, number=str(setting.number), currency=quote_text(setting.currency),
        key="currency, " if "currency" in setting.columns else "",
    )  # fmt: skip
    return Weights(sql, _currency(setting), COST, "assumed", "date_trunc('month', b.day)", "last_day(b.day)")


def _usage(rule: Rule, driver: Driver, setting: Setting) -> Weights:
    if driver.measure not in setting.measures:
        known = ", ".join([COST, ATTRIBUTED, *setting.measures])
        raise BadInput(
            f"there is no measure '{driver.measure}'", where=setting.where, hint=f"Measures: {known}."
        )
    has = setting.measures[driver.measure]
    if setting.to not in has:
        raise BadInput(
            f"the measure '{driver.measure}' does not say which {setting.to} used it",
            where=setting.where,
            hint=f"Add '{setting.to}' to measures.{driver.measure}.dimensions, or choose another measure.",
        )
    where = driver.where or {}
    if unknown := [k for k in where if k not in has]:
        raise BadInput(
            f"the measure '{driver.measure}' has no dimension '{unknown[0]}'",
            where=setting.where,
            hint=f"It has {', '.join(has)}.",
        )
    keys = {own: k for k, p in where.items() if (own := own_answer(p))}
    if driver.where is None:
        keys = {d: d for d in names(rule.match) if d in has and d != setting.to}
    tests = [
        f"measure = {quote_text(driver.measure)}",
        *(matches(_used(k), p) for k, p in where.items() if not own_answer(p)),
        *(f"{_used(k)} = {_used(keys[own])}" for k, p in where.items() if (own := own_answer(p))),
    ]
    sql = statement(
        PACKAGE, "usage",
        keys="".join(f"{_used(k)} AS {quote_ident(own)}, " for own, k in keys.items()),
        target=_target(setting.to),
        tests=" AND ".join(tests),
        shared=f"AND target <> {quote_text(IDLE)}" if rule.idle == "shared" else "",
        weight=_tiers(rule) if rule.tiers else "units_used(quantity)",
        days=_days(rule),
    )  # fmt: skip
    first, last = _counted(rule)
    return Weights(sql, keys, driver.measure, "measured", first, last)


def _days(rule: Rule) -> str:
    """How a day finds the days whose usage counts for it."""
    if isinstance(rule.over, Days):
        return f"used.day > spans.day - {rule.over.days} AND used.day <= spans.day"
    if rule.over == "month":
        return "date_trunc('month', used.day) = date_trunc('month', spans.day)"
    return "used.day = spans.day"


def _counted(rule: Rule) -> tuple[str, str]:
    if isinstance(rule.over, Days):
        return f"b.basis - {rule.over.days - 1}", "b.basis"
    if rule.over == "month":
        return "CAST(date_trunc('month', b.basis) AS DATE)", "last_day(b.basis)"
    return "b.basis", "b.basis"


def _tiers(rule: Rule) -> str:
    """The quantity with each unit counted by its tier: in its own (graduated), or all in the last reached."""
    found, low = [], Decimal(0)
    for tier in rule.tiers or []:
        found.append(_tier(tier, low, rule.tiering))
        low = tier.up_to or low
    if rule.tiering == "volume":
        return f"CASE {' '.join(found)} END"
    return f"({' + '.join(found)}) // {MILLION}"


def _tier(tier: Tier, low: Decimal, tiering: str) -> str:
    weight = int(tier.weight * MILLION)
    if tiering == "volume":
        test = f"quantity <= {tier.up_to:f}" if tier.up_to is not None else "true"
        return f"WHEN {test} THEN units_used(quantity) * {weight} // {MILLION}"
    top = f"least(quantity, {tier.up_to:f})" if tier.up_to is not None else "quantity"
    return f"units_used(CAST(greatest(0, {top} - {low:f}) AS DECIMAL(38, 12))) * {weight}"


def _cost(setting: Setting) -> Weights:
    target = quote_ident(setting.to)
    key = "currency, " if "currency" in setting.columns else ""
    return Weights(
        f"SELECT day, {key}{target} AS target, money(greatest(0, sum(effective))) AS quantity, "
        "CAST(greatest(0, sum(effective)) AS HUGEINT) AS weight FROM pools "
        f"WHERE NOT (idle AND chain = '') AND {target} <> {quote_text(NONE)} "
        f"AND string_split(chain, ',')[1] <> '{setting.number}' GROUP BY ALL",
        _currency(setting),
        COST,
    )


def _attributed(setting: Setting) -> Weights:
    key = "currency, " if "currency" in setting.columns else ""
    return Weights(
        f"SELECT day, {key}target, money(effective) AS quantity, effective AS weight FROM "
        f"(SELECT day, {key}target, sum(effective) AS effective FROM attributed GROUP BY ALL) "
        "WHERE effective > 0",
        _currency(setting),
        ATTRIBUTED,
    )


def _currency(setting: Setting) -> Mapping[str, str]:
    return {"currency": "currency"} if "currency" in setting.columns else {}


def _used(dimension: str) -> str:
    return f"coalesce(dimensions[{quote_text(dimension)}], {quote_text(NONE)})"


def _target(dimension: str) -> str:
    words = "".join(f"WHEN {quote_text(k)} THEN {quote_text(v)} " for k, v in _SPECIAL.items())
    return f"CASE {_used(dimension)} {words}ELSE {_used(dimension)} END"
