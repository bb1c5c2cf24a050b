"""What becomes known of operations after them, added to them or kept until they come."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from apportion.database import operations, outcomes
from apportion.metering.operation import Outcome


def complete(con: Connection, given: Sequence[Outcome], received: datetime, number: int) -> list[str]:
    """Add outcomes to their operations; those for ids not seen yet wait, and their ids are returned.

    `number` is the highest `changed` so far.
    """
    waiting = []
    for n, outcome in enumerate(given, number + 1):
        told = _told(outcome)
        if not _add(con, outcome["id"], told, n):
            _keep(con, outcome["id"], told, received)
            waiting.append(outcome["id"])
    return waiting


def catch_up(con: Connection, ids: Sequence[str], number: int) -> int:
    """Give operations that have just come the outcomes that waited for them; the highest `changed` then."""
    if con.scalar(select(outcomes.c.operation_id).limit(1)) is None:  # nearly always
        return number
    found = select(outcomes.c.operation_id, outcomes.c.body).where(outcomes.c.operation_id.in_(ids))
    for name, body in con.execute(found).all():
        number += 1
        _add(con, name, json.loads(body), number)
        con.execute(delete(outcomes).where(outcomes.c.operation_id == name))
    return number


def _told(outcome: Outcome) -> dict[str, Any]:
    given = {k: v for k, v in outcome.items() if k != "id" and v is not None}
    return {k: format(v, "f") if k in ("value", "units") else v for k, v in given.items()}


def _add(con: Connection, operation_id: str, told: dict[str, Any], number: int) -> bool:
    mine = operations.c.operation_id == operation_id
    return con.execute(update(operations).where(mine).values(**told, changed=number)).rowcount > 0


def _keep(con: Connection, operation_id: str, told: dict[str, Any], received: datetime) -> None:
    mine = outcomes.c.operation_id == operation_id
    known = con.scalar(select(outcomes.c.body).where(mine))
    body = json.dumps({**(json.loads(known) if known else {}), **told}, sort_keys=True)
    con.execute(delete(outcomes).where(mine))
    when = int(received.timestamp() * 1_000_000)
    con.execute(insert(outcomes).values(operation_id=operation_id, received=when, body=body))
