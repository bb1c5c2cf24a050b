"""What operations count against: budgets as they are declared, and the customers that names mean."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apportion.app.rating import Rating
from apportion.engine import connect, quote_text

if TYPE_CHECKING:  # databases, which most commands do without
    from collections.abc import Iterator, Mapping

    from apportion.budgets.service import Budgets
    from apportion.metering.changed import Follower
    from apportion.metering.store import Store

AGAIN = 10.0
"""Seconds after which a server asks whether names mean other customers now."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = 2_000


class Counting(Rating):
    """Budgets of a workspace, as operations meet them."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._naming = threading.Lock()
        self._aliases: Mapping[str, str] = {}
        self._aliases_of, self._aliases_at = -2, 0.0
        self._budgets: Budgets | None = None

    @property
    def budgets(self) -> Budgets:
        """Made when it is first needed; what is declared is taken over where operations are kept."""
        from apportion.budgets.declared import Declared  # noqa: PLC0415
        from apportion.budgets.service import Budgets  # noqa: PLC0415

        with self._naming:
            if self._budgets is None:
                given = self.workspace
                zone = given.reporting.time_zone
                declared = Declared(given.budgets, given.reporting.currency, zone, self.customer_aliases)
                self._budgets = Budgets(declared, given.tree, self.clock)
            return self._budgets

    def budget_followers(self) -> list[Follower]:
        """Who counts operations against budgets; nobody where none is declared."""
        counts = any(budget.of == "operations" for budget in self.workspace.budgets.values())
        return [self.budgets.following] if counts else []

    def declare_budgets(self, store: Store) -> None:
        """Have the file's budgets hold from now on, and no others: what is there already is counted once."""
        self.budgets.declare(store, self._archived_operations)

    def customer_aliases(self) -> Mapping[str, str]:
        """Which customer a name (in small letters) means, by the newest identity map."""
        now = time.monotonic()
        if self._aliases_of > -2 and now < self._aliases_at + AGAIN:
            return self._aliases
        table = self.ledger.table("identities")
        version = table.version()
        if version != self._aliases_of:
            files = table.files() if version >= 0 else []
            self._aliases = _aliases(files) if files else {}
            self._aliases_of = version
        self._aliases_at = now
        return self._aliases

    def _archived_operations(self, start: int, until: int) -> Iterator[dict[str, Any]]:
        """Operations of the archive that began in a time (microseconds, half-open)."""
        from apportion.metering.changed import placed  # noqa: PLC0415

        table = self.ledger.table("operations")
        files = table.files() if table.version() >= 0 else []
        first, after = (_EPOCH + timedelta(microseconds=stamp) for stamp in (start, until))
        files = [path for path in files if f"{first:%Y-%m-%d}" <= Path(path).name[:10] <= f"{after:%Y-%m-%d}"]
        if not files:
            return
        con = connect(temp=self.spill)
        try:
            listed = ", ".join(quote_text(path) for path in files)
            rows = f"read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"
            found = con.execute(f"SELECT * FROM {rows} WHERE time >= ? AND time < ?", [first, after])
            names = [column[0] for column in found.description or []]
            while some := found.fetchmany(AT_ONCE):
                for values in some:
                    yield placed(dict(zip(names, values, strict=True)), self.workspace.tree)
        finally:
            con.close()


def _aliases(files: list[str]) -> dict[str, str]:
    con = connect()
    try:
        listed = ", ".join(quote_text(path) for path in files)
        rows = f"read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"
        found = con.execute(
            f"SELECT alias, any_value(customer_id) FROM {rows} WHERE dimension = 'customer' GROUP BY alias"
        )
        return dict(found.fetchall())
    finally:
        con.close()
