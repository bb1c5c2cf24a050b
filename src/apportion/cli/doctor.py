"""What can be wrong with a workspace, and what to do about it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from apportion.ingestion import Finding

if TYPE_CHECKING:
    from apportion.app import App


def checks(app: "App") -> Iterator[Finding]:
    """Look at the workspace from its file to its last statement."""
    yield Finding("ok", f"apportion.yaml is valid; {len(app.workspace.perspectives)} perspectives")
    yield from _sinks(app)
    loads = [load for load in app.loads() if load["status"] != "replaced"]
    if not loads:
        yield Finding("bad", "no bill is loaded", "apportion ingest focus PATH --source NAME")
        return
    yield Finding(
        "ok", f"{len(loads)} billing periods of {len({x['source'] for x in loads})} sources are loaded"
    )
    for load in loads:
        if load["rejected_rows"]:
            yield Finding(
                "note",
                f"{load['source']} {load['billing_period']}: {load['rejected_rows']:,} rows rejected",
                f"apportion loads show {load['load_id']}",
            )
    run = app.ledger.run()
    if run is None:
        yield Finding("bad", "nothing is allocated yet", "apportion allocate")
        return
    newest = app.ledger.table("charges").version()
    if run.versions["charges"] != newest:
        yield Finding("note", "bills were loaded after the last run", "apportion allocate")
    yield from _statement(app)


def _sinks(app: "App") -> Iterator[Finding]:
    for state in (follower.state() for follower in app.sinks()):
        what = f"sink {state.sink}: {state.waiting:,} operations wait, {state.sent:,} were sent"
        if state.failing:
            yield Finding("note", f"{what}; {state.last_error}", "apportion operations sinks")
        elif state.waiting and not state.followed:
            yield Finding(
                "note", f"{what}; nobody follows", "apportion serve, or apportion operations follow"
            )
        else:
            yield Finding("ok", what)


def _statement(app: "App") -> Iterator[Finding]:
    with app.reader() as (con, facts):
        rows = con.execute(
            "SELECT perspective, currency, sum(charged), sum(unallocated), sum(difference) "
            "FROM reconciliation WHERE metric = ? GROUP BY ALL ORDER BY ALL",
            [facts.metric],
        ).fetchall()
    for perspective, currency, charged, unallocated, difference in rows:
        state: Literal["ok", "bad"] = "ok" if difference == 0 else "bad"
        share = Decimal(100) * unallocated / charged if charged else Decimal(0)
        yield Finding(
            state,
            f"{perspective}: {facts.metric} {charged:,.2f} {currency} reconciles with a difference of "
            f"{difference:f}; {share:.1f} % unallocated",
        )
