"""How alerts read in a message: one alone, or several of a rule together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from apportion.alerts.messages import CONTACT, Event, Message
from apportion.alerts.signals import Severity, Signal
from apportion.alerts.state import RANK, Alert, digest
from apportion.alerts.templates import alert_document
from apportion.analytics.sentences import count


def message(
    channel: str, event: Event, alerts: Sequence[Alert], now: datetime, *, to_contact: bool = False
) -> Message:
    """One message of all `alerts`, which the channel has just been noted to have been told of.

    Its id is that of the alerts, the event, how often the channel was told before, and the channel. To the
    contact whom they all concern, it says the most important alone.
    """
    listed = sorted(
        alerts,
        key=lambda alert: (-RANK[_severity(alert, channel)], -_beyond(alert.signal), alert.signal.key),
    )
    told = [f"{alert.alert_id}:{alert.notices[channel].sequence}" for alert in listed]
    severity: Severity = max((_severity(alert, channel) for alert in listed), key=lambda found: RANK[found])
    said = listed[:1] if to_contact else listed
    title, text = _title(said, channel), "\n".join(_said(alert, event, now) for alert in said)
    body: dict[str, object] = {
        "rule": listed[0].signal.rule,
        "alerts": [_document(alert, event, now) for alert in said],
    }
    return Message(
        message_id=digest(channel, event, *sorted(told)),
        channel=channel,
        event=event,
        severity=severity,
        title=title,
        text=text if len(said) == 1 else "",
        alerts=tuple(alert.alert_id for alert in listed),
        due=now,
        body=body | ({CONTACT: listed[0].signal.contact} if to_contact else {}),
    )


def _severity(alert: Alert, channel: str) -> Severity:
    """Of what is over, how bad the channel took it for."""
    return alert.severity if alert.resolved is None else alert.notices[channel].severity


def _beyond(signal: Signal) -> Decimal:
    """How far it is beyond its limit; of alerts of one rule, the farthest matters most.

    What stands until a set time says which mark was reached: the highest matters most.
    """
    if signal.until is not None and signal.limit is not None:
        return signal.limit
    return Decimal(-1) if signal.value is None or signal.limit is None else abs(signal.value - signal.limit)


def _title(alerts: Sequence[Alert], channel: str) -> str:
    """That of the first, which is the most important, and how many more there are."""
    if len(alerts) == 1:
        return alerts[0].signal.title
    critical = sum(_severity(alert, channel) == "critical" for alert in alerts)
    first, number = alerts[0].signal, len(alerts)
    said = f"{first.rule.replace('_', ' ')}: {first.title}, and {number - 1} more"
    return f"{said} ({critical} of {number} critical)" if 0 < critical < number else said


def _said(alert: Alert, event: Event, now: datetime) -> str:
    if event == "resolved" and alert.resolved is not None:
        return f"Over since {_time(alert.missing_since or alert.resolved)}, after {_long(alert, now)}."
    since = "" if event == "opened" else f" Open since {_time(alert.opened)}."
    return f"{alert.signal.text}{since}"


def _document(alert: Alert, event: Event, now: datetime) -> dict[str, object]:
    return {
        **alert_document(alert.alert_id, replace(alert.signal, text=_said(alert, event, now))),
        "state": alert.state,
        "opened_at": _iso(alert.opened),
        "resolved_at": _iso(alert.resolved) if alert.resolved else None,
    }


def _long(alert: Alert, now: datetime) -> str:
    held: timedelta = (alert.missing_since or now) - alert.opened
    if held >= timedelta(days=2):
        return count(held.days, "day")
    hours = held // timedelta(hours=1)
    return count(hours, "hour") if hours else count(held // timedelta(minutes=1), "minute")


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%-d %b %H:%M} UTC"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
