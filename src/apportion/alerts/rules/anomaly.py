"""Anomalies that are open: each incident is one alert, at however many levels it was seen."""

from collections.abc import Iterable, Mapping

from apportion.alerts.rules.results import Incident, Results
from apportion.alerts.rules.settings import AnomalyRule
from apportion.alerts.signals import Signal
from apportion.allocation.patterns import fits


def signals(rule: AnomalyRule, name: str, asked: Results) -> Iterable[Signal]:
    """One for each open incident of the severity asked for, with an excess of at least the floor."""
    for incident in asked.incidents():
        if not incident.open or (rule.severity == "critical" and incident.severity != "critical"):
            continue
        if abs(incident.excess) < rule.at_least or not _meant(rule, incident):
            continue
        yield Signal(
            rule=name,
            key=f"incident={incident.incident_id}",
            severity=incident.severity,
            title=incident.title,
            text=incident.text,
            at=asked.now,
            dimensions=concerned(incident),
            value=incident.excess,
            unit=incident.currency,
            link=f"/anomalies?incident={incident.incident_id}",
            lines=tuple(incident.lines),
        )


def concerned(incident: Incident) -> Mapping[str, str]:
    """The fields of all levels; of one that has several values, the first."""
    found: dict[str, str] = {}
    for level in incident.levels:
        for field, value in level.items():
            found.setdefault(field, value)
    return found


def _meant(rule: AnomalyRule, incident: Incident) -> bool:
    fields = concerned(incident)
    return all(field in fields and fits(fields[field], given) for field, given in rule.where.items())
