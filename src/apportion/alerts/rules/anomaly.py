"""Anomalies that go on: each incident is one alert, at however many levels it was seen."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from apportion.alerts.rules.results import Driver, Incident, Results
from apportion.alerts.rules.settings import AnomalyRule
from apportion.alerts.signals import Signal
from apportion.allocation.patterns import fits
from apportion.analytics.models import NONE
from apportion.analytics.sentences import money, share

GOES_ON = ("open", "acknowledged")


def signals(rule: AnomalyRule, name: str, asked: Results) -> Iterable[Signal]:
    """One for each incident of the severity and kind asked for, with an excess of at least the floor.

    What was over before anybody looked is no news, nor what was seen by the hour and now by the day.
    """
    for incident in asked.incidents():
        if not is_told(incident) or not _meant(rule, incident):
            continue
        yield Signal(
            rule=name,
            key=f"incident={incident.incident_id}",
            severity=incident.severity,
            title=f"{incident.title}: {_difference(incident)}",
            text=_text(incident),
            at=_until(incident),
            dimensions=dict(incident.where),
            value=incident.current,
            limit=incident.expected,
            unit=incident.currency,
            link=f"/anomalies/{incident.incident_id}",
            lines=tuple(_line(driver, incident.currency) for driver in incident.drivers),
            taken=incident.state == "acknowledged",
        )


def is_told(incident: Incident) -> bool:
    """Whether people hear of it, unless the rule's own settings leave it out."""
    return incident.state in GOES_ON and not incident.backfilled and not incident.same_as


def _meant(rule: AnomalyRule, incident: Incident) -> bool:
    if rule.severity == "critical" and incident.severity != "critical":
        return False
    if incident.kind not in rule.kinds or abs(incident.excess) < rule.at_least:
        return False
    return all(fits(incident.where.get(field, NONE), given) for field, given in rule.where.items())


def _until(incident: Incident) -> datetime:
    """The end of the last step in which it was seen: of a day that is past, nobody is reminded."""
    return incident.last_step + (timedelta(days=1) if incident.grain == "D" else timedelta(hours=1))


def _difference(incident: Incident) -> str:
    return f"{money(abs(incident.excess), incident.currency)} {'more' if incident.excess >= 0 else 'less'}"


def _text(incident: Incident) -> str:
    form = "%-d %b %Y" if incident.grain == "D" else "%-d %b %H:%M UTC"
    since, until = f"{incident.first_step:{form}}", f"{incident.last_step:{form}}"
    when = f"On {since}" if since == until else f"From {since} to {until}"
    current, expected = (money(a, incident.currency) for a in (incident.current, incident.expected))
    step = "a day" if incident.grain == "D" else "an hour"
    live = " Estimated from live usage, until the bill comes." if incident.estimated else ""
    return f"{when}: {current} {step} where {expected} was expected; {_difference(incident)} so far.{live}"


def _line(driver: Driver, currency: str) -> str:
    part = f" ({share(driver.share_pct)} of it)" if driver.share_pct is not None else ""
    return f"{driver.field} {driver.value}: {money(driver.excess, currency)}{part}"
