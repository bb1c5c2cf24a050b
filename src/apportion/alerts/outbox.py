"""The outbox: messages that are to go out, kept with the alerts that they tell of, in one transaction."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql, sqlite

from apportion.alerts.messages import Message
from apportion.alerts.times import microseconds
from apportion.database import alert_messages

_MESSAGES = alert_messages.c


def enqueue(con: Connection, messages: Iterable[Message], at: datetime) -> int:
    """Put messages in line, in the caller's transaction: they go out if and only if it is committed.

    `at` is now. A message whose id was ever put in line changes nothing. How many were new.
    """
    rows = [_row(message, at) for message in messages]
    if not rows:
        return 0
    insert = (sqlite if con.dialect.name == "sqlite" else postgresql).insert(alert_messages)
    once = insert.on_conflict_do_nothing(index_elements=["message_id"])
    return len(con.execute(once.returning(_MESSAGES.message_id), rows).all())


def drop(con: Connection, message_ids: Sequence[str], why: str, at: datetime) -> int:
    """Take back messages that still wait, in the caller's transaction. How many that were."""
    waiting = update(alert_messages).where(
        _MESSAGES.message_id.in_(message_ids), _MESSAGES.state == "waiting"
    )
    gone = waiting.values(state="dropped", last_error=why, finished=microseconds(at))
    return con.execute(gone).rowcount


def _row(message: Message, at: datetime) -> dict[str, str | int]:
    due = microseconds(message.due)
    return {
        "message_id": message.message_id,
        "channel": message.channel,
        "event": message.event,
        "severity": message.severity,
        "title": message.title,
        "text": message.text,
        "body": json.dumps(message.body, ensure_ascii=False),
        "alerts": json.dumps(sorted(message.alerts)),
        "due": due,
        "state": "waiting",
        "attempts": 0,
        "next_attempt": due,
        "last_error": "",
        "lease_by": "",
        "lease_until": 0,
        "created": microseconds(at),
    }
