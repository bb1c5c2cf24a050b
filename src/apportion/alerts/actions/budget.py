"""Denies what enforced budgets have left: the limit of a period becomes what is spent of it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, func, select

from apportion.alerts.actions.contract import State, Target
from apportion.alerts.actions.settings import DenyAction
from apportion.allocation.patterns import fits
from apportion.budgets import amounts
from apportion.budgets.adjusting import add
from apportion.budgets.following import Following
from apportion.budgets.standing import standing
from apportion.budgets.tally import Counter
from apportion.core.money import plain
from apportion.database import budget_adjustments

WHO = "deny_budget"
"""Who adjusted a limit, where an action did; who asked for it and why is in the log of actions."""
LIMIT, SPENT = "limit", "spent"


class Limits:
    """Running periods of enforced budgets that an action may deny.

    `alone` gives a transaction in which nobody else counts. `about` are the dimensions of an alert; only what
    it is about is covered then.
    """

    def __init__(
        self,
        action: DenyAction,
        following: Following,
        alone: Callable[[], AbstractContextManager[Connection]],
        now: Callable[[], datetime],
        about: Mapping[str, str] | None = None,
    ) -> None:
        self._action, self._following, self._alone, self._now = action, following, alone, now
        self._about = about

    def about(self, dimensions: Mapping[str, str]) -> "Limits":
        """The same, for what an alert of these dimensions is about."""
        return Limits(self._action, self._following, self._alone, self._now, dimensions)

    def targets(self) -> Sequence[Target]:
        with self._alone() as con:
            return [_target(counter) for counter in self._covered(con)]

    def look(self, name: str) -> Target | None:
        return next((target for target in self.targets() if target.name == name), None)

    def is_done(self, state: State) -> bool:
        return Decimal(str(state[LIMIT])) <= Decimal(str(state[SPENT]))

    def do(self, target: Target) -> str:
        with self._alone() as con:
            for counter in self._covered(con, target.name):
                if (left := counter.amount - counter.spent) > 0:
                    add(con, self._following, counter, -left, f"{target.label} is denied.", WHO, self._now())
                    taken = f"{_plain(left)} {counter.currency}"
                    return f"{taken} were left, and are no more: nothing is admitted until the period ends."
        return "Nothing was left."

    def undo(self, target: Target, before: State) -> str:  # noqa: ARG002  what was taken is in the books
        with self._alone() as con:
            mine = (budget_adjustments.c.period_id == target.name) & (budget_adjustments.c.who == WHO)
            taken = -int(con.scalar(select(func.sum(budget_adjustments.c.amount)).where(mine)) or 0)
            for counter in self._covered(con, target.name):
                add(
                    con, self._following, counter, taken, f"{target.label} is let in again.", WHO, self._now()
                )
                return f"The limit is {_plain(counter.amount + taken)} {counter.currency} again."
        return "The period is over."

    def _covered(self, con: Connection, name: str = "") -> Iterator[Counter]:
        for counter in standing(con, self._following.declared, self._now()):
            budget = self._following.declared.all[counter.budget]
            if name not in ("", counter.period_id) or not budget.enforced:
                continue
            if fits(counter.budget, self._action.budgets) and self._is_meant(counter):
                yield replace(counter)

    def _is_meant(self, counter: Counter) -> bool:
        """Whether an alert is about it: its budget and names; that of the whole company only by its name."""
        if self._about is None:
            return True
        entity = json.loads(counter.entity)
        named = self._about.get("budget")
        if named is None and not entity:
            return False
        same = all(self._about.get(field) == value for field, value in entity.items())
        return same and named in (None, counter.budget)


def _target(counter: Counter) -> Target:
    entity = [f"{field}={value}" for field, value in json.loads(counter.entity).items()]
    state = {LIMIT: _plain(counter.amount), SPENT: _plain(counter.spent)}
    return Target(counter.period_id, " ".join([counter.budget, *entity]), state)


def _plain(units: int) -> str:
    return plain(amounts.amount(units))
