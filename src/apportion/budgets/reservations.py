"""Reservations as one transaction reads and changes them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, select

from apportion.budgets.reads import Found, columns, read
from apportion.budgets.writing import Writes
from apportion.database import reservations

HELD, SETTLED, RELEASED, EXPIRED = "held", "settled", "released", "expired"
MOST = 5_000
"""Reservations that are let go of in one transaction."""


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
RESERVATIONS = f"SELECT {columns(*_NAMES)} FROM reservations WHERE reservation_id"
OPERATIONS = "SELECT operation_id FROM operations WHERE operation_id"


def of_ids(con: Connection, ids: Iterable[str]) -> dict[str, Reservation]:
    """Reservations by their ids, as far as there are any."""
    return {row[0]: Reservation(*row) for row in read(con, (RESERVATIONS, ids))[0]}


class Kept:
    """Those that were asked for, and those that are made; written at the end."""

    def __init__(self, con: Connection, now: int) -> None:
        self._con, self._now = con, now
        self._known: dict[str, Reservation] = {}
        self._new: dict[str, Reservation] = {}
        self._changed: dict[str, Reservation] = {}
        self._operations: set[str] = set()

    def taken(self, rows: Found, operation_ids: Found) -> None:
        """What was found: reservations, and ids that are those of operations."""
        self._known.update({row[0]: Reservation(*row) for row in rows})
        self._operations.update(name for (name,) in operation_ids)

    def over(self) -> list[Reservation]:
        """Those that are held for longer than they may, the oldest first."""
        late = (reservations.c.state == HELD) & (reservations.c.expires <= self._now)
        names = select(reservations.c.reservation_id).where(late).order_by(reservations.c.expires).limit(MOST)
        ids = [name for name in self._con.execute(names).scalars() if name not in self._known]
        self.taken(read(self._con, (RESERVATIONS, ids))[0], [])
        return [one for one in self._known.values() if one.state == HELD and one.expires <= self._now]

    def get(self, name: str) -> Reservation | None:
        return self._known.get(name)

    def is_operation(self, name: str) -> bool:
        return name in self._operations

    def add(self, made: Reservation) -> None:
        """One that holds from now on; one of that id that was let go of is it again."""
        self._changed.pop(made.reservation_id, None)
        self._known[made.reservation_id] = self._new[made.reservation_id] = made

    def change(self, known: Reservation, **to: Any) -> None:
        now = replace(known, **to)
        self._known[now.reservation_id] = now
        (self._new if now.reservation_id in self._new else self._changed)[now.reservation_id] = now

    def write(self, writes: Writes) -> None:
        """Add what is new, and what became of others."""
        mark = writes.mark
        again = ", ".join(f'"{name}" = excluded."{name}"' for name in _NAMES[1:])
        writes.insert(
            "reservations",
            _NAMES,
            [tuple(getattr(one, name) for name in _NAMES) for _, one in sorted(self._new.items())],
            f"ON CONFLICT (reservation_id) DO UPDATE SET {again}",
        )
        writes.add(
            f"UPDATE reservations SET state = {mark}, settled = {mark}, cost = {mark} "
            f"WHERE reservation_id = {mark}",
            [(c.state, c.settled, c.cost, name) for name, c in sorted(self._changed.items())],
        )
        self._new, self._changed = {}, {}
