"""The runs of a ledger: which stands, which are pinned, which can still be repeated, how two differ."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apportion.analytics.changes import Asked, Changes, changes, stored
from apportion.core.errors import NotFound
from apportion.engine import connect
from apportion.ledger import Ledger, RunRecord
from apportion.ledger.ledger import FACTS
from apportion.ledger.retention import Sweep, gone, need, plan_sweep, sweep, undisturbed

NAMED = 10
"""So many runs are named where the beginning of an id means several."""


@dataclass(frozen=True)
class Runs:
    """The finished runs of `ledger`. `spill` is where queries that are too large for memory go."""

    ledger: Ledger
    spill: Path
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def listed(self) -> list[dict[str, Any]]:
        """All runs, newest first, each with whether it stands and is pinned."""
        pinned = self.ledger.pins.all()
        return [
            {**run.to_dict(), "standing": i == 0, "pinned": run.run_id in pinned}
            for i, run in enumerate(self.ledger.runs())
        ]

    def shown(self, run_id: str) -> dict[str, Any]:
        """One run with all of its record, and whether it can be repeated. Raises NotFound."""
        run = self.find(run_id)
        standing = self.standing()
        missing = gone(self.ledger, run, FACTS)
        return {
            **run.to_dict(),
            "standing": run.run_id == standing.run_id,
            "pinned": run.run_id in self.ledger.pins.all(),
            "reproducible": not missing,
            "missing": missing,
        }

    def find(self, run_id: str) -> RunRecord:
        """The run with that id, or whose id alone begins so. Raises NotFound."""
        known = self.ledger.runs()
        found = [r for r in known if r.run_id == run_id] or [
            r for r in known if run_id and r.run_id.startswith(run_id)
        ]
        if len(found) > 1:
            named = ", ".join(r.run_id for r in found[:NAMED])
            more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
            raise NotFound(f"Several runs begin with '{run_id}': {named}{more}.", hint="Give more of the id.")
        if not found:
            raise NotFound(f"There is no run '{run_id}'.", hint="'apportion runs' lists them.")
        return found[0]

    def standing(self) -> RunRecord:
        """The run whose results everybody sees. Raises NotFound before the first."""
        run = self.ledger.run()
        if run is None:
            raise NotFound("Nothing has been allocated yet.", hint="Run 'apportion allocate'.")
        return run

    def diff(self, before: str, after: str = "", asked: Asked | None = None) -> Changes:
        """What differs from one run to another (the standing one where left out), by their stored results.

        Raises NotFound, and Refused where the results of one are gone.
        """
        asked = asked or Asked()
        sides = self.find(before), self.find(after) if after else self.standing()
        with undisturbed(self.ledger):
            for run in sides:
                need(self.ledger, run, ["allocations"], "compared")
            table, metric = self.ledger.table("allocations"), asked.metric_of(sides[1])
            was, is_ = (stored(table.files(version=r.versions["allocations"]), metric) for r in sides)
            con = connect(temp=self.spill)
            try:
                return changes(con, self.ledger, asked, sides, (was, is_), "diff")
            finally:
                con.close()

    def pin(self, run_id: str) -> RunRecord:
        """Keep the files of a run, however old they get. Raises NotFound, and Refused where some are gone."""
        run = self.find(run_id)
        with undisturbed(self.ledger):
            need(self.ledger, run, tuple(n for n, v in run.versions.items() if v >= 0), "pinned")
            self.ledger.pins.add(run.run_id)
        return run

    def unpin(self, run_id: str) -> RunRecord:
        """Let the files of a run go when their time is over. Raises NotFound."""
        run = self.find(run_id)
        self.ledger.pins.remove(run.run_id)
        return run

    def clean(self, days: int, *, dry_run: bool = False) -> Sweep:
        """Delete the files that no version of the last `days` and no pinned run needs, or only say which."""
        return (plan_sweep if dry_run else sweep)(self.ledger, days, self.now())
