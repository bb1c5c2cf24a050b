"""What was sent, to whom, and what became of it: as people and programs ask for it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, cast

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, true, update

from apportion.alerts.channel_settings import AnyChannel
from apportion.alerts.messages import Event
from apportion.alerts.outbox_channels import wake
from apportion.alerts.times import microseconds, time_of, time_or_none
from apportion.analytics.models import Part
from apportion.analytics.sentences import count
from apportion.core.errors import BadInput, NotFound, Refused
from apportion.database import alert_channels, alert_deliveries, alert_messages

MessageState = Literal["waiting", "sending", "sent", "failed", "uncertain", "dropped"]
MOST = 1000
_M, _D = alert_messages.c, alert_deliveries.c


class AttemptRow(Part):
    """One attempt to send a message."""

    attempt: int
    started: datetime
    finished: datetime | None = Field(description="Empty while it goes on.")
    outcome: str = Field(
        description="sent; refused for good; failed for now; unclear, so that it may have arrived.",
        examples=["sent"],
    )
    said: str = Field(description="What the receiver said, shortened.", examples=["204"])


class MessageRow(Part):
    """One message to one channel."""

    message_id: str = Field(examples=["9c1f0e5a7b2d4c38"])
    channel: str = Field(examples=["ops"])
    event: Event
    severity: str = Field(examples=["critical"])
    title: str
    state: MessageState
    attempts: int = Field(description="Since it was last put in line.")
    created: datetime
    due: datetime = Field(description="When it may go out at the earliest.")
    next_attempt: datetime | None = Field(description="Of one that waits.")
    finished: datetime | None
    last_error: str = Field(description="Why it is not sent, or not yet.")
    alerts: list[str] = Field(description="The alerts that it tells of.")


class OneMessage(MessageRow):
    """A message with its text and every attempt."""

    text: str
    deliveries: list[AttemptRow]


class MessageList(Part):
    """Messages, the newest first."""

    headline: str
    messages: list[MessageRow]
    next_cursor: str | None


class ChannelRow(Part):
    """How a channel does. Where it leads to is nobody's business here."""

    name: str = Field(examples=["ops"])
    type: str = Field(examples=["apprise"])
    page: bool = Field(description="Whether every critical alert goes there, too.")
    when_unclear: Literal["repeat", "show"]
    last_sent: datetime | None
    failing_since: datetime | None = Field(description="Since when nothing arrived; empty where it works.")
    rests_until: datetime | None = Field(description="Until when nothing is tried.")
    last_error: str
    waiting: int
    sent: int
    failed: int
    uncertain: int


class ChannelList(Part):
    """All channels of apportion.yaml."""

    headline: str
    channels: list[ChannelRow]


NOTHING = MessageList(headline="Nothing was sent yet.", messages=[], next_cursor=None)


def history(
    con: Connection,
    *,
    since: datetime | None = None,
    channel: str = "",
    state: str = "",
    limit: int = 100,
    cursor: str = "",
) -> MessageList:
    """A page of messages, the newest first. Raises BadInput for a cursor that is none."""
    wanted: list[ColumnElement[bool]] = [true()]
    if channel:
        wanted.append(_M.channel == channel)
    if state:
        wanted.append(_M.state == state)
    if since:
        wanted.append(_M.created >= microseconds(since))
    headline = _headline(con, and_(*wanted))
    if cursor:
        stamp, name = _place(cursor)
        wanted.append(or_(_M.created < stamp, and_(_M.created == stamp, _M.message_id < name)))
    asked = select(alert_messages).where(*wanted).order_by(_M.created.desc(), _M.message_id.desc())
    found = con.execute(asked.limit(limit + 1)).all()
    last = found[limit - 1] if len(found) > limit else None
    return MessageList(
        headline=headline,
        messages=[MessageRow.model_validate(_row(row)) for row in found[:limit]],
        next_cursor=f"{last.created}.{last.message_id}" if last else None,
    )


def single(con: Connection, message_id: str) -> OneMessage:
    """One message and its attempts, the first one first. Raises NotFound."""
    row = _find(con, message_id)
    tried = select(alert_deliveries).where(_D.message_id == row.message_id).order_by(_D.attempt)
    deliveries = [
        AttemptRow(
            attempt=one.attempt,
            started=time_of(one.started),
            finished=time_or_none(one.finished),
            outcome=one.outcome,
            said=one.said,
        )
        for one in con.execute(tried)
    ]
    return OneMessage.model_validate({**_row(row), "text": row.text, "deliveries": deliveries})


def put_back(con: Connection, message_id: str, now: datetime) -> MessageRow:
    """A message that failed, is uncertain or was dropped waits again, and its channel rests no more.

    Raises NotFound, and Refused for one that was sent or is on its way.
    """
    row = _find(con, message_id)
    if row.state in ("sent", "sending", "waiting"):
        said = {"sent": "was sent", "sending": "is being sent", "waiting": "waits to be sent"}[row.state]
        raise Refused(f"The message '{row.message_id}' {said}.", hint="Only what ended can be sent again.")
    stamp = microseconds(now)
    again = {"state": "waiting", "attempts": 0, "due": stamp, "next_attempt": stamp, "finished": None}
    con.execute(update(alert_messages).where(_M.message_id == row.message_id).values(**again))
    wake(con, row.channel)
    return MessageRow.model_validate(_row(_find(con, row.message_id)))


def channels(con: Connection | None, settings: Mapping[str, AnyChannel]) -> ChannelList:
    """How every channel of the settings does; `con` is None where nothing was ever sent."""
    counted: dict[tuple[str, str], int] = {}
    known: dict[str, Row[Any]] = {}
    if con is not None:
        sums = select(_M.channel, _M.state, func.count().label("number")).group_by(_M.channel, _M.state)
        counted = {(row.channel, row.state): row.number for row in con.execute(sums)}
        known = {row.channel: row for row in con.execute(select(alert_channels))}
    rows = [_channel(name, given, counted, known.get(name)) for name, given in settings.items()]
    failing = [row.name for row in rows if row.failing_since]
    words = f"{', '.join(failing)} cannot be reached" if failing else "all that were used work"
    return ChannelList(headline=f"{count(len(rows), 'channel')}; {words}.", channels=rows)


def _channel(
    name: str, given: AnyChannel, counted: Mapping[tuple[str, str], int], kept: Row[Any] | None
) -> ChannelRow:
    return ChannelRow(
        name=name,
        type=given.type,
        page=given.page,
        when_unclear=given.when_unclear,
        last_sent=time_or_none(kept.last_sent) if kept else None,
        failing_since=time_or_none(kept.failing_since) if kept else None,
        rests_until=time_of(kept.rests_until) if kept and kept.rests_until else None,
        last_error=kept.last_error if kept else "",
        waiting=counted.get((name, "waiting"), 0) + counted.get((name, "sending"), 0),
        sent=counted.get((name, "sent"), 0),
        failed=counted.get((name, "failed"), 0),
        uncertain=counted.get((name, "uncertain"), 0),
    )


def _headline(con: Connection, wanted: ColumnElement[bool]) -> str:
    sums = select(_M.state, func.count().label("number")).where(wanted).group_by(_M.state)
    found = {row.state: row.number for row in con.execute(sums)}
    parts: Sequence[str] = [
        f"{found[state]:,} {state}"
        for state in ("sent", "waiting", "sending", "failed", "uncertain", "dropped")
        if found.get(state)
    ]
    return f"{count(sum(found.values()), 'message')}: {', '.join(parts)}." if parts else "No messages."


def _find(con: Connection, message_id: str) -> Row[Any]:
    row = con.execute(select(alert_messages).where(_M.message_id == message_id)).first()
    if row is None:
        raise NotFound(
            f"There is no message '{message_id}'.", hint="'apportion alerts sent' lists what there is."
        )
    return row


def _place(cursor: str) -> tuple[int, str]:
    stamp, _, name = cursor.partition(".")
    if not (stamp.isascii() and stamp.isdigit() and name and len(stamp) < 18):
        raise BadInput("this is no cursor", where="cursor", hint="Take `next_cursor` of the page before.")
    return int(stamp), name


def _row(row: Row[Any]) -> dict[str, object]:
    return {
        "message_id": row.message_id,
        "channel": row.channel,
        "event": cast("Event", row.event),
        "severity": row.severity,
        "title": row.title,
        "state": row.state,
        "attempts": row.attempts,
        "created": time_of(row.created),
        "due": time_of(row.due),
        "next_attempt": time_of(row.next_attempt) if row.state == "waiting" else None,
        "finished": time_or_none(row.finished),
        "last_error": row.last_error,
        "alerts": json.loads(row.alerts),
    }
