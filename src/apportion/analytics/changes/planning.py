"""What an allocation would change now: computed, compared with the run that stands, not written."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from apportion import __version__, allocation
from apportion.analytics.changes.models import Changes
from apportion.analytics.changes.report import Asked, changes
from apportion.analytics.changes.targets import computed, stored
from apportion.core.errors import NotFound
from apportion.engine import connect
from apportion.ledger import Ledger, RunRecord
from apportion.ledger.ledger import FACTS

Said = Callable[[str], None]


class Planner:
    """Plans over a ledger, one at a time; the last one is kept as long as nothing changes. Safe in threads.

    `spill` is where queries that are too large for memory go.
    """

    def __init__(self, ledger: Ledger, spill: Path) -> None:
        self._ledger = ledger
        self._spill = spill
        self._lock = threading.Lock()
        self._last: tuple[object, Changes] | None = None

    def plan(
        self, inputs: allocation.Inputs, tag_keys: Sequence[str], asked: Asked, said: Said = lambda _: None
    ) -> Changes:
        """The differences from the run that stands to what `inputs` and the newest facts would give.

        Takes as long as an allocation, or a moment where there is nothing new to compute. Raises NotFound
        before the first run, and what an allocation raises.
        """
        with self._lock:
            rules = allocation.rules_hash(self._ledger, inputs, tag_keys)
            key = (self._ledger.key(), inputs.text, rules, asked)
            if self._last is None or self._last[0] != key:
                self._last = key, self._made(inputs, tag_keys, rules, asked, said)
            return self._last[1]

    def _made(
        self, inputs: allocation.Inputs, tag_keys: Sequence[str], rules: str, asked: Asked, said: Said
    ) -> Changes:
        ledger, standing = self._ledger, self._ledger.run()
        if standing is None:
            raise NotFound(
                "Nothing has been allocated yet, so there is nothing to compare with.",
                hint="Run 'apportion allocate'.",
            )
        asked = replace(asked, metric=asked.metric or inputs.metric)
        metric = asked.metric_of(standing)
        files = ledger.table("allocations").files(version=standing.versions["allocations"])
        before, after = stored(files, metric), computed(metric)
        con = connect(memory_limit="4GB", temp=self._spill)
        try:
            if same_inputs(ledger, standing, inputs, rules):
                record, after = standing, before
            else:
                record = allocation.compute(ledger, con, inputs, tag_keys, said=said)
                said("comparing")
            return changes(con, ledger, asked, (standing, _unnamed(record)), (before, after), "plan")
        finally:
            con.close()


def same_inputs(ledger: Ledger, standing: RunRecord, inputs: allocation.Inputs, rules: str) -> bool:
    """Whether an allocation would read and follow exactly what the standing run did."""
    return (
        standing.software == __version__
        and standing.rules == inputs.text
        and all(standing.versions.get(name, -1) == ledger.table(name).version() for name in FACTS)
        and standing.rules_hash == rules
    )


def _unnamed(record: RunRecord) -> RunRecord:
    """What a plan computed has neither an id nor a time at which it stood."""
    return replace(record, run_id="", finished_at="", as_of="")
