"""Whatever comes in whatever order: a period's sums are those of its rows, and nothing counts twice."""

import contextlib
import json
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from apportion.budgets.errors import OverBudget
from apportion.core.errors import NotFound, Refused
from apportion.core.times import time_of
from apportion.database import State, budget_entries, budget_periods, operations, reservations
from apportion.database.tables import metadata
from apportion.metering.changed import changed_after
from budgets_kept import TREE, Desk

IDS = st.sampled_from(("a", "b", "c", "d"))
TEAMS = st.sampled_from(("search", "ads"))
COSTS = st.sampled_from(("0", "0.4", "1", "3", "7"))
STEPS = st.one_of(
    st.tuples(st.just("reserve"), IDS, TEAMS, COSTS),
    st.tuples(st.just("settle"), IDS, COSTS),
    st.tuples(st.just("release"), IDS),
    st.tuples(st.just("reserve"), IDS, st.just("search"), st.just("1")),  # often the same id again
    st.tuples(st.just("operation"), IDS, TEAMS, st.one_of(st.none(), COSTS)),
    st.tuples(st.just("unpriced"), IDS),
    st.tuples(st.just("dated"), IDS, COSTS, st.sampled_from((-40, -1, 1, 40))),
    st.tuples(st.just("reprice"), IDS, st.one_of(st.none(), COSTS)),
    st.tuples(st.just("move"), IDS, TEAMS),
    st.tuples(st.just("another day"), IDS),
    st.tuples(st.just("withdraw"), IDS),
    st.tuples(st.just("later")),
    st.tuples(st.just("sweep")),
    st.tuples(st.just("declare"), st.sampled_from(("all", "old", "other"))),
)
BUDGETS: dict[str, Any] = {
    "company": {"amount": 12, "enforced": True},
    "teams": {"for": {"team": "*"}, "amount": 8, "enforced": True, "period": "daily"},
    "soft": {"amount": 2, "where": {"team": "search"}},
}
"""Two that hold, of which one goes by days, and one that only counts."""
FILES: dict[str, dict[str, Any]] = {
    "old": BUDGETS,
    "all": {**BUDGETS, "weekly": {"amount": 30, "enforced": True, "period": "weekly"}},
    "other": {**BUDGETS, "soft": {"amount": 2, "where": {"team": "ads"}}},
}


def step(company: Desk, what: str, *given: Any) -> None:
    match what:
        case "reserve":
            held = company.reserve(given[0], team=given[1], estimate=given[2])
            assert held.state == "held"
            assert held.expires_at > company.now
            assert {room.budget for room in held.budgets} >= {"company", "teams"}
        case "settle":
            company.settle(given[0], cost=given[1])
        case "release":
            company.settle(given[0], release=True)
        case "operation":
            company.spend(given[0], given[2], team=given[1])
        case "unpriced":
            company.settle(given[0], operation={"input_tokens": 5})
        case "dated":
            with contextlib.suppress(OverBudget, Refused):  # most often of a call that was asked for
                company.reserve(given[0], team="search", estimate="1")
            company.spend(given[0], given[1], team="search", time=company.now + timedelta(days=given[2]))
        case "declare":
            company.meter.close()
            company.declare(**FILES[given[0]])
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
    """What is counted is what operations and reservations say, worked out anew from them alone."""
    declared = company.budgets.declared
    with company.state.read() as con:
        told = {row["operation_id"]: row for row in changed_after(con, -1, TREE)}
        asked = {row.reservation_id: row for row in con.execute(select(reservations))}
        entries = con.execute(select(budget_entries)).all()
        periods = {row.period_id: row for row in con.execute(select(budget_periods))}
    expected: dict[tuple[str, str], tuple[str, int]] = {}
    for name, operation in told.items():
        if operation["price_state"] == "withdrawn":
            continue
        reserved = asked.get(name)
        slots = {slot.budget: slot for slot in declared.slots(operation, operation["time"])}
        if reserved:
            then = declared.slots(operation, time_of(reserved.created))
            slots = {**{slot.budget: slot for slot in then}, **slots}
        cost = None if operation["cost"] is None else int(operation["cost"] * 10**9)
        if cost is None and reserved:
            cost = reserved.estimate if reserved.cost is None else reserved.cost
        for slot in slots.values():
            expected[name, slot.period_id] = ("uncounted", 0) if cost is None else ("spent", cost)
    for name, one in asked.items():
        if one.state == "held" or (one.state == "settled" and name not in told):
            counts = ("held", one.estimate) if one.state == "held" else ("spent", one.cost)
            for slot in declared.slots(json.loads(one.fields), time_of(one.created)):
                expected[name, slot.period_id] = counts
    found = {
        (e.operation_id, e.period_id): ("spent" if e.state in ("told", "estimated") else e.state, e.amount)
        for e in entries
        if declared.counts(periods[e.period_id].budget, periods[e.period_id].start)
    }
    assert found == expected


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
