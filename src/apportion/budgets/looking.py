"""From when reports look at budgets: now, where the newest data ends, or a time that is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from apportion.budgets.tally import COUNTED, Counter
from apportion.core.times import AT_REST, microseconds, time_of
from apportion.database import budget_entries, budget_periods

if TYPE_CHECKING:  # results of runs, which budgets of operations do without
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

    from apportion.budgets.cost_standing import Allocated
    from apportion.budgets.settings import Budget

AT_ONCE = 500
_P, _E = budget_periods.c, budget_entries.c


@dataclass(frozen=True)
class Look:
    """`at` is for operations; `allocated` is cost by a run, as of a day. `now` is the clock's.

    With `cut`, what came after `at` does not count: somebody asked how it was then.
    """

    now: datetime
    at: datetime
    zone: str = "UTC"
    allocated: Allocated | None = None
    cut: bool = False

    def as_of(self, budget: Budget) -> datetime | None:
        """Up to when is known what a budget has spent; None for now."""
        if budget.of == "cost":
            return self.allocated.moment if self.allocated else None
        return None if self.at >= self.now else self.at

    def words(self, budgets: Iterable[Budget]) -> str:
        """Such as ', as of 31 October 2026', where nothing is newer than a past day, or one was asked for."""
        days = [self._day(budget) for budget in budgets]
        if not days or (max(days) >= self.now.astimezone(ZoneInfo(self.zone)).date() and not self.cut):
            return ""
        return f", as of {max(days):%-d %B %Y}"

    def _day(self, budget: Budget) -> date:
        if budget.of == "cost" and self.allocated:
            return self.allocated.day
        return self.at.astimezone(ZoneInfo(self.zone)).date()


def newest(con: Connection, budgets: Collection[str], now: datetime) -> datetime:
    """When operations count from: now, or the newest that counts, where its period has been over for long."""
    used = (_P.spent != 0) | (_P.uncounted != 0)
    mine = _P.budget.in_(budgets) & used & (_P.start <= microseconds(now))
    last = con.scalar(select(func.max(_P.until)).where(mine))
    if last is None or last > microseconds(now - AT_REST):
        return now
    ids = con.scalars(select(_P.period_id).where(mine & (_P.until > last - 86_400_000_000))).all()
    found = max((_newest_of(con, ids[at : at + AT_ONCE]) for at in range(0, len(ids), AT_ONCE)), default=0)
    return time_of(found) if found else now


def _newest_of(con: Connection, period_ids: Sequence[str]) -> int:
    return int(con.scalar(select(func.max(_E.at)).where(_E.period_id.in_(period_ids))) or 0)


def as_it_was(con: Connection, counters: Sequence[Counter], at: datetime) -> list[Counter]:
    """Counters of operations with what had been spent by a time; what was held then is not known any more."""
    sums: dict[str, int] = {}
    ids = [c.period_id for c in counters]
    for n in range(0, len(ids), AT_ONCE):
        mine = _E.period_id.in_(ids[n : n + AT_ONCE]) & _E.state.in_(COUNTED)
        asked = select(_E.period_id, func.sum(_E.amount)).where(mine & (_E.at <= microseconds(at)))
        sums |= {name: int(amount) for name, amount in con.execute(asked.group_by(_E.period_id))}
    return [replace(c, spent=sums.get(c.period_id, 0), reserved=0) for c in counters]
