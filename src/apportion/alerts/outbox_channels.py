"""How each channel does: when it rests after failures, and what becomes of messages that wait for it."""

from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from apportion.alerts.delivery_policy import Policy
from apportion.alerts.times import microseconds, time_of
from apportion.database import alert_channels, alert_deliveries, alert_messages

MOST = 10_000
"""Messages that are changed together; what is left is changed the next time."""
_M, _D, _C = alert_messages.c, alert_deliveries.c, alert_channels.c


def ever_unclear() -> ColumnElement[bool]:
    """Whether a message may have arrived already, by one of its attempts."""
    unclear = exists().where(_D.message_id == _M.message_id, _D.outcome == "unclear")
    return unclear.correlate(alert_messages)


def channels_due(con: Connection, now: datetime) -> list[str]:
    """Channels for which a message is due, also those that rest."""
    due = select(_M.channel).where(_M.state == "waiting", _M.next_attempt <= microseconds(now)).distinct()
    return sorted(con.scalars(due))


def next_due(con: Connection) -> datetime | None:
    """When there is something to do next: a message due on a channel that does not rest, a lease over."""
    rests = func.coalesce(_C.rests_until, 0)
    start = case((rests > _M.next_attempt, rests), else_=_M.next_attempt)
    waiting = select(func.min(start)).select_from(alert_messages)
    waiting = waiting.outerjoin(alert_channels, _C.channel == _M.channel).where(_M.state == "waiting")
    leased = select(func.min(_M.lease_until)).where(_M.state == "sending")
    found = [con.scalar(waiting), con.scalar(leased)]
    return min((time_of(stamp) for stamp in found if stamp is not None), default=None)


def rests(con: Connection, channel: str, now: datetime) -> bool:
    """Whether nothing is tried on the channel now."""
    until = con.scalar(select(_C.rests_until).where(_C.channel == channel))
    return until is not None and until > microseconds(now)


def wake(con: Connection, channel: str) -> None:
    """The channel rests no more."""
    con.execute(update(alert_channels).where(_C.channel == channel).values(rests_until=0))


def note_sent(con: Connection, channel: str, now: datetime) -> None:
    """The channel works."""
    _put(
        con, channel,
        failures=0, failing_since=None, rests_until=0, last_sent=microseconds(now), last_error="",
    )  # fmt: skip


def note_failed(
    con: Connection, channel: str, why: str, now: datetime, policy: Policy, after: float = 0.0
) -> None:
    """The channel failed once more; it rests where that were too many, or for the seconds it asked for.

    Where it did nothing else for as long as anyone waits, messages that waited so long are failed.
    """
    before = con.execute(select(alert_channels).where(_C.channel == channel)).first()
    failures = (before.failures if before else 0) + 1
    since = before.failing_since if before and before.failing_since is not None else microseconds(now)
    rest = microseconds(now + policy.rest(failures, after))
    _put(con, channel, failures=failures, failing_since=since, rests_until=rest, last_error=why)
    long_ago = microseconds(now - policy.age)
    if since <= long_ago:
        old = and_(_M.channel == channel, _M.state == "waiting", _M.due < long_ago)
        hours = policy.age // timedelta(hours=1)
        _fail(con, old, f"The channel took nothing in {hours} hours: {why}", now)


def _put(con: Connection, channel: str, **values: Any) -> None:
    made = (sqlite if con.dialect.name == "sqlite" else postgresql).insert(alert_channels)
    fresh = {"failures": 0, "rests_until": 0, "last_error": "", **values, "channel": channel}
    con.execute(made.values(fresh).on_conflict_do_update(index_elements=["channel"], set_=values))


def fail_unknown(con: Connection, known: Container[str], due: Sequence[str], now: datetime) -> None:
    """Messages that are due on channels which are not in the settings are failed."""
    for channel in due:
        if channel not in known:
            waits = and_(_M.channel == channel, _M.state == "waiting", _M.next_attempt <= microseconds(now))
            _fail(con, waits, f"There is no channel '{channel}' in apportion.yaml.", now)


def held_for(con: Connection, which: ColumnElement[bool]) -> list[str]:
    """Messages about to be changed together, locked; those that another process is at are left to it."""
    found = select(_M.message_id).where(which).order_by(_M.message_id).limit(MOST)
    return list(con.scalars(found.with_for_update(skip_locked=True)))


def _fail(con: Connection, which: ColumnElement[bool], said: str, now: datetime) -> None:
    state = case((ever_unclear(), "uncertain"), else_="failed")
    values = {"state": state, "finished": microseconds(now), "last_error": said}
    if ids := held_for(con, which):
        con.execute(update(alert_messages).where(_M.message_id.in_(ids)).values(**values))
