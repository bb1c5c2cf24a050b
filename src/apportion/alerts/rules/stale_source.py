"""Sources that nothing new has come from for longer than they usually take."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from statistics import median

from apportion.alerts.rules.results import Results
from apportion.alerts.rules.settings import StaleSourceRule
from apportion.alerts.signals import Severity, Signal
from apportion.analytics.sentences import count
from apportion.analytics.sources.listing import SourceRow

FEW, UNKNOWN_RHYTHM = 3, 7
"""With fewer days of loading than FEW, nobody knows how often a source comes; a week is given to it."""


def signals(rule: StaleSourceRule, name: str, asked: Results) -> Iterable[Signal]:
    """One for each source whose newest charge is too old; longer ago than `ended_after`, it has ended.

    Of one that was loaded a few times only, nobody knows how often it comes: it has a week after a load.
    """
    rhythms = {one.source: _rhythm(one.days) for one in asked.loaded() if len(one.days) >= FEW}
    for row in asked.sources().sources:
        behind = row.days_behind
        if behind is None or behind > rule.ended_after:
            continue
        if row.source not in rhythms and row.loaded_at:
            behind = min(behind, (asked.now - datetime.fromisoformat(row.loaded_at)).days)
        if judged := _judged(rule, behind, rhythms.get(row.source, UNKNOWN_RHYTHM)):
            yield _signal(row, name, behind, judged, asked)


def _signal(row: SourceRow, name: str, behind: int, judged: tuple[Severity, int], asked: Results) -> Signal:
    severity, limit = judged
    loaded = f" It was loaded last on {row.loaded_at[:10]}." if row.loaded_at else ""
    within = f"it should come within {count(limit, 'day')}"
    return Signal(
        rule=name,
        key=f"source={row.source}",
        severity=severity,
        title=f"{row.source} has no charge after {row.newest_charge}",
        text=f"{count(behind, 'day')} without anything new; {within}.{loaded}",
        at=asked.now,
        dimensions={"source": row.source},
        link=f"/data/sources/{row.source}",
    )


def _judged(rule: StaleSourceRule, behind: int, rhythm: int) -> tuple[Severity, int] | None:
    if rule.critical is not None and behind > (limit := max(rule.critical, rhythm)):
        return "critical", limit
    if rule.warning is not None and behind > (limit := max(rule.warning, rhythm)):
        return "warning", limit
    return None


def _rhythm(days: Sequence[date]) -> int:
    """Twice the usual number of days between loads."""
    gaps = [(after - before).days for before, after in pairwise(days)]
    return round(2 * median(gaps))
