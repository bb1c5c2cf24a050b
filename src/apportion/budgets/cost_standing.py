"""Budgets of allocated cost as reports show them: by the run that stands, as of a day of its data."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property

import duckdb
from sqlalchemy import Connection

from apportion.analytics.models import Facts
from apportion.budgets import amounts
from apportion.budgets.cost import ONE_DAY, CostBudget, Spending, days_of, spending
from apportion.budgets.cost_kept import added_to
from apportion.budgets.ending import Ending, endings
from apportion.budgets.periods import Between
from apportion.budgets.report import BudgetDay, DayAhead
from apportion.budgets.tally import Counter
from apportion.core.errors import BadInput


class Allocated:
    """All budgets of allocated cost, by the results behind `con`, at `at` or the last complete day."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, facts: Facts, budgets: Sequence[CostBudget], at: date | None
    ) -> None:
        self._con, self._facts, self._at = con, facts, at
        self._budgets = {asked.name: asked for asked in budgets}
        self._found: dict[str, dict[str, Spending]] = {}
        self._ends: dict[str, Mapping[tuple[str, ...], Ending]] = {}

    @cached_property
    def day(self) -> date:
        """The day that reports are as of."""
        return self._at or self._facts.last_day

    @property
    def moment(self) -> datetime:
        """The end of that day."""
        return datetime.combine(self.day, time.max, UTC)

    def counters(self, state: Connection, budget: str, *, alone: bool = False) -> list[Counter]:
        """The period of each entity of a budget, with what was added to its limit by hand.

        Of one that names what the run does not have, none; BadInput where it is asked for alone.
        """
        try:
            found = self._spending(budget)
        except BadInput:
            if alone:
                raise
            return []
        added = added_to(state, list(found))
        return [_counter(one, added.get(name, 0)) for name, one in found.items()]

    def ending(self, counter: Counter) -> Ending | None:
        """What the period comes to; None for one of which nothing is known."""
        if (one := self._spending(counter.budget).get(counter.period_id)) is None:
            return None
        if counter.budget not in self._ends:
            asked, between = self._budgets[counter.budget], Between(counter.start, counter.until)
            listed = list(self._spending(counter.budget).values())
            ends = endings(self._con, self._facts, asked, between, listed, self._at)
            self._ends[counter.budget] = ends
        return self._ends[counter.budget].get(one.names)

    def days(self, counter: Counter) -> tuple[list[BudgetDay], list[DayAhead]]:
        """Days so far with what each cost, and days to come as they are forecast."""
        one, ending = self._spending(counter.budget).get(counter.period_id), self.ending(counter)
        if one is None or one.through is None:
            return [], []
        first, after = days_of(Between(counter.start, counter.until))
        spent, total, so_far = dict(one.days), Decimal(0), []
        for n in range((one.through - first).days + 1):
            day = first + n * ONE_DAY
            total += spent.get(day, Decimal(0))
            sums = {"spent": spent.get(day, Decimal(0)), "total": total}
            so_far.append(BudgetDay(day=day, **sums, ideal=_even(counter, n + 1, (after - first).days)))
        ahead = [
            DayAhead(
                day=day, total=expected, low=low, high=high, ideal=_even(counter, n, (after - first).days)
            )
            for day, (expected, low, high) in _to_come(ending)
            if day > one.through
            for n in [(day - first).days + 1]
        ]
        return so_far, ahead

    def _spending(self, budget: str) -> dict[str, Spending]:
        """By the id of the period."""
        if budget not in self._found:
            asked = self._budgets.get(budget)
            between = asked.period(self.day) if asked else None
            listed = spending(self._con, self._facts, asked, between, self._at) if asked and between else []
            self._found[budget] = {one.slot.period_id: one for one in listed}
        return self._found[budget]


def _to_come(ending: Ending | None) -> list[tuple[date, tuple[Decimal, Decimal, Decimal]]]:
    if ending is None:
        return []
    return [(ending.origin + timedelta(days=n), sums) for n, sums in enumerate(ending.days, 1)]


def _counter(one: Spending, added: int) -> Counter:
    slot = one.slot
    return Counter(
        slot.period_id, slot.budget, slot.entity, slot.start, slot.until, max(slot.amount + added, 0),
        one.spent, 0, 0, 0, 0, slot.currency,
    )  # fmt: skip


def _even(counter: Counter, days: int, whole: int) -> Decimal:
    """Where an even pace would be after so many days of the period, rounded down."""
    return amounts.amount(counter.amount * days // whole)
