"""Reservations as one transaction reads and changes them."""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, select

from apportion.budgets.writing import Writes
from apportion.database import operations, reservations

HELD, SETTLED, RELEASED, EXPIRED = "held", "settled", "released", "expired"
MOST = 5_000
"""Reservations that are let go of in one transaction."""
_AT_ONCE = 500


@dataclass(frozen=True)
class Reservation:
    """A row of `reservations`: amounts in 10⁻⁹, times in microseconds."""

    reservation_id: str
    state: str
    basis: str
    currency: str
    fields: str
    asked: str
    estimate: int
    created: int
    expires: int
    settled: int | None = None
    cost: int | None = None

    @property
    def told(self) -> dict[str, Any]:
        """What was said of the operation to come."""
        found: dict[str, Any] = json.loads(self.fields)
        return found


_NAMES = [f.name for f in fields(Reservation)]


class Kept:
    """Those that were asked for, and those that are made; written at the end."""

    def __init__(self, con: Connection, now: int) -> None:
        self._con, self._now = con, now
        self._known: dict[str, Reservation] = {}
        self._new: dict[str, Reservation] = {}
        self._changed: dict[str, Reservation] = {}
        self._operations: set[str] = set()

    def take(self, ids: Sequence[str], new: Sequence[str]) -> None:
        """Read these; of those that are to be `new`, which are known as operations."""
        for at in range(0, len(ids), _AT_ONCE):
            found = select(reservations).where(reservations.c.reservation_id.in_(ids[at : at + _AT_ONCE]))
            self._read(found)
        unknown = [name for name in new if name not in self._known]
        for at in range(0, len(unknown), _AT_ONCE):
            some = unknown[at : at + _AT_ONCE]
            named = select(operations.c.operation_id).where(operations.c.operation_id.in_(some))
            self._operations.update(self._con.execute(named).scalars())

    def is_unheard_of(self, name: str) -> bool:
        """Neither a reservation nor an operation."""
        return name not in self._known and name not in self._operations

    def over(self) -> list[Reservation]:
        """Those that are held for longer than they may, the oldest first."""
        columns = reservations.c
        late = (columns.state == HELD) & (columns.expires <= self._now)
        names = select(columns.reservation_id).where(late).order_by(columns.expires).limit(MOST)
        ids = [name for name in self._con.execute(names).scalars() if name not in self._known]
        for at in range(0, len(ids), _AT_ONCE):
            self._read(select(reservations).where(columns.reservation_id.in_(ids[at : at + _AT_ONCE])))
        return [one for one in self._known.values() if one.state == HELD and one.expires <= self._now]

    def get(self, name: str) -> Reservation | None:
        return self._known.get(name)

    def is_operation(self, name: str) -> bool:
        return name in self._operations

    def add(self, made: Reservation) -> None:
        self._known[made.reservation_id] = self._new[made.reservation_id] = made

    def change(self, known: Reservation, **to: Any) -> None:
        now = replace(known, **to)
        self._known[now.reservation_id] = now
        (self._new if now.reservation_id in self._new else self._changed)[now.reservation_id] = now

    def write(self, writes: Writes) -> None:
        """Add what is new, and what became of others."""
        mark = writes.mark
        writes.insert("reservations", _NAMES, [astuple(one) for _, one in sorted(self._new.items())])
        writes.add(
            f"UPDATE reservations SET state = {mark}, settled = {mark}, cost = {mark} "
            f"WHERE reservation_id = {mark}",
            [(c.state, c.settled, c.cost, name) for name, c in sorted(self._changed.items())],
        )
        self._new, self._changed = {}, {}

    def _read(self, asked: Any) -> None:
        for row in self._con.execute(asked).mappings():
            self._known[row["reservation_id"]] = Reservation(**row)
