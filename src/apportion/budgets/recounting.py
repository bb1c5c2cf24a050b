"""What a budget that is new, or counts something else than before, takes over of reservations."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from apportion.budgets.following import Following
from apportion.budgets.reservations import HELD, SETTLED, Reservation, of_ids
from apportion.budgets.tally import ESTIMATED, TOLD, Entry, Tally
from apportion.budgets.tally import HELD as HOLD
from apportion.budgets.writing import Writes
from apportion.core.times import time_of
from apportion.database import operations, reservations
from apportion.metering.changed import changed_of
from apportion.metering.settings import Tree

AT_ONCE = 500


class Anew(NamedTuple):
    """A budget that counts from `began` on, in a transaction at `now` (microseconds since 1970)."""

    name: str
    began: int
    now: int


def count_reserved(
    con: Connection, following: Following, anew: Anew, tree: Tree, archived: Collection[str]
) -> None:
    """Count what is held since the budget began, and what was told where no operation has followed.

    Operations that have followed count, too, where they have a time before it began. `archived` are
    reservations whose operations were found in the archive and are counted.
    """
    for known in _since(con, anew.began):
        tally = following.tally(con, anew.now)
        settled = [name for name, one in known.items() if one.state == SETTLED]
        there = there_of(con, settled)
        following.count(tally, changed_of(con, sorted(there), tree), known, among=[anew.name])
        alone = [one for name, one in known.items() if name not in there and name not in archived]
        _put(tally, following, anew, alone)
        writes = Writes(con)
        tally.write(writes)
        writes.run()


def there_of(con: Connection, ids: Iterable[str]) -> set[str]:
    """Which of these operations the state database has."""
    wanted, found = list(ids), set[str]()
    for at in range(0, len(wanted), AT_ONCE):
        some = operations.c.operation_id.in_(wanted[at : at + AT_ONCE])
        found.update(con.execute(select(operations.c.operation_id).where(some)).scalars())
    return found


def _since(con: Connection, began: int) -> Iterator[dict[str, Reservation]]:
    columns, last = reservations.c, ""
    mine = columns.state.in_((HELD, SETTLED)) & (columns.created >= began)
    ids = select(columns.reservation_id).where(mine).order_by(columns.reservation_id).limit(AT_ONCE)
    while some := con.execute(ids.where(columns.reservation_id > last)).scalars().all():
        yield of_ids(con, some)
        last = some[-1]


def _put(tally: Tally, following: Following, anew: Anew, known: Sequence[Reservation]) -> None:
    declared = following.declared
    entries = {one.reservation_id: _entry(one) for one in known}
    slots = {
        one.reservation_id: [
            slot
            for slot in declared.slots(one.told, time_of(one.created), [anew.name])
            if slot.currency == one.currency
        ]
        for one in known
    }
    tally.open(slot for mine in slots.values() for slot in mine)
    tally.take(slots)
    for name, mine in slots.items():
        periods = {slot.period_id for slot in mine}
        for period_id in tally.entries(name):
            counter = tally.counters[period_id]
            if counter.budget == anew.name and counter.start >= anew.began and period_id not in periods:
                tally.put(name, period_id, None)
        for period_id in periods:
            tally.put(name, period_id, entries[name])


def _entry(one: Reservation) -> Entry:
    if one.state == HELD:
        return Entry(HOLD, one.estimate, one.created)
    if one.cost is None:
        return Entry(ESTIMATED, one.estimate, one.created)
    return Entry(TOLD, one.cost, one.created)
