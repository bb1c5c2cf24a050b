"""Operations that traces tell of: read again from all that is known of a trace when more of it comes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from apportion.database import operations, spans
from apportion.metering.outcome import catch_up
from apportion.metering.store import COLUMNS, ID, Counted, Row, Store, microseconds

OUTCOME = ("success", "value", "units", "unit")
WITHDRAWN = "withdrawn"
"""The price state of a row that stands for nothing any more, until the archive has forgotten it, too."""
AT_ONCE = 500

Told = Mapping[str, Mapping[str, str]]
"""Trace → span → what it tells, as JSON."""


def follow_traces(
    store: Store, told: Told, received: datetime, read: Callable[[Sequence[str]], Sequence[Row]]
) -> Counted:
    """Keep what spans tell, and the operations of their traces as all of their spans tell them now.

    `read` makes rows from the JSON of all spans of one trace. An operation that they tell no longer is
    withdrawn. All in one transaction.
    """
    with store.turn() as (con, changed):
        known = _bodies(con, told)
        fresh = {
            t: s for t, s in told.items() if any(known.get(t, {}).get(n) != body for n, body in s.items())
        }
        _keep(con, fresh, received)
        rows = [r for t, s in fresh.items() for r in read(list({**known.get(t, {}), **s}.values()))]
        before = _ids_of(con, fresh)
        if rows:
            con.exec_driver_sql(_upsertion(store), [(*r, changed + n) for n, r in enumerate(rows, 1)])
        ids = [r[ID] for r in rows]
        after = catch_up(con, ids, changed + len(rows))
        _withdraw(con, sorted(before - set(ids)), after)
        new = len(set(ids) - before)
        return Counted(new, len(ids) - new + len(told) - len(fresh))


def _some(names: Iterable[str]) -> Iterator[list[str]]:
    """As many at once as a statement may name."""
    listed = list(names)
    return (listed[at : at + AT_ONCE] for at in range(0, len(listed), AT_ONCE))


def _bodies(con: Connection, traces: Iterable[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for some in _some(traces):
        mine = select(spans.c.trace_id, spans.c.span_id, spans.c.body).where(spans.c.trace_id.in_(some))
        for trace, span, body in con.execute(mine):
            found.setdefault(trace, {})[span] = body
    return found


def _ids_of(con: Connection, traces: Iterable[str]) -> set[str]:
    """Ids of the operations that these traces have told so far."""
    found: set[str] = set()
    stands = (operations.c.source == "otlp") & (operations.c.price_state != WITHDRAWN)
    for some in _some(traces):
        mine = select(operations.c.operation_id).where(operations.c.trace_id.in_(some) & stands)
        found.update(con.execute(mine).scalars())
    return found


def _keep(con: Connection, told: Told, received: datetime) -> None:
    rows = [
        {"trace_id": trace, "span_id": span, "received": microseconds(received), "body": body}
        for trace, bodies in told.items()
        for span, body in bodies.items()
    ]
    if rows:
        mine = (spans.c.trace_id == bindparam("t")) & (spans.c.span_id == bindparam("s"))
        con.execute(delete(spans).where(mine), [{"t": r["trace_id"], "s": r["span_id"]} for r in rows])
        con.execute(insert(spans), rows)


def _withdraw(con: Connection, gone: Sequence[str], changed: int) -> None:
    for n, name in enumerate(gone, changed + 1):
        mine = update(operations).where(operations.c.operation_id == name)
        con.execute(mine.values(price_state=WITHDRAWN, cost=None, changed=n))


def _upsertion(store: Store) -> str:
    """A later telling stands instead of the one before, but for outcomes that came by themselves."""
    kept = ", ".join(
        f'"{c}" = coalesce(excluded."{c}", operations."{c}")' if c in OUTCOME else f'"{c}" = excluded."{c}"'
        for c in COLUMNS
        if c not in ("operation_id", "received")
    )
    return f"{store.insertion} ON CONFLICT (operation_id) DO UPDATE SET {kept}"
