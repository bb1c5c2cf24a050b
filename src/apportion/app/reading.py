"""Reading what a run has made, and handing it on."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apportion import allocation, ingestion
from apportion.analytics.facts import facts_of
from apportion.app.base import Said, silent
from apportion.app.operating import Operating
from apportion.core.errors import NotFound
from apportion.engine import connect
from apportion.ledger import RunRecord, run_select

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from apportion import conformance
    from apportion.analytics.models import Facts


@dataclass(frozen=True)
class _View:
    """One run's results, registered in a database of their own."""

    key: str
    con: duckdb.DuckDBPyConnection
    facts: Facts | None


class Reading(Operating):
    """The results of the run that stands."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._lock = threading.Lock()
        self._view: _View | None = None

    @contextmanager
    def reader(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, Facts]]:
        """A cursor over the last run and the facts it was made from. Raises NotFound before the first run."""
        view = self._current()
        if view.facts is None:
            raise NotFound(
                "Nothing has been allocated yet.",
                hint="Run 'apportion ingest focus PATH --source NAME', then 'apportion allocate'.",
            )
        cursor = view.con.cursor()
        try:
            yield cursor, view.facts
        finally:
            cursor.close()

    def _current(self) -> _View:
        key = self.ledger.results_key()  # usage is pushed every minute, and the view is that of the run
        with self._lock:
            if self._view is None or self._view.key != key:
                self._view = self._open(key)
            return self._view

    def _open(self, key: str) -> _View:
        snapshot = self.ledger.snapshot(as_of_run=True)
        con = connect()
        con.execute("SET parquet_metadata_cache = true")
        snapshot.register(con)
        if snapshot.run is None:
            return _View(key, con, None)
        run = snapshot.run
        named = [*run.dimensions, *run.tests]
        allocation.register_charge_days(con, run.answers, named, lines=True, identity=run.identity)
        return _View(key, con, self._facts(run))

    def _facts(self, run: RunRecord) -> Facts:
        standing = ingestion.standing(self.ledger, version=run.versions["charges"]).values()
        return facts_of(run, list(standing), self.workspace.reporting.currency)

    def sql(self, query: str, params: list[str], limit: int = 0) -> list[dict[str, Any]]:
        """Rows of one SELECT over the newest facts and the last run's results. Raises BadInput for others."""
        return run_select(self.ledger, query, params, limit, also=self.operations_in)

    def export_focus(self, to: Path, order: conformance.Order, said: Said = silent) -> list[dict[str, Any]]:
        """Write the ledger as FOCUS files below `to`; one record for each file."""
        from apportion.conformance import export_focus  # noqa: PLC0415

        return [e.to_dict() for e in export_focus(self.ledger, to, order, said)]

    def health(self) -> dict[str, Any]:
        """Whether the workspace can be read, and how far its data goes."""
        run = self.ledger.run()
        tables = {name: self.ledger.table(name).version() for name in ("charges", "usage", "allocations")}
        return {
            "status": "ok" if run else "empty",
            "version": self.version,
            "workspace": self.workspace.company or self.directory.resolve().name,
            "run": {"run_id": run.run_id, "finished_at": run.finished_at, "last_day": run.last_day}
            if run
            else None,
            "tables": tables,
        }
