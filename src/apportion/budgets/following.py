"""Follows operations: what each costs counts where it belongs, at once and once, whatever becomes of it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from apportion.budgets import amounts
from apportion.budgets.declared import Declared, Record, Slot
from apportion.budgets.learning import learn
from apportion.budgets.reservations import SETTLED, Reservation, of_ids
from apportion.budgets.tally import ESTIMATED, HELD, SPENT, TOLD, UNCOUNTED, Entry, Tally
from apportion.budgets.writing import Writes
from apportion.core.times import microseconds, time_of
from apportion.metering.traces import WITHDRAWN

Clock = Callable[[], datetime]


class Following:
    """A `Follower`: works out by itself what it has counted of an operation before."""

    def __init__(self, declared: Declared, now: Clock) -> None:
        self.declared, self._now = declared, now
        self.marks = {name: budget.marks for name, budget in declared.all.items()}

    def __call__(self, con: Connection, records: Sequence[Record]) -> None:
        """Count changed operations, and settle the reservations whose ids they have."""
        if not records:
            return
        now = microseconds(self._now())
        tally = self.tally(con, now)
        reserved = of_ids(con, [r["operation_id"] for r in records])
        self.count(tally, records, reserved)
        writes = Writes(con)
        tally.write(writes)
        seen = _settle(writes, records, reserved, now)
        learn(con, writes, seen)
        writes.run()

    def tally(self, con: Connection, now: int) -> Tally:
        """For one transaction."""
        return Tally(con, now, self.marks)

    def count(
        self,
        tally: Tally,
        records: Sequence[Record],
        reserved: Mapping[str, Reservation],
        among: Sequence[str] | None = None,
    ) -> None:
        """Make the entries of operations what they are now, by their reservations where they have one.

        `among` leaves all other budgets alone.
        """
        slots = {
            name: self._slots(r, reserved.get(name), among) for r in records if (name := r["operation_id"])
        }
        tally.open(slot for found in slots.values() for slot in found)
        tally.take(slots)
        for record in records:
            name = record["operation_id"]
            mine = {slot.period_id: slot for slot in slots[name]}
            self._count(tally, record, mine, reserved.get(name), among)

    def _slots(self, record: Record, reserved: Reservation | None, among: Sequence[str] | None) -> list[Slot]:
        """By its own time; in budgets that have no period then, by that of its reservation."""
        if _gone(record):
            return []
        own = self.declared.slots(record, record["time"], among)
        if reserved is None:
            return own
        known = {slot.budget for slot in own}
        held = self.declared.slots(record, time_of(reserved.created), among)
        return own + [slot for slot in held if slot.budget not in known]

    def _count(
        self,
        tally: Tally,
        record: Record,
        slots: Mapping[str, Slot],
        reserved: Reservation | None,
        among: Sequence[str] | None,
    ) -> None:
        name = record["operation_id"]
        before = tally.entries(name)
        for period, entry in before.items():
            counter = tally.counters[period]
            if period in slots or (among is not None and counter.budget not in among):
                continue
            held = entry.state == HELD and not _gone(record)
            if held or (entry.state != HELD and self.declared.counts(counter.budget, counter.start)):
                tally.put(name, period, None)
        is_told = any(entry.state == TOLD for entry in before.values())
        for period, slot in slots.items():
            entry = _entry(record, slot, reserved, is_told=is_told)
            if before.get(period) != entry:
                tally.put(name, period, entry)


def _settle(
    writes: Writes, records: Sequence[Record], reserved: Mapping[str, Reservation], now: int
) -> list[tuple[str | None, str | None, int]]:
    """Reservations that these operations are of are settled; what is to be learned of their cost."""
    mine = {r["operation_id"]: r for r in records if not _gone(r)}
    changed, seen = [], []
    for name, known in sorted(reserved.items()):
        cost = _cost(mine[name], known.currency) if name in mine else None
        if name not in mine or (known.state == SETTLED and cost in (None, known.cost)):
            continue
        changed.append((SETTLED, known.cost if cost is None else cost, now, name))
        if cost is not None and (known.state != SETTLED or known.cost is None):
            seen.append((mine[name].get("feature"), mine[name].get("model"), cost))
    m = writes.mark
    writes.add(
        f"UPDATE reservations SET state = {m}, cost = {m}, settled = coalesce(settled, {m}) "
        f"WHERE reservation_id = {m}",
        changed,
    )
    return seen


def _gone(record: Record) -> bool:
    return bool(record["price_state"] == WITHDRAWN)


def _cost(record: Record, currency: str) -> int | None:
    """In 10⁻⁹; None where it is not known in that currency."""
    if record["cost"] is None or record["currency"] != currency:
        return None
    found = amounts.spent(record["cost"])
    return found if found <= amounts.MOST else None


def _entry(record: Record, slot: Slot, reserved: Reservation | None, *, is_told: bool) -> Entry:
    """What an operation counts; where its cost is not known, what was told of it, or else was held for it."""
    cost, at = _cost(record, slot.currency), microseconds(record["time"])
    if reserved is not None and not slot.start <= at < slot.until:
        at = reserved.created
    if cost is not None:
        return Entry(SPENT, cost, at)
    if reserved is None or reserved.currency != slot.currency:
        return Entry(UNCOUNTED, 0, at)
    best = reserved.estimate if reserved.cost is None else reserved.cost
    return Entry(TOLD if is_told else ESTIMATED, best, at)
