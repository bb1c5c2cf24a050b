"""Allocating, planning, suggesting, and the runs that were."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

from apportion import allocation, ingestion, workspace
from apportion.app.base import Base, Said, silent
from apportion.engine import connect
from apportion.ledger import RunRecord, retention
from apportion.ledger.ledger import FACTS

if TYPE_CHECKING:  # reports and proposals, which most commands do without
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from apportion import suggestions
    from apportion.analytics.changes import Changes, Planner
    from apportion.analytics.runs import Runs
    from apportion.workspace import Workspace


class Allocating(Base):
    """Who pays for what the ledger holds."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._suggesting = threading.Lock()
        self._suggested: tuple[tuple[str, str], suggestions.Found] | None = None

    @cached_property
    def _planner(self) -> Planner:
        from apportion.analytics.changes import Planner  # noqa: PLC0415

        return Planner(self.ledger, self.spill)

    def allocate(self, said: Said = silent, *, as_of: str = "") -> RunRecord:
        """Run the allocation over the whole ledger; the results before stay where it fails.

        With `as_of`, repeat that run: its facts, its rules, its digits, or Refused.
        """
        con = connect(memory_limit="4GB", temp=self.spill)
        try:
            if as_of:
                return self._repeat(self._runs.find(as_of), con, said)
            inputs = self._inputs(self.workspace, self.text)
            return allocation.allocate(self.ledger, con, inputs, self.tag_keys(), said=said)
        finally:
            con.close()

    def _repeat(self, run: RunRecord, con: duckdb.DuckDBPyConnection, said: Said) -> RunRecord:
        inputs = self._inputs(workspace.parse(run.rules), run.rules, run.versions["charges"])
        with retention.undisturbed(self.ledger):
            retention.need(self.ledger, run, FACTS, "repeated")
            return allocation.repeat(self.ledger, con, run, inputs, said=said)

    def plan(self, window: str = "", metric: str = "", said: Said = silent) -> Changes:
        """What an allocation by apportion.yaml as it is now would change; nothing is written."""
        from apportion.analytics.changes import Asked  # noqa: PLC0415

        text = workspace.read_text(self.directory)
        inputs = self._inputs(workspace.parse(text), text)
        return self._planner.plan(inputs, self.tag_keys(), Asked(window, metric), said)

    def _inputs(self, followed: Workspace, text: str, charges: int | None = None) -> allocation.Inputs:
        return followed.inputs(self.directory, text, rejected=ingestion.rejected(self.ledger, charges))

    def suggest(self, said: Said = silent) -> suggestions.Found:
        """Proposals for apportion.yaml from the bills and the usage. Raises BadInput where there are none."""
        key = (self.run_key(), self.text)
        with self._suggesting:
            if self._suggested is None or self._suggested[0] != key:
                self._suggested = key, self._suggest(said)
            return self._suggested[1]

    def _suggest(self, said: Said) -> suggestions.Found:
        from apportion import suggestions  # noqa: PLC0415

        with self.facts_alone() as con:
            snapshot = self.ledger.snapshot()
            snapshot.register(con)
            facts = suggestions.Facts(
                text=suggestions.read(self.directory),
                con=con,
                columns=snapshot.columns["charges"],
                tag_keys=self.tag_keys(),
                measures={n: list(m.dimensions) for n, m in self.workspace.measures.items()},
                directory=self.directory,
                currency=self.workspace.reporting.currency,
                locations={n: str(getattr(m, "location", "")) for n, m in self.workspace.measures.items()},
            )
            return suggestions.suggest(facts, workspace.parse, said)

    def accept(self, found: suggestions.Found, numbers: Sequence[int]) -> None:
        """Write these proposals into apportion.yaml. Raises Refused where that was changed since."""
        from apportion import suggestions  # noqa: PLC0415

        after = found.accepted(numbers)
        workspace.parse(after)
        suggestions.replace(self.directory, found.text, after)

    def runs(self) -> list[dict[str, Any]]:
        """All runs, newest first."""
        return self._runs.listed()

    def run(self, run_id: str) -> dict[str, Any]:
        """One run by its id or the beginning of it. Raises NotFound."""
        return self._runs.shown(run_id)

    def run_diff(self, before: str, after: str = "", window: str = "", metric: str = "") -> Changes:
        """What differs from a run to another, or to the one that stands."""
        from apportion.analytics.changes import Asked  # noqa: PLC0415

        return self._runs.diff(before, after, Asked(window, metric))

    def pin_run(self, run_id: str, *, pinned: bool = True) -> RunRecord:
        """Keep the files of a run, or let them go when their time is over."""
        return self._runs.pin(run_id) if pinned else self._runs.unpin(run_id)

    def clean(self, *, dry_run: bool = False) -> retention.Sweep:
        """Delete what no version within the retention and no pinned run needs, or say what that is."""
        return self._runs.clean(self.workspace.retention.days, dry_run=dry_run)

    @property
    def _runs(self) -> Runs:
        from apportion.analytics.runs import Runs  # noqa: PLC0415

        return Runs(self.ledger, self.spill)
