"""Operations that traces tell of: read again from all that is known of a trace when more of it comes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from apportion.database import operations, spans
from apportion.metering.outcome import catch_up
from apportion.metering.store import COLUMNS, ID, Counted, Row, Store, microseconds

OUTCOME = ("success", "value", "units", "unit")
WITHDRAWN = "withdrawn"
"""The price state of a row that stands for nothing any more, until the archive has forgotten it, too."""


def follow_trace(
    store: Store,
    trace_id: str,
    told: Mapping[str, str],
    received: datetime,
    read: Callable[[Sequence[str]], Sequence[Row]],
) -> Counted:
    """Keep what spans of a trace tell (span id → JSON), and its operations as all of its spans tell them now.

    `read` makes rows from the JSON of all spans. An operation that they tell no longer is withdrawn.
    """
    with store.turn() as (con, number):
        bodies = _bodies(con, trace_id)
        if all(bodies.get(span) == body for span, body in told.items()):
            return Counted(0, len(_of_trace(con, trace_id)))
        _keep(con, trace_id, told, received)
        rows = read(list(_bodies(con, trace_id).values()))
        before = _of_trace(con, trace_id)
        if rows:
            con.exec_driver_sql(_upsertion(store), [(*r, number + n) for n, r in enumerate(rows, 1)])
        ids = [r[ID] for r in rows]
        after = catch_up(con, ids, number + len(rows))
        for n, gone in enumerate(sorted(before - set(ids)), after + 1):
            withdrawn = update(operations).where(operations.c.operation_id == gone)
            con.execute(withdrawn.values(price_state=WITHDRAWN, cost=None, changed=n))
        new = len(set(ids) - before)
        return Counted(new, len(ids) - new)


def _bodies(con: Connection, trace_id: str) -> dict[str, str]:
    mine = select(spans.c.span_id, spans.c.body).where(spans.c.trace_id == trace_id)
    return {str(span): str(body) for span, body in con.execute(mine.order_by(spans.c.span_id))}


def _of_trace(con: Connection, trace_id: str) -> set[str]:
    """Ids of the operations that the trace has told so far."""
    mine = (operations.c.source == "otlp") & (operations.c.trace_id == trace_id)
    stands = operations.c.price_state != WITHDRAWN
    return set(con.execute(select(operations.c.operation_id).where(mine & stands)).scalars())


def _keep(con: Connection, trace_id: str, told: Mapping[str, str], received: datetime) -> None:
    when = microseconds(received)
    con.execute(delete(spans).where(spans.c.trace_id == trace_id, spans.c.span_id.in_(told)))
    rows = [{"trace_id": trace_id, "span_id": s, "received": when, "body": b} for s, b in told.items()]
    con.execute(insert(spans), rows)


def _upsertion(store: Store) -> str:
    """A later telling stands instead of the one before, but for outcomes that came by themselves."""
    kept = ", ".join(
        f'"{c}" = coalesce(excluded."{c}", operations."{c}")' if c in OUTCOME else f'"{c}" = excluded."{c}"'
        for c in COLUMNS
        if c not in ("operation_id", "received")
    )
    return f"{store.insertion} ON CONFLICT (operation_id) DO UPDATE SET {kept}"
