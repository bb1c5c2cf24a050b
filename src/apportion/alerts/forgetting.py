"""What is long over is forgotten: messages with their attempts, alerts with their history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, delete, or_, select

from apportion.alerts import state_store as store
from apportion.alerts.times import microseconds
from apportion.database import (
    State,
    alert_deliveries,
    alert_events,
    alert_messages,
    alert_notices,
    alerts,
)

_M, _A, _N = alert_messages.c, alerts.c, alert_notices.c
GOING = ("waiting", "sending")


@dataclass(frozen=True)
class Forgotten:
    """How much was forgotten."""

    messages: int = 0
    alerts: int = 0


def forget(state: State, before: datetime) -> Forgotten:
    """Delete what was over before a time, all of it or, after an error, nothing.

    Messages that were sent, failed, dropped or are uncertain go with their attempts; alerts that are over go
    with their history, unless a channel has yet to hear of the end or a mute holds for what comes back.
    With an alert goes who was told of it, which cooldowns rest on: `before` has to be longer ago than the
    longest of them. The log of actions stays. Raises Transient where the database does not answer.
    """
    stamp = microseconds(before)
    with state.write() as con:
        store.lock(con)
        return Forgotten(messages=_forget_messages(con, stamp), alerts=_forget_alerts(con, stamp))


def _forget_messages(con: Connection, before: int) -> int:
    """One that somebody puts back in line at this moment is left to them."""
    over = select(_M.message_id).where(_M.finished < before, _M.state.not_in(GOING))
    ids = list(con.scalars(over.order_by(_M.message_id).with_for_update(skip_locked=True)))
    _delete(con, (alert_deliveries, alert_messages), "message_id", ids)
    return len(ids)


def _forget_alerts(con: Connection, before: int) -> int:
    unheard = select(_N.alert_id).where(_N.ended.is_(False))
    over = select(_A.alert_id).where(
        _A.resolved < before,
        or_(_A.muted_until.is_(None), _A.muted_until < before),
        _A.alert_id.not_in(unheard),
    )
    ids = list(con.scalars(over))
    _delete(con, (alert_events, alert_notices, alerts), "alert_id", ids)
    return len(ids)


def _delete(con: Connection, tables: Iterable[Table], key: str, ids: Sequence[str]) -> None:
    for part in store.chunks(ids):
        for table in tables:
            con.execute(delete(table).where(table.c[key].in_(part)))
