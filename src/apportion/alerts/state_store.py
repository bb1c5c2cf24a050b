"""Alerts in the state database: read and written within the caller's transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Connection, Row, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement

from apportion.alerts.signals import Severity, Signal
from apportion.alerts.state import Alert, AlertState, Earlier, Event, Key, Notice
from apportion.alerts.times import microseconds, time_of, time_or_none
from apportion.database import alert_evaluations, alert_events, alert_notices, alerts

CHUNK = 400
"""So many values stand in one statement."""
AMOUNTS = ("value", "limit")
_A, _N = alerts.c, alert_notices.c


def lock(con: Connection) -> None:
    """Wait until nobody else decides. SQLite has one writer anyway; readers wait nowhere."""
    if con.dialect.name == "postgresql":
        con.execute(text("LOCK TABLE alerts IN SHARE ROW EXCLUSIVE MODE"))


def standing(con: Connection) -> list[Alert]:
    """Alerts that hold, and those that are over of which a channel has yet to hear."""
    unheard = select(_N.alert_id).where(_N.ended.is_(False))
    return read(con, _A.resolved.is_(None) | _A.alert_id.in_(unheard))


def read(con: Connection, condition: ColumnElement[bool]) -> list[Alert]:
    """Alerts with what was told of them, the oldest first."""
    rows = con.execute(select(alerts).where(condition).order_by(_A.opened, _A.alert_id)).all()
    ids = [row.alert_id for row in rows]
    notices: dict[str, dict[str, Notice]] = {}
    for part in chunks(ids):
        for row in con.execute(select(alert_notices).where(_N.alert_id.in_(part))):
            notices.setdefault(row.alert_id, {})[row.channel] = _notice(row)
    return [_alert(row, notices.get(row.alert_id, {})) for row in rows]


def earlier(con: Connection, keys: Iterable[Key]) -> dict[Key, Earlier]:
    """What was told of the same things by alerts that are over."""
    by_rule: dict[str, list[str]] = {}
    for rule, key in keys:
        by_rule.setdefault(rule, []).append(key)
    found: dict[Key, Earlier] = {}
    for rule, named in by_rule.items():
        for part in chunks(named):
            about = (_A.rule == rule) & _A.key.in_(part) & _A.resolved.is_not(None)
            for alert in read(con, about):
                found[alert.about] = found.get(alert.about, Earlier()).and_then(alert)
    return found


def save(con: Connection, changed: Sequence[Alert], events: Sequence[Event], now: datetime) -> None:
    """Keep alerts as they are now, and what happened."""
    _upsert(con, alerts, [_alert_row(alert, now) for alert in changed])
    rows = [
        {"alert_id": alert.alert_id, "channel": channel, **_notice_row(notice)}
        for alert in changed
        for channel, notice in alert.notices.items()
    ]
    _upsert(con, alert_notices, rows)
    _upsert(con, alert_events, [_event_row(event) for event in events])


def evaluated(con: Connection) -> dict[str, tuple[datetime, int]]:
    """When each rule was last evaluated, and how much it found."""
    return {row.rule: (time_of(row.at), row.signals) for row in con.execute(select(alert_evaluations))}


def note_evaluations(con: Connection, counts: Mapping[str, int], now: datetime) -> None:
    rows = [{"rule": rule, "at": microseconds(now), "signals": n} for rule, n in counts.items()]
    _upsert(con, alert_evaluations, rows)


def history(con: Connection, alert_id: str) -> list[Event]:
    """What became of an alert, the oldest first."""
    rows = con.execute(
        select(alert_events).where(alert_events.c.alert_id == alert_id).order_by(alert_events.c.at)
    ).all()
    found = [Event(r.alert_id, time_of(r.at), r.event, r.severity, r.channel, r.who, r.reason) for r in rows]
    return sorted(found, key=lambda event: (event.at, event.event.startswith("told"), event.channel))


def _upsert(con: Connection, table: Any, rows: Sequence[Mapping[str, object]]) -> None:
    if not rows:
        return
    insert = (sqlite if con.dialect.name == "sqlite" else postgresql).insert(table)
    keys = [column.name for column in table.primary_key]
    others = {column.name: insert.excluded[column.name] for column in table.c if column.name not in keys}
    con.execute(insert.on_conflict_do_update(index_elements=keys, set_=others), list(rows))


def _alert_row(alert: Alert, now: datetime) -> dict[str, object]:
    signal = alert.signal
    body = {
        **vars(signal),
        "at": signal.at.isoformat(),
        "until": signal.until.isoformat() if signal.until else None,
        "dimensions": dict(signal.dimensions),
        "lines": list(signal.lines),
        **{name: None if (amount := getattr(signal, name)) is None else str(amount) for name in AMOUNTS},
    }
    stamps = ("missing_since", "resolved", "acknowledged", "muted_until")
    times = {name: None if (at := getattr(alert, name)) is None else microseconds(at) for name in stamps}
    return {
        "alert_id": alert.alert_id,
        "rule": alert.signal.rule,
        "key": alert.signal.key,
        "state": alert.state,
        "severity": alert.severity,
        "body": json.dumps(body, ensure_ascii=False),
        **{name: microseconds(getattr(alert, name)) for name in ("opened", "severe_since", "found")},
        **times,
        "who": alert.who,
        "reason": alert.reason,
        "changed": microseconds(now),
    }


def _alert(row: Row[Any], notices: Mapping[str, Notice]) -> Alert:
    body = json.loads(row.body)
    body["at"] = datetime.fromisoformat(body["at"])
    body["until"] = datetime.fromisoformat(body["until"]) if body.get("until") else None
    body["lines"] = tuple(body["lines"])
    body |= {name: None if body[name] is None else Decimal(body[name]) for name in AMOUNTS}
    return Alert(
        alert_id=row.alert_id,
        signal=Signal(**body),
        state=cast("AlertState", row.state),
        opened=time_of(row.opened),
        severe_since=time_of(row.severe_since),
        found=time_of(row.found),
        missing_since=time_or_none(row.missing_since),
        resolved=time_or_none(row.resolved),
        acknowledged=time_or_none(row.acknowledged),
        muted_until=time_or_none(row.muted_until),
        who=row.who,
        reason=row.reason,
        notices=dict(sorted(notices.items())),
    )


def _notice_row(notice: Notice) -> dict[str, object]:
    times = {"first": microseconds(notice.first), "told": microseconds(notice.told)}
    return {**asdict(notice), **times}


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        cast("Severity", row.severity),
        time_of(row.first),
        time_of(row.told),
        row.sequence,
        row.reminders,
        row.ended,
    )


def _event_row(event: Event) -> dict[str, object]:
    return {**asdict(event), "event_id": event.event_id, "at": microseconds(event.at)}


def chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    """The values in parts that fit in one statement."""
    return (values[at : at + CHUNK] for at in range(0, len(values), CHUNK))
