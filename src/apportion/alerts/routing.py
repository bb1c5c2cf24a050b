"""Whom an alert concerns: the channels it goes to, when they want quiet, and who comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apportion.alerts.settings import DAYS, Alerts, Escalation, QuietHours, Route, listed
from apportion.alerts.signals import Severity, Signal
from apportion.allocation.patterns import fits
from apportion.analytics.models import NONE


@dataclass(frozen=True)
class Routed:
    """Where an alert goes."""

    channels: tuple[str, ...]
    quiet: QuietHours | None
    escalate: tuple[Escalation, ...]
    time_zone: str

    def waits(self, severity: Severity, now: datetime) -> bool:
        """Whether a message of that severity has to wait now."""
        if self.quiet is None or (severity == "critical" and self.quiet.critical == "send"):
            return False
        return is_quiet(self.quiet, now, self.time_zone)


def routed(settings: Alerts, signal: Signal) -> Routed:
    """Where `signal` goes: where its rule says, else by the first route that fits, else as otherwise.

    What is critical goes to every channel that is marked as paging, too. What reaches somebody's own contact
    goes nowhere else but where its rule says.
    """
    rule = settings.rule(signal.rule)
    route = None if rule.to else next((r for r in settings.routes if _fits(r, signal)), None)
    found = list(rule.to) or (listed(route.to) if route else _otherwise(settings))
    if signal.contact and (outside := settings.contacts_of(signal.rule)):
        found = [outside, *rule.to]
    if signal.severity == "critical":
        found += settings.paging
    quiet, escalate = settings.quiet_hours, settings.escalate
    if route is not None:
        quiet = route.quiet_hours or settings.quiet_hours
        escalate = settings.escalate if route.escalate is None else route.escalate
    return Routed(tuple(dict.fromkeys(found)), quiet, tuple(escalate), settings.time_zone or "UTC")


def _otherwise(settings: Alerts) -> list[str]:
    apart = {*settings.paging, *settings.hooks, *settings.writes_to_contacts}
    return listed(settings.otherwise) or [c for c in settings.known_channels if c not in apart]


def _fits(route: Route, signal: Signal) -> bool:
    about = {**signal.dimensions, "rule": signal.rule, "severity": signal.severity}
    return matches(route.when, about)


def matches(when: Mapping[str, str | list[str]], about: Mapping[str, str]) -> bool:
    """Whether all of `when` fits; what nothing is known of is "(none)"."""
    return all(fits(about.get(field, NONE), given) for field, given in when.items())


def is_quiet(quiet: QuietHours, now: datetime, time_zone: str) -> bool:
    """Whether `now` is within quiet hours, as the clock on the wall of their time zone shows it.

    Hours that go over midnight belong to the day on which they begin.
    """
    local = now.astimezone(ZoneInfo(quiet.time_zone or time_zone))
    today, yesterday = (DAYS[(local - timedelta(days=n)).weekday()] for n in (0, 1))
    if today in quiet.whole_days:
        return True
    begin, end = quiet.hours
    clock = local.time().replace(tzinfo=None)
    if begin <= end:
        return today in quiet.days and begin <= clock < end
    return (today in quiet.days and clock >= begin) or (yesterday in quiet.days and clock < end)
