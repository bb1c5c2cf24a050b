"""The weights by which a rule divides a pool: from usage, cost, fixed percentages, or evenly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from apportion.allocation.models import NONE, CarryForward, Rule
from apportion.allocation.patterns import matches
from apportion.core.errors import BadInput, Refused
from apportion.core.money import to_units
from apportion.engine import quote_ident, quote_text, statement

PACKAGE = "apportion.allocation"
DAYS = "(SELECT DISTINCT day FROM claimed)"


@dataclass(frozen=True)
class Setting:
    """What the shares of a rule depend on beside the rule itself."""

    to: str
    dimensions: Sequence[str]
    measures: Mapping[str, Sequence[str]]
    customer_table: bool


def prepare(con: duckdb.DuckDBPyConnection, rule: Rule, rule_no: int, setting: Setting) -> list[str]:
    """Fill tables `shares` and `basis` for one rule; return the dimensions by which pools find their shares.

    Raises BadInput for a measure or dimension that is not there, Refused where the rule says `fail` for a day
    without usage.
    """
    keys, weights = _weights(rule, setting)
    using = ", ".join(quote_ident(k) for k in ["day", *keys])
    con.execute(statement(PACKAGE, "shares", weights=weights, using=using))
    _basis(con, rule_no, keys, back=_days_back(rule))
    if rule.without_usage == "fail":
        _fail(con, rule)
    return keys


def prepare_even(con: duckdb.DuckDBPyConnection, rule: Rule, rule_no: int, setting: Setting) -> None:
    """Fill `shares` and `basis` with even shares, for pools that had no usage."""
    using = quote_ident("day")
    con.execute(statement(PACKAGE, "shares", weights=_even(rule, setting), using=using))
    _basis(con, rule_no, [], back=0)


def _weights(rule: Rule, setting: Setting) -> tuple[list[str], str]:
    if rule.method == "even":
        return [], _even(rule, setting)
    if rule.method == "fixed":
        return [], _fixed(rule)
    if rule.measure == "cost":
        return ["currency"], _cost(setting)
    return _usage(rule, setting)


def _usage(rule: Rule, setting: Setting) -> tuple[list[str], str]:
    measure = str(rule.measure)
    if measure not in setting.measures:
        known = ", ".join(["cost", *setting.measures])
        raise BadInput(
            f"there is no measure '{measure}'", where=f"rule '{rule.name}'", hint=f"Measures: {known}."
        )
    has = setting.measures[measure]
    if setting.to not in has:
        raise BadInput(
            f"the measure '{measure}' does not say which {setting.to} used it",
            where=f"rule '{rule.name}'",
            hint=f"Add '{setting.to}' to the dimensions of measures.{measure}, or choose another measure.",
        )
    keys = [] if rule.where is not None else [d for d in rule.match if d in has and d != setting.to]
    columns = "".join(f"{_used(k)} AS {quote_ident(k)}, " for k in keys)
    tests = [
        f"measure = {quote_text(measure)}",
        *(matches(_used(k), p) for k, p in (rule.where or {}).items()),
    ]
    return keys, (
        f"SELECT day, {columns}{_used(setting.to)} AS target, units(sum(quantity)) AS weight "
        f"FROM usage WHERE {' AND '.join(tests)} GROUP BY ALL"
    )


def _cost(setting: Setting) -> str:
    target = quote_ident(setting.to)
    return (
        f"SELECT day, currency, {target} AS target, greatest(0, sum(effective)) AS weight FROM claimed_first "
        f"WHERE rule_no IS DISTINCT FROM (SELECT rule_no FROM this_rule) AND {target} <> {quote_text(NONE)} "
        "GROUP BY ALL"
    )


def _fixed(rule: Rule) -> str:
    shares = {k: to_units(v) for k, v in (rule.shares or {}).items()}
    rest = to_units(Decimal(100)) - sum(shares.values())
    rows = {**shares, **({NONE: rest} if rest else {})}
    values = ", ".join(f"({quote_text(k)}, CAST({v} AS HUGEINT))" for k, v in rows.items())
    return f"SELECT day, target, weight FROM {DAYS}, (VALUES {values}) AS t(target, weight)"


def _even(rule: Rule, setting: Setting) -> str:
    one = "CAST(1 AS HUGEINT) AS weight"
    if rule.targets:
        listed = ", ".join(f"({quote_text(t)})" for t in sorted(set(rule.targets)))
        return f"SELECT day, target, {one} FROM {DAYS}, (VALUES {listed}) AS t(target)"
    if setting.to == "customer" and setting.customer_table:
        return (
            f"SELECT day, customer_id AS target, {one} FROM {DAYS}, customers "
            "WHERE coalesce(start_date, day) <= day AND day < coalesce(end_date, day + 1)"
        )
    target = quote_ident(setting.to)
    return f"SELECT DISTINCT day, {target} AS target, {one} FROM pools WHERE {target} <> {quote_text(NONE)}"


def _basis(con: duckdb.DuckDBPyConnection, rule_no: int, keys: Sequence[str], back: int) -> None:
    at = [f"{location(k)} AS {quote_ident(k)}, " for k in keys]
    con.execute(
        statement(
            PACKAGE,
            "basis",
            keys=_list(keys),
            pool_keys="".join(at),
            pool_dot="".join(f"pool.{quote_ident(k)}, " for k in keys),
            same="".join(f"days.{quote_ident(k)} = pool.{quote_ident(k)} AND " for k in keys),
            rule_no=str(rule_no),
            back=str(back),
        )
    )


def _fail(con: duckdb.DuckDBPyConnection, rule: Rule) -> None:
    row = con.execute("SELECT * FROM basis WHERE basis_day IS NULL ORDER BY ALL LIMIT 1").fetchone()
    if row:
        place = ", ".join(str(v) for v in row[:-2])
        raise Refused(
            f"there is no usage to divide by on {place}",
            where=f"rule '{rule.name}'",
            hint="Load the missing usage, or set without_usage to something other than fail.",
        )


def location(key: str) -> str:
    """The column that says where a pool's cost is now, in dimension `key`."""
    return quote_ident(key if key in ("currency", "source", "cost_class") else f"at_{key}")


def _used(dimension: str) -> str:
    return f"coalesce(dimensions[{quote_text(dimension)}], {quote_text(NONE)})"


def _days_back(rule: Rule) -> int:
    return rule.without_usage.carry_forward if isinstance(rule.without_usage, CarryForward) else 0


def _list(keys: Sequence[str]) -> str:
    return "".join(f"{quote_ident(k)}, " for k in keys)
