"""What becomes of an incident after it was found: it goes on while its cost does, then it is over."""

from datetime import datetime, timedelta

import numpy as np

from apportion.anomalies.detector import Memory
from apportion.anomalies.incidents import GAP, Incident, Level, estimate
from apportion.anomalies.series import STEP, Panel

ADOPTED = {"D": timedelta(days=28), "H": timedelta(days=7)}
"""An incident that lasted so long has become the usual cost."""
WEEK = {"D": 7, "H": 168}


def follow(panel: Panel, memory: Memory, incident: Incident) -> Incident | None:
    """The incident as the newest steps leave it; None where the panel does not have its series.

    A detector reports a change once and then learns it. The incident lasts as long as its main level is
    outside what was usual before it, on that day of the week; where it is inside again for GAP steps, or has
    lasted so long that it is the usual now, it is over.
    """
    number = _number(panel, incident.levels[0], incident.currency)
    if incident.state == "resolved" or number is None:
        return None
    incident = _lasting(panel, memory, number, incident)
    return over(incident) if _is_over(panel, incident) else incident


def over(incident: Incident) -> Incident:
    """The incident as something of the past, unless people say otherwise."""
    if incident.state == "expected" or incident.reopened:
        return incident
    return incident.model_copy(update={"state": "resolved"})


def _is_over(panel: Panel, incident: Incident) -> bool:
    until, newest = incident.last_step + GAP[panel.freq] * STEP[panel.freq], panel.at(-1)
    return until < newest or newest - incident.first_step > ADOPTED[panel.freq]


def _number(panel: Panel, level: Level, currency: str) -> int | None:
    key = tuple(level.fields.values())
    for number, series in enumerate(panel.series):
        if (series.grouping.name, series.key, series.currency) == (level.grouping, key, currency):
            return number
    return None


def _lasting(panel: Panel, memory: Memory, number: int, incident: Incident) -> Incident:
    """With the steps after its last one that are still out of the range, as long as there is no long gap."""
    excess, last = 0.0, incident.last_step
    begun = _place(panel, incident.first_step)
    for step in range(max(0, _place(panel, last) + 1), panel.times.size):
        at, amount = panel.at(step), panel.values[number, step]
        if at - last > GAP[panel.freq] * STEP[panel.freq] or at - incident.first_step > ADOPTED[panel.freq]:
            break
        before = step - WEEK[panel.freq] * (1 + (step - begun) // WEEK[panel.freq])
        expected, bound = _usual(memory, number, before, incident)
        if np.isfinite(amount) and incident.direction * (amount - bound) > 0:
            excess, last = excess + amount - expected, at
    if last == incident.last_step:
        return incident
    return incident.model_copy(update={"last_step": last, "excess": incident.excess + estimate(excess)})


def _usual(memory: Memory, number: int, step: int, incident: Incident) -> tuple[float, float]:
    """What was expected at a step before the incident, and the end of its range; else what it had then."""
    level = incident.levels[0]
    ends = memory.upper if incident.direction > 0 else memory.lower
    if step >= 0 and np.isfinite(memory.expected[number, step]):
        return float(memory.expected[number, step]), float(ends[number, step])
    return float(level.expected), float(level.upper if incident.direction > 0 else level.lower)


def _place(panel: Panel, moment: datetime) -> int:
    return int((moment - panel.at(0)) / STEP[panel.freq])
