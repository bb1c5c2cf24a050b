"""What budgets of allocated cost have spent, kept by the jobs: each threshold once in a period.

A bill that is restated changes what was spent. A threshold that was reached stays reached, on the day on
which it first was.
"""

from collections.abc import Iterable, Mapping, Sequence

import duckdb
from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from apportion.analytics.models import Facts
from apportion.budgets.amounts import MOST
from apportion.budgets.cost import CostBudget, Spending, day_stamp, spending
from apportion.budgets.periods import Between
from apportion.core.errors import BadInput
from apportion.core.times import time_of
from apportion.database import State, budget_adjustments, budget_crossings, budget_periods

RESTATED = 35 * 86_400_000_000
"""Periods that ended so long before the data does are looked at still: their bills may be restated."""
AT_ONCE = 500
_P, _A = budget_periods.c, budget_adjustments.c


def keep(
    state: State, con: duckdb.DuckDBPyConnection, facts: Facts, budgets: Iterable[CostBudget], now: int
) -> int:
    """Keep what every budget has spent in its running period, and in those that were kept and may change.

    How many thresholds are new. Doing it again changes nothing. Raises BadInput, once all others are kept,
    for one that names what the run does not have.
    """
    new, wrong = 0, []
    for asked in budgets:
        try:
            for between in _periods(state, asked, facts):
                found = spending(con, facts, asked, between)
                with state.write() as writing:
                    new += keep_period(writing, asked, between, found, now)
        except BadInput as why:
            wrong.append(BadInput(why.message, where=f"budgets.{asked.name}", hint=why.hint))
    if wrong:
        raise wrong[0]
    return new


def keep_period(
    con: Connection, asked: CostBudget, between: Between, found: Sequence[Spending], now: int
) -> int:
    """Keep one period of a budget, in the caller's transaction; how many thresholds are new."""
    mine = [one for one in found if one.through is not None]
    added = _added(con, [one.slot.period_id for one in mine])
    limits = {one.slot.period_id: max(one.slot.amount + added.get(one.slot.period_id, 0), 0) for one in mine}
    _forget(con, asked.name, between, limits, now)
    if not mine:
        return 0
    insert = (sqlite if con.dialect.name == "sqlite" else postgresql).insert
    rows = [
        {**one.slot._asdict(), "amount": limits[one.slot.period_id], "spent": min(one.spent, MOST)}
        | {"reserved": 0, "uncounted": 0, "created": now, "changed": now}
        for one in mine
    ]
    made = insert(budget_periods)
    values = {name: made.excluded[name] for name in ("amount", "spent", "changed")}
    differs = (_P.amount != made.excluded.amount) | (_P.spent != made.excluded.spent)
    con.execute(made.on_conflict_do_update(index_elements=["period_id"], set_=values, where=differs), rows)
    crossed = [
        {"period_id": one.slot.period_id, "threshold": mark, "at": day_stamp(day), "spent": min(units, MOST)}
        for one in mine
        for mark, day, units in one.crossings(limits[one.slot.period_id], asked.budget.marks)
    ]
    if not crossed:
        return 0
    once = insert(budget_crossings).on_conflict_do_nothing(index_elements=["period_id", "threshold"])
    return len(con.execute(once.returning(budget_crossings.c.threshold), crossed).all())


def added_to(con: Connection, period_ids: Sequence[str]) -> Mapping[str, int]:
    """What was added by hand to the limits of periods, in 10⁻⁹."""
    found: dict[str, int] = {}
    for at in range(0, len(period_ids), AT_ONCE):
        mine = _A.period_id.in_(period_ids[at : at + AT_ONCE])
        sums = select(_A.period_id, func.sum(_A.amount)).where(mine).group_by(_A.period_id)
        found.update({name: int(total) for name, total in con.execute(sums)})
    return found


def _added(con: Connection, period_ids: Sequence[str]) -> Mapping[str, int]:
    """The same, while nobody adds more: whoever does has to lock the period, too."""
    for at in range(0, len(period_ids), AT_ONCE):
        some = sorted(period_ids)[at : at + AT_ONCE]
        con.execute(select(_P.period_id).where(_P.period_id.in_(some)).with_for_update()).all()
    return added_to(con, period_ids)


def _forget(con: Connection, budget: str, between: Between, there: Mapping[str, object], now: int) -> None:
    """Entities whose cost went away, with a bill that was restated or rules that changed, spent nothing."""
    of_period = select(_P.period_id).where(_P.budget == budget, _P.start == between.start, _P.spent != 0)
    gone = [name for name in con.scalars(of_period) if name not in there]
    for at in range(0, len(gone), AT_ONCE):
        some = _P.period_id.in_(gone[at : at + AT_ONCE])
        con.execute(update(budget_periods).where(some).values(spent=0, changed=now))


def _periods(state: State, asked: CostBudget, facts: Facts) -> list[Between]:
    """The running period, and those of the budget that were kept and are not long over."""
    running = asked.period(facts.last_day)
    recent = day_stamp(facts.last_day) - RESTATED
    kept = select(_P.start, _P.until).where(_P.budget == asked.name, _P.until > recent).distinct()
    with state.read() as con:
        known = {Between(row.start, row.until) for row in con.execute(kept)}
    begun = (one for one in known if one.start <= day_stamp(facts.last_day))
    same = {one for one in begun if asked.calendar.at(time_of(one.start)) == one}
    return sorted({*same, *([running] if running else [])})
