"""Incidents as pages, API and command line show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent
from apportion.analytics.sentences import money
from apportion.anomalies.chart import Point
from apportion.anomalies.detector import Frequency
from apportion.anomalies.incidents import Incident, Kind, Severity, State

StateAsked = Literal["open", "acknowledged", "expected", "resolved", "going_on"]
GOING_ON = ("open", "acknowledged")


@dataclass(frozen=True)
class Asked:
    """Which incidents are wanted; empty for any. `state` going_on is open or acknowledged."""

    state: str = ""
    severity: str = ""
    kind: str = ""
    grain: str = ""
    first: date | None = None
    where: tuple[tuple[str, str], ...] = ()

    def means(self, incident: Incident) -> bool:
        states = GOING_ON if self.state == "going_on" else (self.state,)
        said = ((self.severity, incident.severity), (self.kind, incident.kind), (self.grain, incident.grain))
        return (
            not incident.same_as
            and (not self.state or incident.state in states)
            and all(not wanted or wanted == found for wanted, found in said)
            and (self.first is None or incident.last_step.date() >= self.first)
            and all(_has(incident, field, value) for field, value in self.where)
        )


def _has(incident: Incident, field: str, value: str) -> bool:
    """Whether it is there: as what an incident is about, one of its levels, what made it or who bears it."""
    levels = any(level.fields.get(field) == value for level in incident.levels)
    return (
        incident.where.get(field) == value
        or levels
        or any((one.field, one.value) == (field, value) for one in (*incident.drivers, *incident.affected))
    )


class AnomalyRow(Part):
    """One incident as a row."""

    incident_id: str
    grain: Frequency
    kind: Kind
    state: State
    severity: Severity
    title: str
    service: str = Field(description="The service, or what comes nearest to it.")
    first_step: datetime
    last_step: datetime
    currency: str
    metric: str
    current: Amount = Field(description="What its worst step cost.")
    expected: Amount
    lower: Amount
    upper: Amount
    deviation_pct: Percent | None
    excess: Amount = Field(description="What it cost more than expected so far; less where negative.")
    driver: str = Field(description="What made most of it.")
    levels: int = Field(description="In how many series it is seen.")
    estimated: bool
    reason: str


class AnomaliesReport(Part):
    """Incidents, the one seen last first."""

    sentence: str
    metric: str
    data_through: date | None
    judged_through: datetime | None = Field(
        description="The last day that was looked at; null before the first look."
    )
    total: int = Field(description="How many there are, on all pages.")
    anomalies: list[AnomalyRow]


class Said(Part):
    """What somebody said of an incident."""

    at: datetime
    state: State
    reason: str
    who: str


class AnomalyReport(Incident):
    """One incident with its chart and what people said of it."""

    filter: dict[str, Any] = Field(
        default_factory=dict,
        description="Which charges are judged, as /costs/query takes it; a level costs what these do.",
    )
    chart: list[Point]
    said: list[Said]


def rows(found: Sequence[Incident]) -> list[AnomalyRow]:
    """Incidents as rows."""
    return [_row(incident) for incident in found]


def _row(incident: Incident) -> AnomalyRow:
    same = {
        n: getattr(incident, n) for n in AnomalyRow.model_fields if hasattr(incident, n) and n != "levels"
    }
    first = next((d for d in incident.drivers), None)
    return AnomalyRow(
        **same,
        service=incident.where.get("service") or incident.where.get("ServiceName") or _nearest(incident),
        driver=f"{first.field}: {first.value}" if first else "",
        levels=len(incident.levels),
    )


def _nearest(incident: Incident) -> str:
    named = next((d.value for d in incident.drivers if d.field in ("service", "ServiceName")), "")
    return named or ", ".join(incident.levels[0].fields.values())


def sentence(found: Sequence[Incident], judged: datetime | None) -> str:
    """The answer first: how many go on, and the largest."""
    if judged is None:
        return "Nobody has looked for anomalies yet: run 'apportion jobs run' or 'apportion anomalies look'."
    open_ones = [i for i in found if i.state in GOING_ON and i.kind != "launch" and not i.same_as]
    if not open_ones:
        return f"No anomaly goes on; costs were looked at through {judged:%-d %B %Y}."
    largest = max(open_ones, key=lambda i: abs(i.excess))
    count = "1 anomaly goes on" if len(open_ones) == 1 else f"{len(open_ones)} anomalies go on"
    amount = money(abs(largest.excess), largest.currency)
    return (
        f"{count}; the largest: {largest.title}, {amount} {'more' if largest.excess >= 0 else 'less'} so far."
    )
