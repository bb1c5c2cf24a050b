"""Makes an incident of an event: exact amounts, what made it, how grave it is, and a title."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb

from apportion.analytics.models import NONE, Facts
from apportion.anomalies.drivers import About, Launch
from apportion.anomalies.events import NEARLY_ALL, Event
from apportion.anomalies.findings import Finding
from apportion.anomalies.incidents import (
    Incident,
    Kind,
    Level,
    Severity,
    deviation,
    estimate,
    incident_id,
    titled,
)
from apportion.anomalies.series import Panel, exact

TOLD_LAST = ("SkuId", "SubAccountId", "ResourceId", "cost_center", "commitment")
"""Fields whose values say little to people."""
SAME_AMOUNT = 0.005
CHURN = Decimal(10)
"""Percent of a usual day's cost by resources that are new: above it, new ones are nothing special."""


@dataclass(frozen=True)
class Teller:
    """What is needed to tell of events."""

    con: duckdb.DuckDBPyConnection
    facts: Facts | None
    panel: Panel
    now: datetime

    def tell(self, event: Event) -> Incident:
        """The incident that an event is, by itself."""
        main = main_finding(event.findings)
        about = About(self.con, self.facts, self.panel, main)
        levels = [self._level(f) for f in sorted(event.findings, key=lambda f: f is not main)]
        first = levels[0]
        since = self.panel.at(min(f.since for f in event.findings))
        severity = self._severity(main, first)
        launch = about.launch() if self._may_be_launch(main, severity) else None
        kind = _kind(main, launch)
        found = Incident(
            incident_id=incident_id(self.panel.ground, since, first, main.series.currency, main.direction),
            grain=self.panel.freq,
            kind=kind,
            state="open",
            severity=severity,
            currency=main.series.currency,
            metric=self.panel.metric,
            first_step=since,
            last_step=self.panel.at(max(f.step for f in event.findings)),
            worst_step=first.step,
            found=self.now,
            title="",
            where=_where(event.findings, main),
            current=first.current,
            expected=first.expected,
            lower=first.lower,
            upper=first.upper,
            deviation_pct=deviation(first.current, first.expected),
            excess=first.excess,
            levels=levels,
            drivers=about.drivers(),
            affected=about.affected() if kind != "launch" else [],
            new_resources=launch.resources if launch and kind == "launch" else 0,
            of=self.panel.ground.kind,
            measure=self.panel.ground.measure,
            estimated=self._estimated(first.step),
        )
        return titled(found)

    def _may_be_launch(self, main: Finding, severity: Severity) -> bool:
        """What is critical is looked into, whatever it is; a perspective's targets own no resources."""
        charges = self.panel.ground.kind == "charges" and not main.series.grouping.perspective
        return charges and main.direction > 0 and severity == "warning"

    def _severity(self, main: Finding, level: Level) -> Severity:
        """Critical is what costs much more; what costs less than usual is a warning, however much less.

        An hour is critical where it pages: a day's worth of small excess is for the day to tell.
        """
        grave = main.pages if self.panel.freq == "H" else level.excess >= self.panel.ground.asked.critical
        return "critical" if main.direction > 0 and grave else "warning"

    def _estimated(self, step: datetime) -> bool:
        """Whether there is no bill for it yet."""
        live = self.panel.ground.kind == "estimated"
        return live and (self.facts is None or step.date() > self.facts.last_day)

    def _current(self, finding: Finding, at: datetime) -> Decimal:
        """The exact amount; where it has been mended since it was judged, about what it was then."""
        now = exact(self.con, finding.series.number, at)
        return now if abs(float(now) - finding.current) < SAME_AMOUNT else estimate(finding.current)

    def _level(self, finding: Finding) -> Level:
        at = self.panel.at(finding.worst)
        return Level(
            grouping=finding.series.grouping.name,
            fields=finding.series.fields,
            perspective=finding.series.grouping.perspective,
            step=at,
            current=self._current(finding, at),
            expected=estimate(finding.expected),
            lower=estimate(finding.lower),
            upper=estimate(finding.upper),
            excess=estimate(finding.excess),
            score=round(finding.score, 2),
            channel=finding.channel,
        )


def _kind(main: Finding, launch: Launch | None) -> Kind:
    """A rise that new resources with an owner made is a launch, where new ones are not an everyday matter."""
    if main.direction < 0:
        return "fall"
    deliberate = launch and launch.owned and launch.resources and launch.churn < CHURN
    return "launch" if launch and deliberate and float(launch.share) >= NEARLY_ALL * 100 else "rise"


def main_finding(found: Sequence[Finding]) -> Finding:
    """The level that says it best: nearly all of the excess, little else, in words that people use."""
    largest = max(abs(f.excess) for f in found)
    fitting = [f for f in found if abs(f.excess) >= NEARLY_ALL * largest]
    return min(
        fitting, key=lambda f: (any(n in TOLD_LAST for n in f.series.grouping.by), _named(f), f.expected)
    )


def _named(finding: Finding) -> bool:
    """Whether any of its values is nothing but the lack of one."""
    return NONE in finding.series.key


def _where(found: Sequence[Finding], main: Finding) -> dict[str, str]:
    largest = max(abs(f.excess) for f in found)
    fitting = [
        f for f in found if abs(f.excess) >= NEARLY_ALL * largest and not f.series.grouping.perspective
    ]
    where = dict(main.series.fields)
    for finding in sorted(fitting, key=lambda f: f.expected):
        for name, value in finding.series.fields.items():
            if value != NONE:
                where.setdefault(name, value)
    return where
