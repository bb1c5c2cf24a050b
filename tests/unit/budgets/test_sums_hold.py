"""Whatever comes in whatever order: a period's sums are those of its rows, and nothing counts twice."""

import contextlib
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from apportion.budgets.errors import OverBudget
from apportion.core.errors import NotFound, Refused
from apportion.database import State, budget_entries, budget_periods, operations, reservations
from apportion.database.tables import metadata
from budgets_kept import Desk

IDS = st.sampled_from(("a", "b", "c", "d"))
TEAMS = st.sampled_from(("search", "ads"))
COSTS = st.sampled_from(("0", "0.4", "1", "3", "7"))
STEPS = st.one_of(
    st.tuples(st.just("reserve"), IDS, TEAMS, COSTS),
    st.tuples(st.just("settle"), IDS, COSTS),
    st.tuples(st.just("release"), IDS),
    st.tuples(st.just("operation"), IDS, TEAMS, st.one_of(st.none(), COSTS)),
    st.tuples(st.just("reprice"), IDS, st.one_of(st.none(), COSTS)),
    st.tuples(st.just("move"), IDS, TEAMS),
    st.tuples(st.just("another day"), IDS),
    st.tuples(st.just("withdraw"), IDS),
    st.tuples(st.just("later")),
    st.tuples(st.just("sweep")),
)
BUDGETS: dict[str, Any] = {
    "company": {"amount": 12, "enforced": True},
    "teams": {"for": {"team": "*"}, "amount": 8, "enforced": True, "period": "daily"},
    "soft": {"amount": 2, "where": {"team": "search"}},
}
"""Two that hold, of which one goes by days, and one that only counts."""


def step(company: Desk, what: str, *given: Any) -> None:
    match what:
        case "reserve":
            company.reserve(given[0], team=given[1], estimate=given[2])
        case "settle":
            company.settle(given[0], cost=given[1])
        case "release":
            company.settle(given[0], release=True)
        case "operation":
            company.spend(given[0], given[2], team=given[1])
        case "later":
            company.later(minutes=6)
        case "sweep":
            company.budgets.sweep(company.store)
        case _:
            change(company, what, *given)


def change(company: Desk, what: str, name: str, given: Any = None) -> None:
    if what == "reprice":
        to = {"cost": None if given is None else int(float(given) * 10) * 10**11, "price_state": "priced"}
    elif what == "move":
        to = {"team": given}
    elif what == "another day":
        to = {"time": int((company.now + timedelta(days=1)).timestamp() * 10**6)}
    else:
        to = {"cost": None, "price_state": "withdrawn"}
    with company.store.turn() as (con, changed):
        mine = (operations.c.operation_id == name) & (operations.c.price_state != "withdrawn")
        con.execute(update(operations).where(mine).values(**to, changed=changed + 1))


def counts_once(company: Desk) -> None:
    """An operation counts at its cost in the periods it belongs to; only what is held is held there."""
    with company.state.read() as con:
        told = {row.operation_id: row for row in con.execute(select(operations))}
        held = {row.reservation_id: row for row in con.execute(select(reservations))}
        entries = con.execute(select(budget_entries)).all()
        budgets = {row.period_id: row.budget for row in con.execute(select(budget_periods))}
    for name, operation in told.items():
        mine = {budgets[e.period_id]: e for e in entries if e.operation_id == name}
        stands = operation.price_state != "withdrawn"
        expected = (
            {"company", "teams", *(["soft"] if operation.team == "search" else [])} if stands else set()
        )
        assert {b for b, e in mine.items() if e.state != "held"} <= expected | {"company", "teams", "soft"}
        if stands and operation.cost is not None:
            assert {b: (e.state, e.amount) for b, e in mine.items()} == dict.fromkeys(
                expected, ("spent", operation.cost // 1000)
            )
    for entry in entries:
        if entry.state == "held":
            assert held[entry.operation_id].state == "held"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=5, max_size=14))
def test_sums_hold_after_each_step(state: State, steps: list[tuple[Any, ...]]) -> None:
    state.migrate()
    with state.write() as con:
        for table in metadata.sorted_tables:
            con.execute(delete(table))
    company = Desk(state, BUDGETS)
    try:
        for one in steps:
            with contextlib.suppress(OverBudget, Refused, NotFound):
                step(company, *one)
            company.check()
            counts_once(company)
    finally:
        company.meter.close()
