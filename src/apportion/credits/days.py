"""Sums of uses by customer, day, feature and unit: what limits and charts look at instead of operations."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select

from apportion.credits.kept import AT_ONCE, upsertion
from apportion.credits.units import LARGEST
from apportion.database import credit_days


class Key(NamedTuple):
    """What a sum is of; `day` is ISO text."""

    customer: str
    day: str
    feature: str
    unit: str


class Sums(NamedTuple):
    """Units and credits in 10⁻⁹; `over` of the credits no grant covered."""

    calls: int = 0
    units: int = 0
    credits: int = 0
    over: int = 0
    uncounted: int = 0

    def plus(self, other: "Sums", sign: int = 1) -> "Sums":
        """Both together, or with a `sign` of −1 this without the other."""
        calls, units, taken, over, uncounted = other
        return Sums(
            self.calls + sign * calls,
            self.units + sign * units,
            self.credits + sign * taken,
            self.over + sign * over,
            self.uncounted + sign * uncounted,
        )


NONE = Sums()


class Days:
    """Sums that a transaction changes."""

    def __init__(self, con: Connection, customers: Iterable[str], days: Iterable[str]) -> None:
        self._sums: dict[Key, Sums] = {}
        self._changed: set[Key] = set()
        names, listed = sorted(set(customers)), sorted(set(days))
        for a in range(0, len(names), AT_ONCE):
            for b in range(0, len(listed), AT_ONCE):
                self._load(con, names[a : a + AT_ONCE], listed[b : b + AT_ONCE])

    def _load(self, con: Connection, customers: list[str], days: list[str]) -> None:
        there = credit_days.c.customer.in_(customers) & credit_days.c.day.in_(days)
        for row in con.execute(select(credit_days).where(there)):
            self._sums[Key(*row[:4])] = Sums(*row[4:])

    def room(self, key: Key) -> Sums:
        """How much more can be held."""
        most = Sums(*[LARGEST] * len(NONE))
        return most.plus(self._sums.get(key, NONE), -1)

    def add(self, key: Key, more: Sums, sign: int = 1) -> None:
        """Count it in, or with a `sign` of −1 out."""
        if more != NONE:
            self._sums[key] = self._sums.get(key, NONE).plus(more, sign)
            self._changed.add(key)

    def keep(self, con: Connection) -> None:
        """Write what changed."""
        if not self._changed:
            return
        made = upsertion(con, credit_days)
        names = [c.name for c in credit_days.columns]
        values = {name: made.excluded[name] for name in names[4:]}
        upsert = made.on_conflict_do_update(index_elements=names[:4], set_=values)
        rows = [(*key, *self._sums[key]) for key in sorted(self._changed)]
        con.execute(upsert, [dict(zip(names, row, strict=True)) for row in rows])
        self._changed = set()
