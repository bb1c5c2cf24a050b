"""The counter: periods and entries as one transaction reads and changes them, in whole numbers.

Whoever uses it holds the lock of those that write, so what was read still stands when it is written. That is
made sure of once more: a period is changed only where it has the sums that were read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from apportion.budgets.amounts import MOST
from apportion.budgets.declared import Slot
from apportion.core.errors import Transient
from apportion.database import budget_entries, budget_periods

HELD, SPENT, TOLD, UNCOUNTED = "held", "spent", "told", "uncounted"
AT_ONCE = 500
_PERIODS = [c.name for c in budget_periods.columns]


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
        elif entry.state == UNCOUNTED:
            self.uncounted += sign
        else:
            self.spent += sign * entry.amount

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
        self._mark = "?" if con.dialect.name == "sqlite" else "%s"

    def open(self, slots: Iterable[Slot]) -> None:
        """Have the counters of these slots; those that are not there yet are made."""
        wanted = {slot.period_id: slot for slot in slots}
        self.load(wanted)
        new = [slot for name, slot in sorted(wanted.items()) if name not in self.counters]
        if not new:
            return
        for slot in new:
            made = Counter(
                slot.period_id, slot.budget, slot.entity, slot.start, slot.until, slot.amount,
                0, 0, 0, self.now, self.now, slot.currency, (0, 0, 0, slot.amount),
            )  # fmt: skip
            self.counters[slot.period_id] = made
        listed = ", ".join(f'"{name}"' for name in _PERIODS)
        values = [tuple(getattr(self.counters[s.period_id], name) for name in _PERIODS) for s in new]
        marks = ", ".join(self._mark for _ in _PERIODS)
        self._run(f"INSERT INTO budget_periods ({listed}) VALUES ({marks})", values)

    def load(self, period_ids: Iterable[str]) -> None:
        """Have these counters as far as they are there."""
        for some in _some(sorted(set(period_ids) - self.counters.keys())):
            found = select(budget_periods).where(budget_periods.c.period_id.in_(some))
            for row in self.con.execute(found).mappings():
                made = Counter(**row)
                made.was = made.sums
                self.counters[made.period_id] = made

    def take(self, operation_ids: Iterable[str]) -> None:
        """Have all entries of these operations, with their counters."""
        wanted = sorted(set(operation_ids) - self._entries.keys())
        self._entries.update({name: {} for name in wanted})
        columns = budget_entries.c
        for some in _some(wanted):
            asked = select(
                columns.operation_id, columns.period_id, columns.state, columns.amount, columns.at
            ).where(columns.operation_id.in_(some))
            for operation, period, *entry in self.con.execute(asked).all():
                self._entries[operation][period] = self._read[period, operation] = Entry(*entry)
        self.load(period for name in wanted for period in self._entries[name])

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

    def write(self) -> None:
        """Write what differs from what was read. Raises Transient where somebody else wrote meanwhile."""
        self._write_counters()
        self._write_entries()
        self._write_crossings()
        self._read = {(p, o): e for o, mine in self._entries.items() for p, e in mine.items()}
        for counter in self.counters.values():
            counter.was = counter.sums

    def _write_counters(self) -> None:
        changed = [c for _, c in sorted(self.counters.items()) if c.sums != c.was]
        if not changed:
            return
        m = self._mark
        done = self._run(
            f"UPDATE budget_periods SET spent = {m}, reserved = {m}, uncounted = {m}, amount = {m}, "
            f"changed = {m} "
            f"WHERE period_id = {m} AND spent = {m} AND reserved = {m} AND uncounted = {m} AND amount = {m}",
            [(*c.sums, self.now, c.period_id, *c.was) for c in changed],
        )
        if done != len(changed):
            raise Transient("a budget was changed by somebody else meanwhile", hint="Try again.")

    def _write_entries(self) -> None:
        now = {(p, o): e for o, mine in self._entries.items() for p, e in mine.items()}
        gone = sorted(key for key in self._read if key not in now)
        other = sorted((key, e) for key, e in now.items() if self._read.get(key) != e)
        m = self._mark
        if gone:
            self._run(f"DELETE FROM budget_entries WHERE period_id = {m} AND operation_id = {m}", gone)
        if other:
            self._run(
                "INSERT INTO budget_entries (period_id, operation_id, state, amount, at) "
                f"VALUES ({m}, {m}, {m}, {m}, {m}) ON CONFLICT (period_id, operation_id) "
                "DO UPDATE SET state = excluded.state, amount = excluded.amount, at = excluded.at",
                [(*key, *entry) for key, entry in other],
            )

    def _write_crossings(self) -> None:
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
        if found:
            m = self._mark
            self._run(
                "INSERT INTO budget_crossings (period_id, threshold, at, spent) "
                f"VALUES ({m}, {m}, {m}, {m}) ON CONFLICT (period_id, threshold) DO NOTHING",
                found,
            )

    def _run(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> int:
        return self.con.exec_driver_sql(sql, list(rows)).rowcount


def _some(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many at once as a statement may name."""
    for at in range(0, len(names), AT_ONCE):
        yield names[at : at + AT_ONCE]
