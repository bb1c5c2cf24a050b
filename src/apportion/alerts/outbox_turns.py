"""Who sends which message: claimed under a lease before it is sent, settled after."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Literal, cast
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, insert, or_, select, update

from apportion.alerts.delivery_policy import Policy
from apportion.alerts.messages import Event, Message
from apportion.alerts.outbox_channels import held_for, note_failed, note_sent
from apportion.alerts.times import microseconds, time_of
from apportion.database import alert_deliveries, alert_messages

_M, _D = alert_messages.c, alert_deliveries.c
Outcome = Literal["sent", "refused", "failed", "unclear"]
"""Of an attempt: taken; refused for good; failed for now; or nobody knows whether it arrived."""
KILLED = "The attempt was cut off, so that nobody knows whether it arrived."


@dataclass(frozen=True)
class Claim:
    """A message that this process alone may send, until its lease is over.

    `attempt` counts all there ever were, `tries` those since the message was last put in line.
    """

    message: Message
    attempt: int
    tries: int
    holder: str


@dataclass(frozen=True)
class Result:
    """What became of a claim; `after` is in how many seconds the receiver wants to be asked again."""

    claim: Claim
    outcome: Outcome
    said: str
    after: float = 0.0


def recover(con: Connection, now: datetime, policy: Policy, shown: Sequence[str]) -> None:
    """Messages whose sender was killed wait again; those of channels in `shown` are uncertain instead."""
    stamp = microseconds(now)
    expired = and_(_M.state == "sending", _M.lease_until <= stamp)
    ended = or_(_M.channel.in_(shown), _M.attempts >= policy.attempts, _M.event == "test")
    known = {"lease_by": "", "lease_until": 0, "last_error": KILLED}
    follows = (
        (and_(expired, ended), {"state": "uncertain", "finished": stamp}),
        (expired, {"state": "waiting", "next_attempt": stamp}),
    )
    for which, values in follows:
        if ids := held_for(con, which):
            con.execute(update(alert_messages).where(_M.message_id.in_(ids)).values(**values, **known))
            cut_off = update(alert_deliveries).where(_D.message_id.in_(ids), _D.finished.is_(None))
            con.execute(cut_off.values(finished=stamp, outcome="unclear", said=KILLED))


def claim(
    con: Connection, channel: str, now: datetime, lease: timedelta, message_id: str = ""
) -> Claim | None:
    """The next message of a channel that is due, from now on being sent; None for none.

    A message waits for an earlier one about the same alerts. With `message_id`, that one, and at once.
    """
    stamp = microseconds(now)
    found = select(alert_messages).where(_M.channel == channel, _M.state == "waiting")
    if message_id:
        found = found.where(_M.message_id == message_id)
    else:
        found = found.where(_M.next_attempt <= stamp, ~_waits_for_another())
    first = found.order_by(_M.created, _M.message_id).limit(1)
    row = con.execute(first.with_for_update(skip_locked=True, of=alert_messages)).first()
    if row is None:
        return None
    before = con.scalar(select(func.max(_D.attempt)).where(_D.message_id == row.message_id))
    held = Claim(message_of(row), (before or 0) + 1, row.attempts + 1, uuid4().hex)
    sending = {"state": "sending", "attempts": held.tries, "lease_by": held.holder}
    until = microseconds(now + lease)
    con.execute(_this(row.message_id).values(**sending, lease_until=until))
    begun = {"message_id": row.message_id, "attempt": held.attempt, "channel": channel, "started": stamp}
    con.execute(insert(alert_deliveries).values(**begun, outcome="", said=""))
    return held


def settle(
    con: Connection, result: Result, now: datetime, policy: Policy, chance: Random, *, repeat: bool
) -> None:
    """Write down what became of a claim. Of one whose lease was lost, only that it arrived counts."""
    held, stamp = result.claim, microseconds(now)
    message, sent = held.message, result.outcome == "sent"
    mine = and_(_M.state == "sending", _M.lease_by == held.holder)
    if sent:
        mine = or_(mine, _M.state.in_(("waiting", "uncertain")))
    follows = _what_follows(con, result, now, policy, chance, repeat=repeat)
    con.execute(_this(message.message_id).where(mine).values(lease_by="", lease_until=0, **follows))
    con.execute(
        update(alert_deliveries)
        .where(_D.message_id == message.message_id, _D.attempt == held.attempt)
        .values(finished=stamp, outcome=result.outcome, said=result.said)
    )
    if sent:
        note_sent(con, message.channel, now)
    elif message.event != "test":
        note_failed(con, message.channel, result.said, now, policy, result.after)


def _what_follows(
    con: Connection, result: Result, now: datetime, policy: Policy, chance: Random, *, repeat: bool
) -> dict[str, Any]:
    """The message's state after a result."""
    held, said, stamp = result.claim, result.said, microseconds(now)
    if result.outcome == "sent":
        return {"state": "sent", "finished": stamp, "last_error": ""}
    unclear = result.outcome == "unclear" or _ever_unclear(con, held)
    if result.outcome == "unclear" and not repeat:
        return {"state": "uncertain", "finished": stamp, "last_error": said}
    over = held.tries >= policy.attempts or now - _begun(con, held) > policy.age
    if result.outcome == "refused" or over or held.message.event == "test":
        told = f"{said}; given up after {held.tries} attempts" if held.tries > 1 else said
        return {"state": "uncertain" if unclear else "failed", "finished": stamp, "last_error": told}
    pause = policy.pause(held.tries, result.after, chance)
    return {"state": "waiting", "next_attempt": microseconds(now + pause), "last_error": said}


def _begun(con: Connection, held: Claim) -> datetime:
    """When the first attempt since the message was last put in line began."""
    ours = (_D.message_id == held.message.message_id, _D.attempt > held.attempt - held.tries)
    return time_of(con.scalar(select(func.min(_D.started)).where(*ours)) or 0)


def _ever_unclear(con: Connection, held: Claim) -> bool:
    unclear = select(exists().where(_D.message_id == held.message.message_id, _D.outcome == "unclear"))
    return bool(con.scalar(unclear))


def message_of(row: Row[Any]) -> Message:
    """The message that a row of `alert_messages` holds."""
    return Message(
        message_id=row.message_id,
        channel=row.channel,
        event=cast("Event", row.event),
        severity=row.severity,
        title=row.title,
        text=row.text,
        alerts=tuple(json.loads(row.alerts)),
        due=time_of(row.due),
        body=json.loads(row.body),
    )


def _this(message_id: str) -> Any:
    return update(alert_messages).where(_M.message_id == message_id)


def _waits_for_another() -> ColumnElement[bool]:
    """Whether a message about the same alerts came before on the channel, and is not finished."""
    other = alert_messages.alias()
    return exists().where(
        other.c.channel == _M.channel,
        other.c.state.in_(("waiting", "sending")),
        other.c.alerts == _M.alerts,
        _M.alerts != "[]",
        other.c.created < _M.created,
    )
