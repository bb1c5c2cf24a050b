"""Operations for tests: a state database on either system, and what a store shows of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import duckdb

from apportion.database import State
from apportion.engine import connect
from apportion.ledger import Ledger
from apportion.metering import Operation
from apportion.metering.archive import Archived, archive
from apportion.metering.outcome import complete
from apportion.metering.recent import Recent
from apportion.metering.store import Counted, Store, microseconds, row
from apportion.pricing import Priced

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
CENT = 10**10


def operation(name: str, time: str = "2026-10-02T09:30:00+00:00", **more: Any) -> Operation:
    known = {"customer": "acme", "provider": "openai", "model": "gpt-4o", "input_tokens": 1000}
    return cast("Operation", {"id": name, "time": datetime.fromisoformat(time), **known, **more})


class Kept:
    """A store, its archive, and the view over both."""

    def __init__(self, state: State, folder: Path) -> None:
        self.state, self.folder = state, folder
        self.archive = Ledger(folder / "ledger").table("operations")
        self.store = Store(state)

    def put(self, *operations: Operation, cost: int = CENT) -> Counted:
        """Operations that cost a cent each."""
        rows = [row(o, "api", microseconds(NOW), Priced("priced", cost, "USD", "list")) for o in operations]
        return self.store.insert([rows])[0]

    def tell(self, **outcome: Any) -> list[str]:
        with self.store.turn() as (con, changed):
            return complete(con, [cast("Any", outcome)], NOW, changed)

    def tidy(self, now: datetime = NOW, kept: timedelta = timedelta(days=35)) -> Archived:
        return archive(self.store, self.archive, now, self.folder / "spill", kept)

    def shown(self, *columns: str) -> list[tuple[Any, ...]]:
        """What a new reader sees, by id."""
        con = connect()
        Recent(con, self.state, self.archive).follow()
        return self.ask(con, *columns)

    @staticmethod
    def ask(con: duckdb.DuckDBPyConnection, *columns: str) -> list[tuple[Any, ...]]:
        listed = ", ".join(columns or ("operation_id",))
        return con.execute(f"SELECT {listed} FROM operations ORDER BY operation_id").fetchall()
