"""The counter: periods and entries as one transaction reads and changes them, in whole numbers.

Whoever uses it holds the lock of those that write, so what was read still stands when it is written. That is
made sure of once more: a period is changed only where it has the sums that were read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection

from apportion.budgets.amounts import MOST
from apportion.budgets.declared import Slot
from apportion.budgets.reads import Found, columns, read
from apportion.budgets.writing import Writes
from apportion.database import budget_periods

HELD, SPENT, TOLD, ESTIMATED, UNCOUNTED = "held", "spent", "told", "estimated", "uncounted"
COUNTED = (SPENT, TOLD, ESTIMATED)
"""States of entries whose amounts are what is spent."""
_PERIODS = [c.name for c in budget_periods.columns]
COUNTERS = f"SELECT {columns(*_PERIODS)} FROM budget_periods WHERE period_id"
ENTRIES = (
    f"SELECT {columns('operation_id', 'state', 'amount', 'at', of='e.')}, {columns(*_PERIODS, of='p.')} "
    "FROM budget_entries e JOIN budget_periods p ON p.period_id = e.period_id WHERE e.operation_id"
)
"""With their counters."""


class Entry(NamedTuple):
    """What one operation holds or has spent of a period; `at` in microseconds since 1970."""

    state: str
    amount: int
    at: int


@dataclass
class Counter:
    """A row of `budget_periods`."""

    period_id: str
    budget: str
    entity: str
    start: int
    until: int
    amount: int
    spent: int
    reserved: int
    uncounted: int
    created: int
    changed: int
    currency: str
    was: tuple[int, int, int, int] = field(default=(0, 0, 0, 0))

    @property
    def sums(self) -> tuple[int, int, int, int]:
        return self.spent, self.reserved, self.uncounted, self.amount

    @property
    def room(self) -> int:
        """What is left; less than nothing where more was spent."""
        return self.amount - self.spent - self.reserved

    def move(self, entry: Entry | None, sign: int) -> None:
        """Add an entry to the sums, or take it out of them."""
        if entry is None:
            return
        if entry.state == HELD:
            self.reserved += sign * entry.amount
        if entry.state in COUNTED:
            self.spent += sign * entry.amount
        if entry.state in (ESTIMATED, UNCOUNTED):
            self.uncounted += sign

    def reached(self, spent: int, marks: Sequence[int]) -> set[int]:
        """Which of the thresholds (in hundredths of a percent) `spent` has reached."""
        return {mark for mark in marks if self.amount > 0 and spent * 10_000 >= self.amount * mark}


class Tally:
    """Reads what is asked for once, changes it in memory, and writes what differs at the end."""

    def __init__(self, con: Connection, now: int, marks: Mapping[str, Sequence[int]]) -> None:
        self.con, self.now, self._marks = con, now, marks
        self.counters: dict[str, Counter] = {}
        self._entries: dict[str, dict[str, Entry]] = {}
        self._read: dict[tuple[str, str], Entry] = {}
        self._new: list[Counter] = []
        self._looked: set[str] = set()

    def open(self, slots: Iterable[Slot]) -> None:
        """Have the counters of these slots; those that are not there yet are made."""
        wanted = {slot.period_id: slot for slot in slots}
        self.load(wanted)
        for name, slot in sorted(wanted.items()):
            if name not in self.counters:
                made = Counter(
                    name, slot.budget, slot.entity, slot.start, slot.until, slot.amount,
                    0, 0, 0, self.now, self.now, slot.currency, (0, 0, 0, slot.amount),
                )  # fmt: skip
                self.counters[name] = made
                self._new.append(made)

    def load(self, period_ids: Iterable[str]) -> None:
        """Have these counters as far as they are there."""
        if wanted := set(period_ids) - self._looked:
            self.loaded(wanted, read(self.con, (COUNTERS, wanted))[0])

    def loaded(self, period_ids: Iterable[str], rows: Found) -> None:
        """What was found of these counters, which need not be looked for again."""
        self._looked.update(period_ids)
        for row in rows:
            self._add(row)

    def take(self, operation_ids: Iterable[str]) -> None:
        """Have all entries of these operations, with their counters."""
        if wanted := set(operation_ids) - self._entries.keys():
            self.taken(wanted, read(self.con, (ENTRIES, wanted))[0])

    def taken(self, operation_ids: Iterable[str], rows: Found) -> None:
        """What was found of these operations."""
        self._entries.update({name: {} for name in operation_ids})
        for operation, state, amount, at, *period in rows:
            name = period[0]
            self._entries[operation][name] = self._read[name, operation] = Entry(state, amount, at)
            self._add(period)

    def _add(self, row: Sequence[Any]) -> None:
        if row[0] not in self.counters:
            made = self.counters[row[0]] = Counter(*row)
            made.was = made.sums
            self._looked.add(made.period_id)

    def entries(self, operation_id: str) -> dict[str, Entry]:
        """By period; the operation was taken before."""
        return dict(self._entries[operation_id])

    def put(self, operation_id: str, period_id: str, entry: Entry | None) -> None:
        """Make an operation hold or have spent that of a period, or nothing of it.

        What would be more than can be counted is uncounted.
        """
        mine, counter = self._entries[operation_id], self.counters[period_id]
        counter.move(mine.pop(period_id, None), -1)
        if entry is None:
            return
        if entry.state != UNCOUNTED and counter.spent + counter.reserved + entry.amount > MOST:
            entry = Entry(UNCOUNTED, 0, entry.at)
        mine[period_id] = entry
        counter.move(entry, +1)

    def write(self, writes: Writes) -> None:
        """Add what differs from what was read. Where somebody else wrote meanwhile, `run` will raise."""
        if self._new:
            rows = [tuple(getattr(c, name) for name in _PERIODS) for c in self._new]
            writes.insert("budget_periods", _PERIODS, rows)
        self._write_counters(writes)
        self._write_entries(writes)
        self._write_crossings(writes)

    def _write_counters(self, writes: Writes) -> None:
        new = {c.period_id for c in self._new}
        changed = [c for name, c in sorted(self.counters.items()) if c.sums != c.was and name not in new]
        m = writes.mark
        writes.add(
            f"UPDATE budget_periods SET spent = {m}, reserved = {m}, uncounted = {m}, amount = {m}, "
            f"changed = {m} "
            f"WHERE period_id = {m} AND spent = {m} AND reserved = {m} AND uncounted = {m} AND amount = {m}",
            [(*c.sums, self.now, c.period_id, *c.was) for c in changed],
            each=True,
        )

    def _write_entries(self, writes: Writes) -> None:
        now = {(p, o): e for o, mine in self._entries.items() for p, e in mine.items()}
        gone = sorted(key for key in self._read if key not in now)
        other = sorted((key, e) for key, e in now.items() if self._read.get(key) != e)
        m = writes.mark
        writes.add(f"DELETE FROM budget_entries WHERE period_id = {m} AND operation_id = {m}", gone)
        writes.insert(
            "budget_entries",
            ("period_id", "operation_id", "state", "amount", "at"),
            [(*key, *entry) for key, entry in other],
            "ON CONFLICT (period_id, operation_id) DO UPDATE "
            "SET state = excluded.state, amount = excluded.amount, at = excluded.at",
        )

    def _write_crossings(self, writes: Writes) -> None:
        """Every threshold that was reached now; one that was reached before keeps its first time."""
        found = []
        for name, counter in sorted(self.counters.items()):
            spent, _, _, amount = counter.was
            if (counter.spent, counter.amount) == (spent, amount):
                continue
            marks = counter.reached(counter.spent, self._marks.get(counter.budget, ()))
            if counter.amount == amount:
                marks -= counter.reached(spent, sorted(marks))
            found += [(name, mark, self.now, counter.spent) for mark in sorted(marks)]
        names = ("period_id", "threshold", "at", "spent")
        writes.insert("budget_crossings", names, found, "ON CONFLICT (period_id, threshold) DO NOTHING")
