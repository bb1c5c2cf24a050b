"""Operations in the state database: each is inserted once, and who follows the table sees every change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, func, select

from apportion.database import State, operations
from apportion.metering.changed import Follower, changed_after
from apportion.metering.operation import Operation
from apportion.metering.outcome import catch_up
from apportion.metering.settings import Tree
from apportion.pricing import COSTED, Priced

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST = ["operation_id", "time", "received", "source", "dimensions"]
_LAST += ["price_state", "rate", "currency", "cost", "changed"]
_PLAIN = [c.name for c in operations.columns if c.name not in _LAST]
COLUMNS = [*_PLAIN, *_LAST]
ID = COLUMNS.index("operation_id")
_DECIMALS = [_PLAIN.index(name) for name in ("gpu_seconds", "units", "value", "reported_cost")]
_TURN = 7_316_402_119
"""The lock that writers on PostgreSQL take one after the other, so that `changed` grows with every commit."""

Row = list[Any]
"""Values of COLUMNS but the last, `changed`, which the transaction decides."""


@dataclass(frozen=True)
class Counted:
    """Rows that were new, and those whose id was known."""

    accepted: int
    repeated: int


def row(operation: Operation, source: str, received: int, priced: Priced) -> Row:
    """An operation as a row of the table; `received` in microseconds since 1970."""
    given: Mapping[str, Any] = operation
    found = [given.get(name) for name in _PLAIN]
    for place in _DECIMALS:
        if found[place] is not None:
            found[place] = format(found[place], "f")
    own = operation.get("dimensions")
    found += [
        operation["id"], microseconds(operation["time"]), received, source,
        to_json(dict(sorted(own.items()))).decode() if own else None,
        priced.state, priced.rate, priced.currency, priced.cost if priced.state in COSTED else None,
    ]  # fmt: skip
    return found


def microseconds(time: datetime) -> int:
    """Since 1970, UTC."""
    return (time - EPOCH) // _MICROSECOND


class Store:
    """The table `operations` of a state database, whose shape is brought up to date at the start.

    `changed` goes on from `floor`, the number that the archive has come to, even in a database that is new.
    `followers` are told of every change within its transaction, with its place in `tree`.
    """

    def __init__(
        self, state: State, floor: int = 0, followers: Sequence[Follower] = (), tree: Tree | None = None
    ) -> None:
        self.state, self._floor = state, floor
        self._followers, self._tree = followers, tree or Tree()
        state.migrate()
        mark = "?" if state.is_sqlite else "%s"
        listed = ", ".join(f'"{c}"' for c in COLUMNS)
        self.insertion = f"INSERT INTO operations ({listed}) VALUES ({', '.join(mark for _ in COLUMNS)}) "

    def insert(self, batches: Iterable[Sequence[Row]]) -> list[Counted]:
        """Insert batches in one transaction; rows whose id is known change nothing. What became of each."""
        with self.alone() as con:
            return self.put(con, batches)

    def put(self, con: Connection, batches: Iterable[Sequence[Row]]) -> list[Counted]:
        """`insert` in a transaction that `alone` began; followers are told at the end of it."""
        once = f"{self.insertion} ON CONFLICT (operation_id) DO NOTHING"
        found = []
        with self._telling(con) as before:
            last = before
            for rows in batches:
                numbered = [(*r, last + n) for n, r in enumerate(rows, 1)]
                new = con.exec_driver_sql(once, numbered).rowcount if rows else 0
                last = catch_up(con, [r[ID] for r in rows], last + len(rows))
                found.append(Counted(new, len(rows) - new))
        return found

    @contextmanager
    def turn(self) -> Iterator[tuple[Connection, int]]:
        """A transaction in which no one else writes, and the highest `changed` so far."""
        with self.alone() as con, self._telling(con) as before:
            yield con, before

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A transaction in which no one else writes operations, or what follows them."""
        with self.state.write() as con:
            if not self.state.is_sqlite:
                con.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_TURN,))
            yield con

    @contextmanager
    def _telling(self, con: Connection) -> Iterator[int]:
        """The highest `changed` so far; what has another at the end, the followers are told."""
        before = max(self._floor, con.scalar(select(func.max(operations.c.changed))) or 0)
        yield before
        if self._followers:
            now = changed_after(con, before, self._tree)
            for follower in self._followers:
                follower(con, now)
