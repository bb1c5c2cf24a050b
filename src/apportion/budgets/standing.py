"""How budgets stand now: those that have a row, and those that the file names though nothing was spent."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from apportion.budgets import amounts
from apportion.budgets.asking import BudgetRoom
from apportion.budgets.declared import Counted, Declared, Record, Slot
from apportion.budgets.looking import Look, as_it_was
from apportion.budgets.report import BudgetList, BudgetRow, Checked, Crossing, State, state_of
from apportion.budgets.reservations import HELD
from apportion.budgets.reserving import LEAST as NEEDED
from apportion.budgets.reserving import room_of
from apportion.budgets.settings import Budget
from apportion.budgets.tally import HELD as HOLD
from apportion.budgets.tally import Counter
from apportion.core.errors import BadInput
from apportion.core.money import percent
from apportion.core.times import microseconds, time_of
from apportion.database import budget_crossings, budget_entries, budget_periods, reservations

AT_ONCE = 500
_P = budget_periods.c
RUN_RATE = "run rate"
_MINUTE = 60 * 10**6
LEAST = 20
"""A forecast is made once a twentieth of the period is over: what comes before says little."""


def counter_of(slot: Slot) -> Counter:
    """A slot of which nothing is spent yet."""
    return Counter(
        slot.period_id, slot.budget, slot.entity, slot.start, slot.until, slot.amount,
        0, 0, 0, 0, 0, slot.currency,
    )  # fmt: skip


def standing(
    con: Connection, declared: Declared, now: datetime, budget: str | None = None, look: Look | None = None
) -> list[Counter]:
    """The running period of every entity, by budget and entity; what is held too long is not held.

    With `look`, the period that it looks at; allocated cost is as the jobs kept it, unless it has a run.
    """
    now = look.at if look else now
    found: list[Counter] = []
    for name, counted in declared.counted.items():
        if budget in (None, name) and (between := counted.calendar.at(now)) is not None:
            mine = (_P.budget == name) & (_P.start == between.start) & (_P.until == between.until)
            rows = {c.period_id: c for c in _counters(con, mine & (_P.currency == counted.currency))}
            slots = [slot for names in counted.named() if (slot := counted.of(names, between))]
            for slot in slots:
                rows.setdefault(slot.period_id, counter_of(slot))
            found += [c for c in rows.values() if _is_declared(counted, c)]
    if look and look.cut:
        found = as_it_was(con, found, now)
    for name in declared.all.keys() - declared.counted.keys():
        if budget in (None, name):
            live = look.allocated if look else None
            found += live.counters(con, name, alone=bool(budget)) if live else _newest(con, name, now)
    return without_expired(con, sorted(found, key=lambda c: (c.budget, c.entity)), now)


def _newest(con: Connection, name: str, now: datetime) -> list[Counter]:
    """Periods of allocated cost, which ends where its data does."""
    begun = (_P.budget == name) & (_P.start <= microseconds(now))
    last = con.scalar(select(func.max(_P.start)).where(begun))
    return list(_counters(con, begun & (_P.start == last))) if last is not None else []


def _is_declared(counted: Counted, counter: Counter) -> bool:
    names = json.loads(counter.entity)
    given = counted.budget
    if set(names) != set(given.for_):
        return False
    listed = [names[field] for field in given.for_]
    return given.limit(listed) is not None and counted.covers(listed)


def without_expired(con: Connection, counters: Sequence[Counter], now: datetime) -> list[Counter]:
    """Counters without what is held for longer than it may, whether it was let go of already or not."""
    held = [c.period_id for c in counters if c.reserved]
    over: dict[str, int] = {}
    joined = budget_entries.join(reservations, reservations.c.reservation_id == budget_entries.c.operation_id)
    late = (reservations.c.state == HELD) & (reservations.c.expires <= microseconds(now))
    for at in range(0, len(held), AT_ONCE):
        mine = budget_entries.c.period_id.in_(held[at : at + AT_ONCE]) & (budget_entries.c.state == HOLD)
        asked = select(budget_entries.c.period_id, func.sum(budget_entries.c.amount)).select_from(joined)
        found = con.execute(asked.where(mine & late).group_by(budget_entries.c.period_id)).all()
        over |= {name: int(amount) for name, amount in found}
    return [replace(c, reserved=c.reserved - over.get(c.period_id, 0)) for c in counters]


def listed(con: Connection, declared: Declared, look: Look, cursor: str = "", limit: int = 100) -> BudgetList:
    """A page of budgets in the order of their names. Raises BadInput for a cursor that is none."""
    found = standing(con, declared, look.at, look=look)
    after = _place(cursor) if cursor else None
    rest = [c for c in found if after is None or (c.budget, c.entity) > after]
    page = rest[:limit]
    more = len(rest) > limit
    return BudgetList(
        headline=headline(
            [state_of(c.amount, c.spent) for c in found], look.words(declared.all[c.budget] for c in found)
        ),
        budgets=rows(con, declared, page, look.at, look),
        next_cursor=_cursor(page[-1]) if more else None,
    )


def headline(states: Sequence[State], as_of: str = "") -> str:
    """How many are over, and near; `as_of` in words where that is not now."""
    if not states:
        return "No budget counts anything yet."
    over, near = states.count("over"), states.count("near")
    if not over and not near:
        within = f"All {len(states)} budgets are" if len(states) > 1 else "The one budget is"
        return f"{within} within {'their limits' if len(states) > 1 else 'its limit'}{as_of}."
    if len(states) == 1:
        return f"The one budget is {'over' if over else 'near'} its limit{as_of}."
    first, word = (over, "over") if over else (near, "near")
    limits = "is {} its limit" if first == 1 else "are {} their limits"
    rest = f", {near} near" if over and near else ""
    return f"{first} of {len(states)} budgets {limits.format(word)}{rest}{as_of}."


def rows(
    con: Connection, declared: Declared, found: Sequence[Counter], now: datetime, look: Look | None = None
) -> list[BudgetRow]:
    """Counters as they are told, with the thresholds that were reached."""
    crossed = crossings_of(con, [c.period_id for c in found])
    return [row_of(c, declared, now, crossed.get(c.period_id, []), look) for c in found]


def row_of(
    counter: Counter,
    declared: Declared,
    now: datetime,
    crossed: Sequence[Crossing],
    look: Look | None = None,
) -> BudgetRow:
    """One counter as it is told."""
    budget = declared.all[counter.budget]
    as_of = look.as_of(budget) if look else None
    expected, low, high = _expected(counter, budget, now, look)
    room = room_of(counter, declared)
    return BudgetRow(
        **{name: getattr(room, name) for name in BudgetRoom.model_fields if name != "resets_at"},
        kind=budget.of,
        period=budget.period.kind,
        start=time_of(counter.start),
        until=time_of(counter.until),
        time_zone=declared.zone if budget.of == "operations" else "UTC",
        uncounted=counter.uncounted,
        percent=percent(room.spent, room.limit) or amounts.amount(0),
        state=state_of(counter.amount, counter.spent),
        as_of=as_of,
        forecast=expected,
        forecast_low=low,
        forecast_high=high,
        crossings=[one for one in crossed if look is None or not look.cut or one.at <= (as_of or now)],
    )


def _expected(
    counter: Counter, budget: Budget, now: datetime, look: Look | None
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """What the period comes to: of operations by the run rate, of cost by its forecast, with its interval."""
    if budget.of == "operations":
        expected = forecast(counter, now)
        return None if expected is None else amounts.amount(expected), None, None
    ending = look.allocated.ending(counter) if look and look.allocated else None
    return (ending.expected, ending.low, ending.high) if ending else (None, None, None)


def forecast(counter: Counter, now: datetime) -> int | None:
    """What a period comes to if it goes on as it has in the minutes so far; of one that is over, it.

    In 10⁻⁹, rounded down. By whole minutes, so that who asks again at once is told the same.
    """
    passed, whole = microseconds(now) - counter.start, counter.until - counter.start
    if passed >= whole:
        return counter.spent
    if passed * LEAST < whole:
        return None
    return counter.spent * whole // (passed // _MINUTE * _MINUTE)


def crossings_of(con: Connection, period_ids: Sequence[str]) -> Mapping[str, list[Crossing]]:
    """Thresholds that were reached, by period."""
    found: dict[str, list[Crossing]] = {}
    columns = budget_crossings.c
    for at in range(0, len(period_ids), AT_ONCE):
        mine = columns.period_id.in_(period_ids[at : at + AT_ONCE])
        for row in con.execute(select(budget_crossings).where(mine).order_by(columns.threshold)):
            told = Crossing(
                threshold=amounts.whole(row.threshold, 2), at=time_of(row.at), spent=amounts.amount(row.spent)
            )
            found.setdefault(row.period_id, []).append(told)
    return found


def check(
    con: Connection, declared: Declared, record: Record, now: datetime, estimate: int | None = None
) -> Checked:
    """Whether a call of whom `record` says would be let in now, if it cost `estimate` (10⁻⁹) at most.

    Without one, whether anything is left.
    """
    slots = declared.slots(record, now)
    rows = {c.period_id: c for c in _counters(con, _P.period_id.in_([s.period_id for s in slots]))}
    counters = without_expired(con, [rows.get(s.period_id, counter_of(s)) for s in slots], now)
    least = max(estimate or 0, NEEDED)
    allowed = all(c.room >= least for c in counters if declared.all[c.budget].enforced)
    return Checked(allowed=allowed, budgets=[room_of(c, declared) for c in counters])


def crossings(con: Connection, since: datetime) -> list[dict[str, Any]]:
    """Thresholds first reached at `since` or later, the oldest first: rows of both tables together."""
    joined = budget_crossings.join(budget_periods, _P.period_id == budget_crossings.c.period_id)
    columns = [*budget_periods.columns, budget_crossings.c.threshold, budget_crossings.c.at]
    asked = select(*columns, budget_crossings.c.spent.label("spent_then")).select_from(joined)
    later = budget_crossings.c.at >= microseconds(since)
    ordered = asked.where(later).order_by(budget_crossings.c.at, _P.period_id, budget_crossings.c.threshold)
    return [dict(row) for row in con.execute(ordered).mappings()]


def _counters(con: Connection, where: Any) -> Iterator[Counter]:
    for row in con.execute(select(budget_periods).where(where)).mappings():
        yield Counter(**row)


def _cursor(last: Counter) -> str:
    return urlsafe_b64encode(json.dumps([last.budget, last.entity]).encode()).decode()


def _place(cursor: str) -> tuple[str, str]:
    try:
        budget, entity = json.loads(urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError):
        budget = entity = None
    if not isinstance(budget, str) or not isinstance(entity, str):
        raise BadInput("this is no cursor", where="cursor", hint="Take `next_cursor` of the page before.")
    return budget, entity
