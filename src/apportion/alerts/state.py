"""An alert, what each channel was told of it, and what becomes of it: plain data."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from apportion.alerts.messages import Message
from apportion.alerts.signals import Severity, Signal

AlertState = Literal["open", "acknowledged", "resolved"]
Happened = Literal[
    "opened", "worse", "eased", "resolved", "acknowledged", "muted", "unmuted",
    "told_opened", "told_worse", "told_reminder", "told_escalated", "told_resolved",
]  # fmt: skip
RANK: Mapping[Severity, int] = {"warning": 1, "critical": 2}
Key = tuple[str, str]
"""A rule, and what it is about."""


@dataclass(frozen=True)
class Notice:
    """What one channel was told of an alert: the severity told last, when first and last, and how often.

    `reminders` counts those since it was opened or became worse; `ended` is true once it heard of the end.
    """

    severity: Severity
    first: datetime
    told: datetime
    sequence: int = 1
    reminders: int = 0
    ended: bool = False


@dataclass(frozen=True)
class Alert:
    """What a rule found, from then until it ended. `signal` is what the rule said last, at `found`.

    `severe_since` is when it took on its severity; `missing_since` when the rule first found it no more.
    """

    alert_id: str
    signal: Signal
    state: AlertState
    opened: datetime
    severe_since: datetime
    found: datetime
    missing_since: datetime | None = None
    resolved: datetime | None = None
    acknowledged: datetime | None = None
    muted_until: datetime | None = None
    who: str = ""
    reason: str = ""
    notices: Mapping[str, Notice] = field(default_factory=dict)

    @property
    def about(self) -> Key:
        return self.signal.rule, self.signal.key

    @property
    def severity(self) -> Severity:
        return self.signal.severity

    def is_muted(self, now: datetime) -> bool:
        return self.muted_until is not None and now < self.muted_until


@dataclass(frozen=True)
class Earlier:
    """What was told before of the same rule and key, by alerts that are over.

    `told` is the severity and time of each channel's last message but for those of an end; `ended` is true
    where the same final signal has had its alert already.
    """

    told: Mapping[str, tuple[Severity, datetime]] = field(default_factory=dict)
    muted_until: datetime | None = None
    reason: str = ""
    ended: bool = False

    def and_then(self, alert: Alert) -> "Earlier":
        """Together with what one more alert told, which was opened later."""
        told = {**self.told, **{c: (notice.severity, notice.told) for c, notice in alert.notices.items()}}
        return Earlier(told, alert.muted_until, alert.reason, self.ended or alert.signal.final)


@dataclass(frozen=True)
class Event:
    """One thing that became of an alert."""

    alert_id: str
    at: datetime
    event: Happened
    severity: Severity
    channel: str = ""
    who: str = ""
    reason: str = ""

    @property
    def event_id(self) -> str:
        return digest(self.alert_id, self.at.isoformat(), self.event, self.channel)


@dataclass(frozen=True)
class Decision:
    """What follows from signals: alerts that are new or changed, what happened, and who is told."""

    alerts: Sequence[Alert]
    events: Sequence[Event]
    messages: Sequence[Message]


@dataclass(frozen=True)
class Outcome:
    """What a watch led to."""

    opened: Sequence[Alert] = ()
    worse: Sequence[Alert] = ()
    resolved: Sequence[Alert] = ()
    messages: Sequence[Message] = ()


def alert_id(about: Key, opened: datetime) -> str:
    """The same for the same rule, key and time."""
    return digest(*about, opened.isoformat())[:16]


def digest(*parts: str) -> str:
    """A stable name of several texts in their order."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
