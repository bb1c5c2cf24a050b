"""Follows operations: what each costs counts where it belongs, at once and once, whatever becomes of it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from apportion.budgets import amounts
from apportion.budgets.declared import Declared, Record, Slot
from apportion.budgets.learning import learn
from apportion.budgets.reads import AT_ONCE
from apportion.budgets.tally import HELD, SPENT, TOLD, UNCOUNTED, Entry, Tally
from apportion.budgets.writing import Writes
from apportion.core.times import microseconds
from apportion.database import reservations
from apportion.metering.traces import WITHDRAWN

SETTLED = "settled"
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
        self.count(tally, records)
        writes = Writes(con)
        tally.write(writes)
        seen = self._settle(con, writes, records, now)
        learn(con, writes, seen)
        writes.run()

    def tally(self, con: Connection, now: int) -> Tally:
        """For one transaction."""
        return Tally(con, now, self.marks)

    def count(self, tally: Tally, records: Sequence[Record], among: Sequence[str] | None = None) -> None:
        """Make the entries of operations what they are now; `among` leaves all other budgets alone."""
        slots = {r["operation_id"]: self._slots(r, among) for r in records}
        tally.open(slot for found in slots.values() for slot in found)
        tally.take(slots)
        for record in records:
            name = record["operation_id"]
            self._count(tally, name, record, {slot.period_id: slot for slot in slots[name]}, among)

    def _slots(self, record: Record, among: Sequence[str] | None) -> list[Slot]:
        return [] if _gone(record) else self.declared.slots(record, record["time"], among)

    def _count(
        self, tally: Tally, name: str, record: Record, slots: dict[str, Slot], among: Sequence[str] | None
    ) -> None:
        for period, entry in tally.entries(name).items():
            counter = tally.counters[period]
            if period in slots or (among is not None and counter.budget not in among):
                continue
            held = entry.state == HELD and not _gone(record)
            if held or (entry.state != HELD and self.declared.counts(counter.budget, counter.start)):
                tally.put(name, period, None)
        for period, slot in slots.items():
            before = tally.entries(name).get(period)
            entry = _entry(record, slot)
            if entry.state == UNCOUNTED and before is not None and before.state == TOLD:
                continue  # what the caller has told is the best that is known
            if before != entry:
                tally.put(name, period, entry)

    def _settle(
        self, con: Connection, writes: Writes, records: Sequence[Record], now: int
    ) -> list[tuple[str | None, str | None, int]]:
        """Reservations that these operations are of are settled; what is to be learned of their cost."""
        mine = {r["operation_id"]: r for r in records if not _gone(r)}
        columns = reservations.c
        known: list[Any] = []
        for at in range(0, len(mine), AT_ONCE):
            some = list(mine)[at : at + AT_ONCE]
            asked = select(columns.reservation_id, columns.state, columns.currency, columns.cost)
            known += con.execute(asked.where(columns.reservation_id.in_(some))).all()
        changed, seen = [], []
        for name, state, currency, cost in sorted(known):
            now_costs = _cost(mine[name], currency)
            if state == SETTLED and now_costs in (None, cost):
                continue
            changed.append((SETTLED, cost if now_costs is None else now_costs, now, name))
            if state != SETTLED and now_costs is not None:
                seen.append((mine[name].get("feature"), mine[name].get("model"), now_costs))
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


def _entry(record: Record, slot: Slot) -> Entry:
    cost, at = _cost(record, slot.currency), microseconds(record["time"])
    return Entry(UNCOUNTED, 0, at) if cost is None else Entry(SPENT, cost, at)
