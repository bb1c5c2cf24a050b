"""Who is told of an alert now: cooldown, quiet hours, mutes, escalation, and one message for a group."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from apportion.alerts.messages import Event as Told
from apportion.alerts.messages import Message
from apportion.alerts.routing import Routed, routed
from apportion.alerts.rules.settings import Watched
from apportion.alerts.settings import Alerts, listed
from apportion.alerts.state import RANK, Alert, Earlier, Event, Happened, Key, Notice
from apportion.alerts.state_words import message

TOLD: Mapping[Told, Happened] = {
    "opened": "told_opened",
    "worse": "told_worse",
    "reminder": "told_reminder",
    "escalated": "told_escalated",
    "resolved": "told_resolved",
}


class Telling:
    """Decides for one alert after the other, and groups what the same channel hears of the same rule."""

    def __init__(self, settings: Alerts, now: datetime, earlier: Mapping[Key, Earlier]) -> None:
        self._settings, self._now, self._earlier = settings, now, earlier
        self._groups: dict[tuple[str, Told, str, str], list[Alert]] = {}
        self.events: list[Event] = []

    def tell(self, alert: Alert) -> Alert:
        """The alert with what its channels are told now."""
        where = routed(self._settings, alert.signal)
        if alert.resolved is not None:
            return self._ended(alert, where)
        if alert.is_muted(self._now) or alert.missing_since is not None:
            return alert
        waits = where.waits(alert.severity, self._now)
        rule = self._settings.rule(alert.signal.rule)
        told: dict[str, tuple[Told, Notice]] = {}
        for channel in self._known([*where.channels, *alert.notices]):
            event = self._due(alert, channel, rule, routed_here=channel in where.channels)
            if event is not None and not waits:
                told[channel] = event, self._noticed(alert, channel, event)
        for channel in self._escalated(alert, where):
            if channel not in told and not waits:
                told[channel] = "escalated", self._noticed(alert, channel, "escalated")
        return self._with(alert, told)

    def join(self, alert: Alert) -> Alert:
        """The alert with reminders that others of its rule get now, where its own cooldown is over, too.

        Else alerts that opened on different days would remind one by one for ever.
        """
        if alert.resolved or alert.state != "open" or alert.missing_since or alert.is_muted(self._now):
            return alert
        rule = self._settings.rule(alert.signal.rule)
        cooldown = rule.cooldown.of(alert.severity)
        told: dict[str, tuple[Told, Notice]] = {
            channel: ("reminder", self._noticed(alert, channel, "reminder"))
            for channel, notice in alert.notices.items()
            if self._group(alert, channel, "reminder") in self._groups
            and notice.told < alert.signal.at
            and self._now >= notice.told + cooldown
        }
        return self._with(alert, told)

    def messages(self) -> list[Message]:
        """One for each channel, event and rule, with all of its alerts; for somebody outside, with theirs."""
        outside = self._settings.writes_to_contacts
        return [
            message(channel, event, alerts, self._now, to_contact=channel in outside)
            for (channel, event, *_), alerts in self._groups.items()
        ]

    def _due(self, alert: Alert, channel: str, rule: Watched, *, routed_here: bool) -> Told | None:
        notice = alert.notices.get(channel)
        if notice is None:
            return None if alert.state != "open" or self._cooling(alert, channel, rule) else "opened"
        if RANK[alert.severity] > RANK[notice.severity]:
            return "worse"
        paged = channel in self._settings.paging
        wait = rule.wait(alert.severity, notice.reminders, paged=paged)
        if alert.state != "open" or wait is None or self._now < notice.told + wait:
            return None
        if alert.signal.at <= notice.told:  # nothing of it happened since; its end has yet to be seen
            return None
        return "reminder" if routed_here or alert.severity == "critical" else None

    def _cooling(self, alert: Alert, channel: str, rule: Watched) -> bool:
        """Whether the channel heard of the same thing just now, when it was as bad, before it went away."""
        before = self._earlier.get(alert.about, Earlier()).told.get(channel)
        if before is None:
            return False
        severity, told = before
        return RANK[alert.severity] <= RANK[severity] and self._now < told + rule.cooldown.of(alert.severity)

    def _escalated(self, alert: Alert, where: Routed) -> list[str]:
        """Channels that come next, since nobody took it; the clock begins when the first one was told."""
        if alert.state != "open" or not alert.notices:
            return []
        first = min(notice.first for notice in alert.notices.values())
        found = []
        for step in where.escalate:
            since = max(first, alert.severe_since) if step.severity == "critical" else first
            if RANK[alert.severity] >= RANK[step.severity] and self._now >= since + step.wait:
                found += [channel for channel in listed(step.to) if channel not in alert.notices]
        return self._known(found)

    def _known(self, channels: Iterable[str]) -> list[str]:
        """Those that the settings still have, each once."""
        return [c for c in dict.fromkeys(channels) if c in self._settings.known_channels]

    def _noticed(self, alert: Alert, channel: str, event: Told) -> Notice:
        before = alert.notices.get(channel)
        if before is None:
            return Notice(alert.severity, self._now, self._now)
        return replace(
            before,
            severity=alert.severity,
            told=self._now,
            sequence=before.sequence + 1,
            reminders=before.reminders + 1 if event == "reminder" else 0,
        )

    def _ended(self, alert: Alert, where: Routed) -> Alert:
        """Who was told hears of the end, unless it is of a kind that just ends."""
        told: dict[str, tuple[Told, Notice]] = {}
        silent = {}
        for channel, notice in alert.notices.items():
            if notice.ended:
                continue
            after = replace(notice, ended=True, sequence=notice.sequence + 1)
            if alert.signal.final or not self._known([channel]):
                silent[channel] = replace(notice, ended=True)
            elif not where.waits(notice.severity, self._now):
                told[channel] = "resolved", after
        return self._with(replace(alert, notices={**alert.notices, **silent}), told)

    def _with(self, alert: Alert, told: Mapping[str, tuple[Told, Notice]]) -> Alert:
        if not told:
            return alert
        after = replace(alert, notices={**alert.notices, **{c: notice for c, (_, notice) in told.items()}})
        for channel, (event, _) in told.items():
            self._groups.setdefault(self._group(alert, channel, event), []).append(after)
            self.events.append(Event(alert.alert_id, self._now, TOLD[event], alert.severity, channel))
        return after

    def _group(self, alert: Alert, channel: str, event: Told) -> tuple[str, Told, str, str]:
        """What is told together; nobody outside reads what concerns others."""
        signal, whose = alert.signal, ""
        if channel in self._settings.writes_to_contacts:
            whose = "\0".join([signal.contact, *(f"{k}={v}" for k, v in sorted(signal.dimensions.items()))])
        return channel, event, signal.rule, whose
