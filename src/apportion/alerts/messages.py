"""What goes out to one channel: the input of the outbox."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Event = Literal["opened", "worse", "reminder", "escalated", "resolved", "test"]
CONTACT = "contact"
"""In the body: the address of somebody outside, whom the message is for."""


@dataclass(frozen=True)
class Message:
    """One message for one channel, which may tell of several alerts.

    `message_id` is stable: the same alerts, event and channel make the same id, so that a receiver can drop
    what it gets twice. `body` is a JSON document of it for machines (webhook); title and text are for people.
    `due` is when it may go out at the earliest (quiet hours, grouping).
    """

    message_id: str
    channel: str
    event: Event
    severity: str
    title: str
    text: str
    alerts: tuple[str, ...]
    due: datetime
    body: dict[str, object] = field(default_factory=dict)
