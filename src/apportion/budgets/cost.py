"""Budgets of allocated cost: what each entity has spent in a period, day by day, by the run that stands.

Periods begin and end with UTC days, as bills do. What is counted ends with the last complete day of the data.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from apportion.allocation.patterns import NONE, fits
from apportion.analytics.fields import Relation, relation_for
from apportion.analytics.filters import Bindings, compile_filter, parse_filter
from apportion.analytics.models import Facts
from apportion.analytics.query import Query
from apportion.budgets import amounts
from apportion.budgets.declared import Counted, Slot
from apportion.budgets.periods import Between
from apportion.budgets.settings import Budget
from apportion.core.times import microseconds, time_of
from apportion.engine import quote_ident
from apportion.engine.statements import statement

ONE_DAY = timedelta(days=1)
ZERO = Decimal(0)
ZONE = "UTC"


@dataclass(frozen=True)
class Spending:
    """What one entity cost in one period: days without cost are left out, `through` is the last that counts.

    `through` is None where the period begins after the data ends.
    """

    slot: Slot
    names: tuple[str, ...]
    days: tuple[tuple[date, Decimal], ...]
    through: date | None

    @property
    def cost(self) -> Decimal:
        """To the last digit."""
        return sum((amount for _, amount in self.days), ZERO)

    @property
    def spent(self) -> int:
        """In 10⁻⁹, rounded once."""
        return amounts.spent(self.cost)

    def until(self, day: date) -> Decimal:
        """What it cost up to and with a day."""
        return sum((amount for on, amount in self.days if on <= day), ZERO)

    def crossings(self, limit: int, marks: Sequence[int]) -> list[tuple[int, date, int]]:
        """Marks (hundredths of a percent) of `limit` (10⁻⁹) that were reached: which, when, at what cost."""
        found, so_far, left = [], ZERO, [mark for mark in sorted(marks) if limit > 0]
        for day, amount in self.days:
            so_far += amount
            units = amounts.spent(so_far)
            while left and units * 10_000 >= limit * left[0]:
                found.append((left.pop(0), day, units))
        return found


class CostBudget(Counted):
    """A budget of allocated cost."""

    def __init__(self, name: str, budget: Budget, currency: str) -> None:
        super().__init__(name, budget, currency, ZONE)

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields of results that its entities are named by."""
        return ("target",) * len(self.budget.for_) if self.budget.perspective else tuple(self.budget.for_)

    @property
    def filter(self) -> dict[str, Any] | None:
        """What counts, as the one query model says it."""
        tests = [test for field, given in self.budget.where.items() for test in _tests(field, given)]
        if self.budget.perspective and self.budget.for_:
            tests.append({"target_kind": ["allocated"]})
        return {"and": tests} if tests else None

    @property
    def query(self) -> Query:
        """All entities together, in every currency."""
        asked = {"perspective": self.budget.perspective, "group_by": list(self.columns)}
        return Query.model_validate({**asked, "filter": self.filter})

    def covers(self, names: Sequence[str]) -> bool:
        """Whether it is for an entity of these names."""
        return all(map(fits, names, self.budget.for_.values()))

    def period(self, day: date) -> Between | None:
        """The period that a UTC day is in."""
        return self.calendar.at(datetime.combine(day, time(), UTC))


def cost_budgets(budgets: Mapping[str, Budget], currency: str) -> list[CostBudget]:
    """Those of allocated cost, in the order of their names."""
    return [CostBudget(n, b, currency) for n, b in sorted(budgets.items()) if b.of == "cost"]


def days_of(between: Between) -> tuple[date, date]:
    """The first day of a period, and the day after its last."""
    return time_of(between.start).date(), time_of(between.until).date()


def spending(
    con: duckdb.DuckDBPyConnection, facts: Facts, asked: CostBudget, between: Between, at: date | None = None
) -> list[Spending]:
    """Every entity that has cost in a period or is named in the file, by the run behind `con`.

    Days after `at`, and after the last complete day of the data, do not count. Money of other currencies than
    the budget's does not either. Raises BadInput where the budget names what the results do not have.
    """
    first, after = days_of(between)
    last = min(facts.last_day, after - ONE_DAY, at or facts.last_day)
    through = last if last >= first else None
    found: dict[tuple[str, ...], list[tuple[date, Decimal]]] = {names: [] for names in asked.named()}
    for *names, day, amount in _rows(con, facts, asked, first, last + ONE_DAY) if through else ():
        if asked.covers(names):
            found.setdefault(tuple(names), []).append((day, amount))
    slots = {names: asked.of(names, between) for names in sorted(found)}
    return [Spending(slot, names, tuple(found[names]), through) for names, slot in slots.items() if slot]


def _rows(
    con: duckdb.DuckDBPyConnection, facts: Facts, asked: CostBudget, first: date, after: date
) -> Iterator[tuple[Any, ...]]:
    where = parse_filter(asked.filter)
    relation = _relation(con, facts, asked)
    bindings = Bindings()
    condition = compile_filter(where, bindings) if where else "true"
    if asked.budget.perspective:
        condition += f" AND perspective = {bindings.bind(asked.budget.perspective)}"
    keys = "".join(f"coalesce({quote_ident(name)}::VARCHAR, '{NONE}'), " for name in asked.columns)
    parts = {"keys": keys, "metric": quote_ident(facts.metric), "condition": condition}
    sql = statement(__package__, "cost_by_day", relation=quote_ident(relation.name), **parts)
    params = {**bindings.values, "first": first, "after": after, "currency": asked.currency}
    yield from con.execute(sql, params).fetchall()


def _relation(con: duckdb.DuckDBPyConnection, facts: Facts, asked: CostBudget) -> Relation:
    named = [*asked.columns, *asked.budget.where]
    perspective = asked.budget.perspective
    return relation_for(con, facts, perspective=perspective, named=named, metric=facts.metric, days=1)


def _tests(field: str, given: str | list[str]) -> Iterator[dict[str, Any]]:
    """A pattern of the file as a filter; `*` alone means any answer, but an answer."""
    patterns = [given] if isinstance(given, str) else given
    yield {field: patterns}
    if "*" in patterns and NONE not in patterns:
        yield {"not": {field: [NONE]}}


def day_stamp(day: date) -> int:
    """When a UTC day begins, in microseconds."""
    return microseconds(datetime.combine(day, time(), UTC))
