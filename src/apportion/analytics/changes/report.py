"""Puts together what changed and what it moves, and says it in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import duckdb

from apportion.analytics.changes import targets
from apportion.analytics.changes.data import data_changes
from apportion.analytics.changes.models import (
    Changes,
    ChangesMeta,
    DataChange,
    PerspectiveChange,
    RuleChange,
    Setting,
    Side,
)
from apportion.analytics.changes.rules import rule_changes, setting_changes
from apportion.analytics.changes.targets import Amounts
from apportion.analytics.models import ALLOCATED_METRICS
from apportion.analytics.scope import read_window
from apportion.analytics.sentences import count, money, share
from apportion.core.errors import BadInput
from apportion.core.periods import Window
from apportion.ledger import Ledger, RunRecord

ALL_DAYS = "all days"


@dataclass(frozen=True)
class Asked:
    """Which days are compared ('' for all of them), and in which metric ('' for that of the later side)."""

    window: str = ""
    metric: str = ""

    def metric_of(self, run: RunRecord) -> str:
        """Raises BadInput for a metric that is not allocated."""
        metric = self.metric or run.metric
        if metric not in ALLOCATED_METRICS:
            raise BadInput(
                f"'{metric}' is not an allocated metric.", hint=f"Use {' or '.join(ALLOCATED_METRICS)}."
            )
        return metric

    def days(self, after: RunRecord) -> Window:
        """Days back are counted from the last complete day of the later side."""
        if self.window:
            return read_window(self.window, date.fromisoformat(after.last_day))
        return Window(date.min, date.max, ALL_DAYS)


def changes(
    con: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    asked: Asked,
    sides: tuple[RunRecord, RunRecord],
    amounts: tuple[Amounts, Amounts],
    kind: Literal["plan", "diff"],
) -> Changes:
    """The differences between two sides, whose rows `con` can read."""
    before, after = sides
    metric, window = asked.metric_of(after), asked.days(after)
    targets.compare(con, *amounts, window)
    moved = targets.moves(con)
    perspectives = targets.perspectives(con, _aims(before), _aims(after), moved)
    rules, settings = rule_changes(before, after), setting_changes(before, after)
    data = data_changes(con, ledger, before.versions, after.versions, metric)
    changed = bool(rules or settings or data)
    return Changes(
        kind=kind,
        headline=headline(before, rules, settings, data, perspectives),
        changed=changed,
        moved=bool(moved),
        meta=_meta(metric, window, sides),
        before=_side(before),
        after=_side(after),
        rules=rules,
        settings=settings,
        data=data,
        perspectives=perspectives,
        targets=moved,
        notes=_notes(before, after, data, changed=changed, moved=bool(moved)),
    )


def headline(
    before: RunRecord,
    rules: Sequence[RuleChange],
    settings: Sequence[Setting],
    data: Sequence[DataChange],
    perspectives: Sequence[PerspectiveChange],
) -> str:
    """What changed, and how much cost moves in each perspective."""
    parts = {(d.table, d.name, d.period) for d in data}
    counts = (
        (len(rules), "rule", ""),
        (len(settings), "setting", ""),
        (len(parts), "part of the data", "parts of the data"),
    )
    said = [count(*c) for c in counts if c[0]]
    moving = [p for p in perspectives if p.moved]
    if not said and not moving:
        return f"Nothing changed since run {before.run_id}."
    changed = f"{_listed(said)} changed. " if said else "Neither rules nor data changed. "
    if not moving:
        return f"{changed}No target's cost moves."
    shown = [
        f"{p.perspective} {money(p.moved, p.currency)}"
        + (f" ({share(p.moved_pct)})" if p.moved_pct is not None else "")
        for p in moving
    ]
    return f"{changed}Cost that moves: {', '.join(shown)}."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) < 2 else f"{', '.join(words[:-1])} and {words[-1]}"


def _aims(run: RunRecord) -> dict[str, str]:
    return {name: perspective["to"] for name, perspective in run.perspectives.items()}


def _meta(metric: str, window: Window, sides: tuple[RunRecord, RunRecord]) -> ChangesMeta:
    before, after = sides
    start = max(window.start, date.fromisoformat(min(before.first_day, after.first_day)))
    end = date.fromisoformat(max(before.last_day, after.last_day)) + timedelta(days=1)
    return ChangesMeta(
        metric=metric,
        currencies=sorted({*before.currencies, *after.currencies}),
        start=start if window.label == ALL_DAYS else window.start,
        to=end if window.label == ALL_DAYS else window.end,
        label=window.label,
    )


def _side(run: RunRecord) -> Side:
    return Side(
        run_id=run.run_id or None,
        finished_at=run.finished_at or None,
        first_day=date.fromisoformat(run.first_day),
        last_day=date.fromisoformat(run.last_day),
        as_of=run.as_of,
    )


def _notes(
    before: RunRecord, after: RunRecord, data: Sequence[DataChange], *, changed: bool, moved: bool
) -> list[str]:
    notes = []
    if any(d.rows_before is None or d.rows_after is None for d in data):
        notes.append("Files of an older version of the data are gone, so its totals cannot be said.")
    if before.as_of:
        notes.append(
            f"Run {before.run_id} repeats run {before.as_of}: it follows the rules and the data of that time."
        )
    if moved and not changed:
        versions = f"{before.software or 'one of before 0.1'} and {after.software}"
        notes.append(
            f"The same rules and data gave other amounts with another version of Apportion ({versions})."
        )
    return notes


def over_limit(found: Changes, percent: Decimal, least: Decimal) -> list[str]:
    """What moves by more than `percent`, as sentences; none where all is within it.

    A perspective's moved cost counts in percent of its total before. An allocated target counts in percent of
    its cost before, new and gone ones as 100; one that moves by less than `least` of its currency does not
    count. A perspective that is new moves nobody's cost.
    """
    new = {p.perspective for p in found.perspectives if p.change == "added"}
    said = [
        f"{p.perspective}: {money(p.moved, p.currency)} moves, {share(p.moved_pct)} of its cost"
        for p in found.perspectives
        if p.perspective not in new and p.moved_pct is not None and p.moved_pct > percent
    ]
    for t in found.targets:
        counts = t.target_kind == "allocated" and t.perspective not in new and abs(t.change) >= least
        if counts and targets.share_moved(t) > percent:
            by = share(t.change_pct) if t.state == "changed" and t.change_pct is not None else t.state
            said.append(f"{t.perspective} {t.target}: {money(t.change, t.currency)} ({by})")
    return said
