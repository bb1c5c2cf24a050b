"""Incidents as they are kept in the state database, and what people said of them."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from apportion.access import audit
from apportion.anomalies.incidents import Incident, State
from apportion.core.errors import BadInput, NotFound
from apportion.database import State as Database
from apportion.database import incident_events, incidents, looked

RECENT = 2000
"""Incidents that are over, and are looked through besides those that are not."""


def microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def known(state: Database, *, limit: int = RECENT) -> list[Incident]:
    """Incidents, the one seen last first: all that are not over, and so many of the others."""
    ordered = select(incidents.c.body, incidents.c.last_step, incidents.c.incident_id)
    alive = ordered.where(incidents.c.state != "resolved")
    over = ordered.where(incidents.c.state == "resolved")
    over = over.order_by(incidents.c.last_step.desc(), incidents.c.incident_id).limit(limit)
    with state.read() as con:
        found = [*con.execute(alive), *con.execute(over)]
    found.sort(key=lambda row: (row.last_step, row.incident_id), reverse=True)
    return [Incident.model_validate_json(row.body) for row in found]


def put(state: Database, found: Sequence[Incident], now: datetime) -> None:
    """Keep incidents in one transaction: new ones, and those that changed. What people said of one stays."""
    with state.write() as con:
        for incident in found:
            _put(con, _as_people_left_it(con, incident), now)


def _as_people_left_it(con: Connection, incident: Incident) -> Incident:
    """In the state of the database: somebody may have spoken while this was being found."""
    standing = con.execute(
        select(incidents.c.body).where(incidents.c.incident_id == incident.incident_id)
    ).scalar()
    if standing is None:
        return incident
    old = Incident.model_validate_json(standing)
    said = {name: getattr(old, name) for name in ("reason", "found", "reopened")}
    over = incident.state == "resolved" and old.state != "expected" and not old.reopened
    return incident.model_copy(update=said if over else {**said, "state": old.state})


def _put(con: Connection, incident: Incident, now: datetime) -> None:
    row = {
        "incident_id": incident.incident_id,
        "grain": incident.grain,
        "first_step": incident.first_step.isoformat(),
        "last_step": incident.last_step.isoformat(),
        "state": incident.state,
        "severity": incident.severity,
        "direction": incident.direction,
        "body": incident.model_dump_json(),
        "found": microseconds(incident.found),
        "changed": microseconds(now),
    }
    changed = incidents.update().where(incidents.c.incident_id == incident.incident_id).values(**row)
    if not con.execute(changed).rowcount:
        con.execute(incidents.insert().values(**row))


def last_look(state: Database, ground: str) -> str | None:
    """What was last judged of a ground; None where nothing ever was, as far as this database knows."""
    with state.read() as con:
        return con.execute(select(looked.c.key).where(looked.c.ground == ground)).scalar()


def keep_look(state: Database, ground: str, key: str, now: datetime) -> None:
    """Remember what was judged."""
    row = {"ground": ground, "key": key, "at": microseconds(now)}
    with state.write() as con:
        if not con.execute(looked.update().where(looked.c.ground == ground).values(**row)).rowcount:
            con.execute(looked.insert().values(**row))


def one(state: Database, name: str) -> Incident:
    """One incident by its id, or the beginning of it. Raises NotFound, or BadInput where several begin so."""
    asked = select(incidents.c.body).where(incidents.c.incident_id.startswith(name, autoescape=True)).limit(2)
    with state.read() as con:
        found = [Incident.model_validate_json(body) for (body,) in con.execute(asked)]
    if not name or not found:
        raise no_such(name)
    if len(found) > 1:
        raise BadInput(f"Several anomalies begin with '{name}'.", hint="Give more of it.")
    return found[0]


def no_such(name: str) -> NotFound:
    """What one is told who asks for an incident that is not there."""
    return NotFound(
        f"There is no anomaly '{name}'.", hint="'apportion anomalies list' shows those that are known."
    )


def say(state: Database, incident: Incident, to: State, reason: str, who: str, now: datetime) -> Incident:
    """Put an incident into another state, with what was said; BadInput for 'expected' without a reason."""
    if to == "expected" and not reason.strip():
        raise BadInput(
            "What is expected needs a reason.",
            where="reason",
            hint="Say why, so that the next one who sees the like knows: --reason 'load test'.",
        )
    event = {
        "event_id": uuid.uuid4().hex,
        "incident_id": incident.incident_id,
        "at": microseconds(now),
        "state": to,
        "reason": reason.strip(),
        "who": who,
    }
    with state.write() as con:  # a look may have changed the rest of it just now
        body = con.execute(
            select(incidents.c.body).where(incidents.c.incident_id == incident.incident_id)
        ).scalar_one()
        told = {"state": to, "reason": reason.strip(), "reopened": to == "open"}
        changed = Incident.model_validate_json(body).model_copy(update=told)
        _put(con, changed, now)
        con.execute(incident_events.insert().values(**event))
        detail = {"state": to, "reason": reason.strip()}
        audit.record(con, audit.Entry.named(who, "mark_anomaly", incident.incident_id, **detail), now)
    return changed


def said_of(state: Database, name: str) -> list[dict[str, str]]:
    """What people said of an incident, the first word first."""
    asked = select(incident_events).where(incident_events.c.incident_id == name)
    with state.read() as con:
        rows = con.execute(asked.order_by(incident_events.c.at)).mappings().all()
    return [
        {
            "at": datetime.fromtimestamp(row["at"] / 1e6, UTC).isoformat(),
            "state": row["state"],
            "reason": row["reason"],
            "who": row["who"],
        }
        for row in rows
    ]
