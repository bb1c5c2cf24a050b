"""Sums of uses by customer, day, feature and unit: what limits and charts look at instead of operations."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
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


@dataclass(frozen=True)
class Sums:
    """Units and credits in 10⁻⁹; `over` of the credits no grant covered."""

    calls: int = 0
    units: int = 0
    credits: int = 0
    over: int = 0
    uncounted: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def __neg__(self) -> "Sums":
        return Sums(*(-a for a in astuple(self)))

    @property
    def fits(self) -> bool:
        """Whether columns can hold it."""
        return all(value <= LARGEST for value in astuple(self))


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

    def fits(self, key: Key, more: Sums) -> bool:
        """Whether so much more can be held."""
        return (self._sums.get(key, Sums()) + more).fits

    def add(self, key: Key, more: Sums) -> None:
        """Count it in."""
        if more != Sums():
            self._sums[key] = self._sums.get(key, Sums()) + more
            self._changed.add(key)

    def keep(self, con: Connection) -> None:
        """Write what changed."""
        if not self._changed:
            return
        made = upsertion(con, credit_days)
        names = [c.name for c in credit_days.columns]
        values = {name: made.excluded[name] for name in names[4:]}
        upsert = made.on_conflict_do_update(index_elements=names[:4], set_=values)
        rows = [(*key, *astuple(self._sums[key])) for key in sorted(self._changed)]
        con.execute(upsert, [dict(zip(names, row, strict=True)) for row in rows])
        self._changed = set()
