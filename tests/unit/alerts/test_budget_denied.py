"""An alert may take what an enforced budget has left: of its own entity, once, on the record, and undone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from apportion.alerts.actions.budget import Limits
from apportion.alerts.actions.following import follow
from apportion.alerts.actions.running import ActionRun, Asked, log, run, undo
from apportion.alerts.actions.settings import AnyAction, DenyAction
from apportion.alerts.signals import Signal
from apportion.alerts.watching import watch
from apportion.budgets.errors import OverBudget
from apportion.core.errors import NotFound, OverLimit, Refused
from apportion.database import State, budget_adjustments
from budgets_kept import Desk
from unit.alerts.watched import settings

DENY = {"kind": "deny_budget", "budgets": ["ai"], "armed": True, "when": {"rule": "losing"}}


@pytest.fixture
def desk(state: State) -> Iterator[Desk]:
    """Two teams with ten dollars each; one has spent eight, and somebody holds one more."""
    teams = {"for": {"team": "*"}, "amount": 10, "enforced": True}
    made = Desk(state, {"ai": teams, "all_ai": {"amount": 90, "enforced": True}, "soft": {"amount": 5}})
    made.spend("one", "8", team="search")
    made.spend("two", "1", team="ads")
    made.reserve("held", team="search", estimate=1)
    yield made
    made.meter.close()


def about(**dimensions: str) -> Signal:
    when = datetime(2026, 10, 5, 12).astimezone()
    said = {"severity": "warning", "title": "80 % is used", "text": "", "at": when}
    return Signal(rule="losing", key=str(sorted(dimensions.items())), dimensions=dimensions, **said)  # type: ignore[arg-type]


def follows(desk: Desk, *signals: Signal, **more: Any) -> list[ActionRun]:
    given = settings(actions={"deny": {**DENY, **more}})
    watch(desk.state, given, {"losing": signals}, desk.now)
    return follow(desk.state, given, lambda: desk.now, lambda action: limits(desk, action))


def limits(desk: Desk, action: AnyAction) -> Limits:
    assert isinstance(action, DenyAction)
    return Limits(action, desk.budgets.following, desk.store.alone, lambda: desk.now)


def action(**more: Any) -> DenyAction:
    return DenyAction.model_validate({**DENY, **more})


SEARCH = about(budget="ai", team="search")


def test_what_an_alert_is_about_is_denied_and_nothing_else(desk: Desk) -> None:
    [done] = follows(desk, SEARCH)
    assert (done.outcome, done.reason, done.who) == ("done", "80 % is used", "rule losing")
    assert done.said == "2.00 USD were left, and are no more: nothing is admitted until the period ends."
    assert done.before == {"limit": "10.00", "spent": "8.00"}
    desk.settle("held", cost="0.25")  # what it gives back lets nobody in
    with pytest.raises(OverBudget):
        desk.reserve(team="search", estimate=Decimal(0))  # not even what is free
    assert desk.reserve(team="ads", estimate=9).id


def test_it_is_denied_once_for_an_alert_and_the_next_period_is_free(desk: Desk) -> None:
    assert len(follows(desk, SEARCH)) == 1
    assert follows(desk, SEARCH) == []
    with desk.state.read() as con:
        assert len(con.execute(select(budget_adjustments)).all()) == 1
    desk.now += timedelta(days=30)
    assert desk.reserve(team="search", estimate=9).id


def test_a_dry_run_touches_nothing_and_says_what_it_would(desk: Desk) -> None:
    [ran] = follows(desk, SEARCH, armed=False)
    assert (ran.outcome, ran.said) == (
        "dry run",
        "Would be changed: ai team=search has limit 10.00, spent 8.00.",
    )
    assert desk.stands("ai", team="search") == ("8.00", "1.00")
    assert desk.reserve(team="search", estimate=1).id


@pytest.mark.parametrize(
    "signal",
    [
        about(budget="all_ai"),
        about(budget="soft"),
        about(budget="ai", team="core"),
        about(customer="acme"),
    ],
)
def test_what_the_list_does_not_cover_is_left_alone(desk: Desk, signal: Signal) -> None:
    [ran] = follows(desk, signal)
    assert (ran.outcome, ran.target) == ("failed", "")
    assert "does not cover anything" in ran.said


def test_the_budget_of_all_is_denied_by_its_name_alone(desk: Desk) -> None:
    everything = {"budgets": ["ai", "all_ai"]}
    assert [r.outcome for r in follows(desk, about(customer="acme"), **everything)] == ["failed"]
    [done] = follows(desk, about(budget="all_ai"), **everything)
    assert done.before == {"limit": "90.00", "spent": "9.00"}


def test_undoing_gives_back_what_was_taken_unless_somebody_raised_it(desk: Desk) -> None:
    [done] = follows(desk, SEARCH)
    desk.spend("late", "0.5", team="search")
    back = undo(desk.state, done.action_id, lambda _: limits(desk, action()), "ana", lambda: desk.now)
    assert back.said.endswith("Undone: The limit is 10.00 USD again.")
    assert desk.reserve(team="search", estimate=Decimal("0.5")).id
    with pytest.raises(Refused, match="undone already"):
        undo(desk.state, done.action_id, lambda _: limits(desk, action()), "ana", lambda: desk.now)


def test_what_was_raised_since_is_not_undone(desk: Desk) -> None:
    [done] = follows(desk, SEARCH)
    desk.budgets.adjust(desk.store, "ai", "search", Decimal(5), "agreed", "ana")
    with pytest.raises(Refused, match="was changed since"):
        undo(desk.state, done.action_id, lambda _: limits(desk, action()), "ben", lambda: desk.now)


def test_people_deny_one_by_its_name_and_not_all_at_once(desk: Desk) -> None:
    by_hand = Asked("deny", "ana", "a loop", armed=True)
    with pytest.raises(OverLimit, match="covers 2 things"):
        run(desk.state, action(), limits(desk, action()), by_hand, lambda: desk.now)
    one = Asked("deny", "ana", "a loop", armed=True, only="ai team=ads")
    [done] = run(desk.state, action(), limits(desk, action()), one, lambda: desk.now)
    assert (done.outcome, [r.target for r in log(desk.state)]) == ("done", [done.target])
    nobody = Asked("deny", "ana", "a loop", armed=True, only="ai team=core")
    with pytest.raises(NotFound):
        run(desk.state, action(), limits(desk, action()), nobody, lambda: desk.now)


def test_a_list_names_what_may_be_denied() -> None:
    for budgets in ([], ["*"]):
        with pytest.raises(ValidationError):
            TypeAdapter(AnyAction).validate_python({**DENY, "budgets": budgets})
