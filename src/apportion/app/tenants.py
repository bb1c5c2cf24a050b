"""What one team may see of a workspace, in databases of its own that hold nothing else."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from apportion.app.operating import Operating
from apportion.app.reading import Reading
from apportion.core.errors import NotFound
from apportion.engine import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import duckdb

    from apportion.analytics.models import Facts
    from apportion.economics.operations import OperationFacts, SingleOperation

MOST = 16
"""Databases of tenants that stay open."""


@dataclass
class _Own:
    """A database of one team's, closed when it is neither kept nor read any more."""

    con: duckdb.DuckDBPyConnection
    facts: Facts | None = None
    follow: Callable[[], int] | None = None
    following: threading.Lock = field(default_factory=threading.Lock)
    known: tuple[object, OperationFacts] | None = None
    readers: int = 0
    kept: bool = True


class Tenants(Reading, Operating):
    """Readers for teams."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._of_tenants: OrderedDict[tuple[str, str], tuple[str, _Own]] = OrderedDict()
        self._tenants = threading.Lock()

    @contextmanager
    def team_reader(self, team: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, Facts]]:
        """Like `reader`, over what is the team's alone. Raises NotFound before the first run."""
        with self._own("results", team, self._open_results) as own:
            if own.facts is None:
                raise NotFound("Nothing has been allocated yet.")
            cursor = own.con.cursor()
            try:
                yield cursor, own.facts
            finally:
                cursor.close()

    @contextmanager
    def team_operations(self, team: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, OperationFacts]]:
        """Like `operations_asked`, over those of the team alone. Raises NotFound where there are none.

        What calls carry of the infrastructure is not told: it is found from everybody's calls.
        """
        from apportion.economics.operations import facts_of  # noqa: PLC0415

        reporting = self.workspace.reporting
        with self._own("operations", team, self._open_operations) as own:
            with own.following:
                seen = own.follow() if own.follow else 0
                cursor = own.con.cursor()
            try:
                cursor.begin()
                now = datetime.now(UTC)
                key = seen, now.astimezone(ZoneInfo(reporting.time_zone)).date()
                if own.known is None or own.known[0] != key:
                    own.known = key, facts_of(cursor, now, reporting.currency, reporting.time_zone)
                yield cursor, own.known[1]
            finally:
                cursor.close()

    def team_operation(self, team: str, name: str) -> SingleOperation:
        """One operation of the team's, its price explained. Raises NotFound for one of another's, too."""
        from apportion.economics.operations import single_operation  # noqa: PLC0415
        from apportion.metering.settings import Tree  # noqa: PLC0415

        with self.team_operations(team) as (con, _):
            return single_operation(con, name, Tree(), self.rate_card, self.card_of, None)

    @contextmanager
    def _own(self, what: str, team: str, opened: Callable[[str], _Own]) -> Iterator[_Own]:
        """The database of a team for the run that stands, made where there is none."""
        key = self.ledger.results_key()
        with self._tenants:
            known = self._of_tenants.pop((what, team), None)
            if known is not None and known[0] != key:
                self._let_go(known[1])
                known = None
            own = known[1] if known else opened(team)
            self._of_tenants[what, team] = key, own
            own.readers += 1
            while len(self._of_tenants) > MOST:
                self._let_go(self._of_tenants.popitem(last=False)[1][1])
        try:
            yield own
        finally:
            with self._tenants:
                own.readers -= 1
                if not own.kept and not own.readers:
                    own.con.close()

    def _let_go(self, own: _Own) -> None:
        own.kept = False
        if not own.readers:
            own.con.close()

    def _open_results(self, team: str) -> _Own:
        from apportion import allocation  # noqa: PLC0415
        from apportion.analytics.own import keep_apart, own_facts, register_own  # noqa: PLC0415

        snapshot = self.ledger.snapshot(as_of_run=True)
        con = connect(temp=self.spill)
        if (run := snapshot.run) is None:
            return _Own(con)
        con.execute("SET parquet_metadata_cache = true")
        keep_apart(con)
        snapshot.register(con)
        named = [*run.dimensions, *run.tests]
        allocation.register_charge_days(con, run.answers, named, lines=True, identity=run.identity)
        everything = self._facts(run)
        perspectives = register_own(con, everything, snapshot.columns, team)
        return _Own(con, own_facts(con, everything, perspectives, team))

    def _open_operations(self, team: str) -> _Own:
        from apportion.analytics.own import KEPT, keep_apart, show  # noqa: PLC0415
        from apportion.economics.operations.own import register_own_operations  # noqa: PLC0415

        con = connect(temp=self.spill)
        keep_apart(con)
        snapshot = self.ledger.snapshot(as_of_run=True)
        snapshot.register(con)
        follow = self.operations_in(con)
        show(con, dict.fromkeys(snapshot.columns.keys() - {"operations"}, ""))
        register_own_operations(con, self.workspace.tree, KEPT, team)
        return _Own(con, follow=follow)

    def stop(self) -> None:
        """Close what is open."""
        with self._tenants:
            while self._of_tenants:
                self._let_go(self._of_tenants.popitem()[1][1])
        super().stop()
