"""Moves operations from the state database to the ledger: each is in one or in both, and shown once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
from sqlalchemy import delete, select

from apportion.database import operations, outcomes, spans
from apportion.engine import connect, quote_text, statement
from apportion.ledger import Slice, Table
from apportion.ledger.schemas import OPERATIONS, delta_schema
from apportion.metering.recent import PACKAGE, THROUGH, Recent, archived_through
from apportion.metering.store import Store, microseconds

KEPT = timedelta(days=35)
"""How long an operation stays in the state database, where sending it twice counts once."""
TRACES_KEPT = timedelta(days=2)
"""How long more of a trace may arrive and be understood together with what came before."""
_WAITING = select(outcomes.c.operation_id, outcomes.c.body)


@dataclass(frozen=True)
class Archived:
    """How many operations the archive got or replaced, and how many the state database let go."""

    archived: int
    pruned: int


def archive(
    store: Store,
    table: Table,
    now: datetime,
    spill: Path,
    kept: timedelta = KEPT,
    said: Callable[[str], None] = lambda _: None,
    *,
    needed: int | None = None,
) -> Archived:
    """Add what has changed to the archive in one commit; then let go what is older than `kept`.

    What changed after `needed` is not let go: a sink has yet to send it.

    Wherever this is interrupted, nothing is lost and nothing shown twice: readers go by the number that the
    commit carries. Raises Transient where another archives at the same time.
    """
    con = connect(memory_limit="2GB", temp=spill)
    try:
        said("changes")
        at = table.version()  # what is read from here on must still stand at the commit
        seen = Recent(con, store.state, table).follow()
        late = _late_outcomes(con, store)
        found = con.execute("SELECT count(*) FROM recent_operations").fetchone()
        count = int(found[0]) if found else 0
        if count:
            said("archive")
            _commit(con, table, seen, at)
            _done(store, late)
        through = archived_through(table)
        sent = through if needed is None else min(through, needed)
        return Archived(count, _prune(store, sent, now, kept))
    finally:
        con.close()


def _late_outcomes(con: duckdb.DuckDBPyConnection, store: Store) -> dict[str, str]:
    """Outcomes that came for operations which only the archive has: those operations are taken up again."""
    with store.state.read() as state:
        waiting = {str(name): str(body) for name, body in state.execute(_WAITING)}
    con.execute("CREATE OR REPLACE TEMP TABLE waiting (operation_id VARCHAR, body JSON)")
    if waiting:
        con.executemany("INSERT INTO waiting VALUES (?, ?)", list(waiting.items()))
        con.execute(statement(PACKAGE, "late_outcomes"))
    found = con.execute("SELECT operation_id FROM waiting SEMI JOIN recent_operations USING (operation_id)")
    return {name: waiting[name] for (name,) in found.fetchall()}


def _done(store: Store, late: dict[str, str]) -> None:
    """Those whose outcome has not changed since wait no longer."""
    with store.turn() as (con, _):
        for name, body in late.items():
            con.execute(delete(outcomes).where(outcomes.c.operation_id == name, outcomes.c.body == body))


def _commit(con: duckdb.DuckDBPyConnection, table: Table, seen: int, at: int) -> None:
    """The days of which anything changed are written again; a file holds one day of one month."""
    slices = []
    for period, days in _touched(con, table).items():
        part = {"period": period}
        standing = table.files(part) if table.version() >= 0 else []
        files = [Path(path) for path in standing if _day(path) not in days]
        for day in sorted(days):
            path = table.partition_directory(part) / f"{day}-{seen}.parquet"
            parts = {"day": quote_text(day), "path": quote_text(str(path)), "columns": ", ".join(OPERATIONS)}
            written = con.execute(statement(PACKAGE, "archive", **parts)).fetchone()
            if written and written[0]:
                files.append(path)
        slices.append(Slice(part, files))
    table.replace(slices, schema=delta_schema(OPERATIONS), record={THROUGH: seen}, expect=at)


def _touched(con: duckdb.DuckDBPyConnection, table: Table) -> dict[str, set[str]]:
    """Days by month, of what changed as it is now and as the archive has it."""
    files = [quote_text(path) for path in table.files()] if table.version() >= 0 else []
    archived = (
        f"read_parquet([{', '.join(files)}], hive_partitioning = false)" if files else "recent_operations"
    )
    days = con.execute(statement(PACKAGE, "touched", archived=archived)).fetchall()
    found: dict[str, set[str]] = {}
    for (day,) in days:
        found.setdefault(day[:7], set()).add(day)
    return found


def _day(path: str) -> str:
    return Path(path).name[:10]


def _prune(store: Store, through: int, now: datetime, kept: timedelta) -> int:
    old = microseconds(now - kept)
    with store.turn() as (con, _):
        con.execute(delete(spans).where(spans.c.received < microseconds(now - TRACES_KEPT)))
        gone = (operations.c.changed <= through) & (operations.c.time < old)
        newest = operations.c.changed < through  # the last number stays, so that they go on growing
        return con.execute(delete(operations).where(gone & newest)).rowcount
