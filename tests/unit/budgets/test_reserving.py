"""Reservations: room is held before a call and settled after it, in every budget that the call concerns."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from apportion.budgets.errors import OverBudget
from apportion.core.errors import BadInput, NotFound, Refused
from budgets_kept import Desk, reprice

Make = Callable[..., Desk]
TEAMS: dict[str, Any] = {"for": {"team": "*"}, "amount": 10, "enforced": True}
COMPANY: dict[str, Any] = {"amount": 15, "enforced": True}


def test_a_reservation_is_held_until_it_is_settled(desk: Make) -> None:
    company = desk(teams=TEAMS)
    held = company.reserve("a", team="search", estimate="4")
    assert (held.state, held.estimate, held.basis) == ("held", Decimal(4), "given")
    assert company.stands("teams", team="search") == ("0.00", "4.00")
    settled = company.settle("a", cost="3")
    assert (settled.state, settled.cost, settled.above_estimate) == ("settled", Decimal(3), Decimal(0))
    assert company.stands("teams", team="search") == ("3.00", "0.00")
    company.check()


def test_where_there_is_no_room_nothing_is_held_in_any_budget(desk: Make) -> None:
    company = desk(company=COMPANY, teams=TEAMS)
    company.reserve("a", team="search", estimate="8")
    with pytest.raises(OverBudget) as refused:
        company.reserve("b", team="search", estimate="5")
    assert refused.value.members["budget"] == "teams"
    assert refused.value.members["remaining"] == "2.00"
    assert refused.value.members["resets_at"] == "2026-11-01T00:00:00Z"
    with pytest.raises(OverBudget, match="'company' has 7.00 USD left"):
        company.reserve("c", team="ads", estimate="7.000000001")
    company.reserve("d", team="ads", estimate="7")
    assert company.stands("company") == ("0.00", "15.00")
    company.check()


def test_the_same_request_again_is_told_the_same_and_another_is_refused(desk: Make) -> None:
    company = desk(teams=TEAMS)
    first = company.reserve("a", team="search", estimate="4")
    company.later(minutes=1)
    assert company.reserve("a", team="search", estimate="4") == first
    with pytest.raises(Refused, match="Something else was reserved as 'a'"):
        company.reserve("a", team="search", estimate="5")
    company.spend("b", team="search")
    with pytest.raises(Refused, match="'b' has been recorded already"):
        company.reserve("b", team="search", estimate="1")


def test_what_was_let_go_of_is_admitted_anew_or_not(desk: Make) -> None:
    company = desk(teams=TEAMS)
    first = company.reserve("a", team="search", estimate="8")
    company.settle("a", release=True)
    company.later(minutes=2)
    again = company.reserve("a", team="search", estimate="8")
    assert (again.state, again.expires_at - first.expires_at) == ("held", timedelta(minutes=2))
    assert company.stands("teams", team="search") == ("0.00", "8.00")
    company.later(minutes=5)  # nobody has noticed yet that it expired
    assert company.reserve("a", team="search", estimate="8").expires_at > company.now
    company.later(minutes=5)
    company.reserve("b", team="search", estimate="8")  # takes the room
    with pytest.raises(OverBudget):
        company.reserve("a", team="search", estimate="8")
    assert company.stands("teams", team="search") == ("0.00", "8.00")
    company.settle("b", release=True)
    company.reserve("a", team="search", estimate="8")
    assert company.settle("a", cost="7").cost == Decimal(7)
    company.check()


def test_a_settled_reservation_is_not_let_in_again(desk: Make) -> None:
    company = desk(teams=TEAMS)
    for name, settled in (("a", {"cost": "1"}), ("b", {"operation": {"provider": "acme", "model": "larch"}})):
        company.reserve(name, team="search", estimate="1")
        company.settle(name, **settled)
        with pytest.raises(Refused, match=f"'{name}' has been settled already"):
            company.reserve(name, team="search", estimate="1")


def test_what_nobody_settles_comes_back_when_room_is_needed(desk: Make) -> None:
    company = desk(teams={**TEAMS, "hold": "10m"})
    company.reserve("a", team="search", estimate="8")
    company.later(minutes=9)
    with pytest.raises(OverBudget):
        company.reserve("b", team="search", estimate="8")
    company.later(minutes=1)
    assert company.reserve("c", team="search", estimate="8").state == "held"
    late = company.settle("a", cost="8")
    assert (late.state, late.over) == ("settled", Decimal(0))
    assert company.stands("teams", team="search") == ("8.00", "8.00")
    with pytest.raises(OverBudget):
        company.reserve("d", team="search", estimate="0")
    company.check()


def test_an_operation_of_the_same_id_settles_wherever_it_comes_from(desk: Make) -> None:
    company = desk(teams=TEAMS)
    company.reserve("a", team="search", estimate="4")
    company.spend("a", "2.5", team="ads")
    assert company.stands("teams", team="search") == ("0.00", "0.00")
    assert company.stands("teams", team="ads") == ("2.50", "0.00")
    assert company.settle("a", release=True).state == "settled"
    company.check()


def test_an_operation_replaces_the_cost_that_was_told(desk: Make) -> None:
    company = desk(teams=TEAMS)
    company.reserve("a", team="search", estimate="4")
    company.settle("a", cost="6")
    company.spend("a", "2.5", team="search")
    assert company.stands("teams", team="search") == ("2.50", "0.00")
    assert company.settle("a", cost="9").cost == Decimal("2.5")  # settled twice changes nothing
    company.reserve("b", team="search", estimate="1")
    company.settle("b", cost="1")
    company.spend("b", None, team="search")  # nobody can price it: what was told is the best that is known
    assert company.stands("teams", team="search") == ("3.50", "0.00")
    company.check()


def test_settling_with_the_operation_records_it_with_what_was_said_before(desk: Make) -> None:
    company = desk(users={"for": {"team": "search"}, "amount": 10})
    company.reserve("a", user="ana", provider="acme", model="larch", input_tokens=10**6, max_tokens=10**6)
    assert company.stands("users") == ("0.00", "2.00")
    settled = company.settle("a", operation={"input_tokens": 10**6, "output_tokens": 500_000})
    assert (settled.cost, settled.estimate) == (Decimal("1.5"), Decimal(2))
    assert company.settle("a", operation={"input_tokens": 1, "output_tokens": 1}).cost == Decimal("1.5")
    assert company.stands("users") == ("1.50", "0.00")
    with pytest.raises(BadInput, match="another id"):
        company.settle("a", operation={"id": "b", "input_tokens": 1})
    with pytest.raises(NotFound, match="Nothing was reserved as 'z'"):
        company.settle("z", cost="1")
    company.check()


@pytest.mark.parametrize("known", [{"price_state": "unpriced"}, {"price_state": "priced", "currency": "EUR"}])
def test_what_was_held_counts_until_the_cost_of_the_operation_is_known(
    desk: Make, known: dict[str, Any]
) -> None:
    company = desk(teams=TEAMS)
    company.reserve("a", team="search", model="birch", estimate="8")
    if "currency" in known:
        company.spend("a", "3", currency="EUR", team="search")
    else:
        settled = company.settle("a", operation={"input_tokens": 10**9, "output_tokens": 10**9})
        assert (settled.state, settled.cost) == ("settled", None)
    found = company.budgets.single(company.state, "teams", "search")
    assert (str(found.spent), str(found.reserved), found.uncounted) == ("8.00", "0.00", 1)
    assert str(found.by_day[-1].spent) == "8.00"
    with pytest.raises(OverBudget):
        company.reserve("b", team="search", estimate="3")
    company.check()
    reprice(company, "a", cost=5 * 10**12, price_state="priced", currency="USD")
    found = company.budgets.single(company.state, "teams", "search")
    assert (str(found.spent), found.uncounted) == ("5.00", 0)
    company.check()


def test_what_was_held_counts_also_where_it_had_expired(desk: Make) -> None:
    company = desk(teams=TEAMS)
    company.reserve("a", team="search", estimate="8")
    company.later(minutes=6)
    company.budgets.sweep(company.store)
    company.spend("a", None, team="ads")
    assert company.stands("teams", team="search") == ("0.00", "0.00")
    assert company.stands("teams", team="ads") == ("8.00", "0.00")
    company.check()


def test_a_call_of_a_time_that_no_period_has_counts_when_it_was_reserved(desk: Make) -> None:
    company = desk(
        teams=TEAMS,
        launch={"amount": 10, "enforced": True, "period": {"from": "2026-10-05", "until": "2026-10-06"}},
    )
    call = {"team": "search", "provider": "acme", "model": "larch", "estimate": "4"}
    used = {"input_tokens": 5 * 10**6, "output_tokens": 0}
    company.reserve("a", **call)
    company.settle("a", operation={**used, "time": "2026-09-30T23:59:59Z"})  # before either began
    assert (company.stands("teams"), company.stands("launch")) == (("5.00", "0.00"), ("5.00", "0.00"))
    assert str(company.budgets.single(company.state, "teams", "search").by_day[-1].spent) == "5.00"
    reprice(company, "a", cost=3 * 10**12)
    company.reserve("b", **call)
    company.settle("b", operation={**used, "time": "2026-10-04T00:00:00Z"})
    assert (company.stands("teams"), company.stands("launch")) == (("8.00", "0.00"), ("8.00", "0.00"))
    with pytest.raises(OverBudget):
        company.reserve("c", **call)
    company.check()


def test_a_call_of_a_time_in_another_period_counts_there(desk: Make) -> None:
    company = desk(days={"amount": 10, "enforced": True, "period": "daily"})
    company.later(days=1)
    company.reserve("a", estimate="4")
    company.spend("a", "5", time=company.now - timedelta(days=1))
    assert company.room("days").spent == 0
    company.later(days=-1)
    assert str(company.budgets.single(company.state, "days").spent) == "5.00"


def test_whose_call_it_is_says_the_reservation_that_was_kept(desk: Make) -> None:
    company = desk(customers={"for": {"customer": "*"}, "amount": 1, "enforced": True})
    call = {"provider": "acme", "model": "larch", "estimate": "0.5"}
    company.reserve("a", customer="acme", **call)
    with pytest.raises(Refused):
        company.reserve("a", customer="globex", **call)
    company.settle("a", operation={"input_tokens": 700_000, "output_tokens": 0})
    assert company.stands("customers", customer="acme") == ("0.70", "0.00")
    with pytest.raises(OverBudget):
        company.reserve("b", customer="globex", **{**call, "estimate": "5"})
    company.settle(
        "b", operation={"provider": "acme", "model": "larch", "input_tokens": 1, "output_tokens": 0}
    )
    assert company.stands("customers", customer="globex") == ("0.00", "0.00")  # refused, it is nobody's


def test_a_released_reservation_spends_nothing(desk: Make) -> None:
    company = desk(teams=TEAMS)
    company.reserve("a", team="search", estimate="4")
    assert company.settle("a", release=True).state == "released"
    assert company.stands("teams", team="search") == ("0.00", "0.00")
    company.check()


def test_what_is_settled_above_its_estimate_counts_and_is_told_in_dollars(desk: Make) -> None:
    company = desk(teams=TEAMS)
    company.reserve("a", team="search", estimate="4")
    settled = company.settle("a", cost="12.5")
    assert (settled.above_estimate, settled.over) == (Decimal("8.5"), Decimal("2.5"))
    with pytest.raises(OverBudget, match="search is overspent by 2.50 USD until 2026-11-01") as refused:
        company.reserve("b", team="search", estimate="0.01")
    assert "apportion budgets adjust" in refused.value.hint
    assert "or wait until 2026-11-01 00:00 UTC" in refused.value.hint


def test_what_is_held_beyond_a_limit_that_was_lowered_is_said_to_be_held(desk: Make) -> None:
    company = desk(teams=TEAMS)
    company.reserve("a", team="search", estimate="4")
    company.budgets.adjust(company.store, "teams", "search", Decimal(-7), "less", "ana")
    with pytest.raises(OverBudget, match="is overspent by 1.00 USD, with what is held, until"):
        company.reserve("b", team="search", estimate="0.01")


@pytest.mark.parametrize("unpriced", ["deny", "allow"])
def test_a_budget_that_is_used_up_refuses_whatever_the_call_may_cost(desk: Make, unpriced: str) -> None:
    company = desk(teams={**TEAMS, "unpriced": unpriced})
    company.reserve("a", team="search", estimate="0")
    company.spend("b", "10", team="search")
    assert not company.budgets.check(company.state, {"team": "search"}).allowed
    assert not company.budgets.check(company.state, {"team": "search"}, Decimal(0)).allowed
    asked: list[dict[str, Any]] = [{"estimate": "0"}, {"estimate": "0.1"}]
    asked += [{"model": "birch"}, {"estimate": "1", "currency": "EUR"}] if unpriced == "allow" else []
    for n, said in enumerate(asked):
        with pytest.raises(OverBudget, match="has 0.00 USD left"):
            company.reserve(f"c{n}", team="search", **said)


def test_a_budget_that_is_not_enforced_counts_and_never_refuses(desk: Make) -> None:
    company = desk(teams={"for": {"team": "*"}, "amount": 1})
    company.reserve("a", team="search", estimate="4")
    company.reserve("b", team="search")
    assert company.stands("teams", team="search") == ("0.00", "4.00")


def test_a_model_without_a_price_is_denied_unless_the_budget_allows_it(desk: Make) -> None:
    company = desk(
        strict={"amount": 10, "enforced": True, "estimate": 1, "where": {"team": "search"}},
        mild={"amount": 10, "enforced": True, "estimate": 1, "unpriced": "allow", "where": {"team": "ads"}},
    )
    with pytest.raises(OverBudget, match="Nobody knows what a call of model birch costs"):
        company.reserve("a", team="search", model="birch", max_tokens=100)
    allowed = company.reserve("b", team="ads", model="birch", max_tokens=100)
    assert (allowed.basis, allowed.estimate) == ("default", Decimal(1))
    assert company.reserve("c", team="search", model="birch", estimate="0.5").basis == "given"


def test_the_estimate_learns_from_what_calls_cost(desk: Make) -> None:
    company = desk(all={"amount": 1_000, "enforced": True, "unpriced": "allow"})
    call = {"feature": "summaries", "provider": "acme", "model": "larch"}
    first = company.reserve("first", **call, max_tokens=1000)
    assert (first.basis, first.estimate) == ("output", Decimal("0.001"))
    for n in range(20):
        company.reserve(f"n{n}", **call, estimate="0.1")
        company.settle(f"n{n}", cost="0.03")
    learned = company.reserve("second", **call)
    assert learned.basis == "learned"
    assert Decimal("0.03") <= learned.estimate <= Decimal("0.033")
    other = company.reserve("third", feature="other", provider="acme", model="larch")
    assert (other.basis, other.estimate) == (
        "learned",
        learned.estimate,
    )  # of the model, whatever the feature


def test_calls_that_cost_nothing_teach_nothing(desk: Make) -> None:
    company = desk(all={"amount": 1_000, "enforced": True, "estimate": 2})
    call = {"feature": "summaries", "provider": "acme", "model": "larch"}
    for n in range(20):
        company.reserve(f"n{n}", **call, estimate="0")
        company.settle(f"n{n}", cost="0")
    assert company.reserve("a", **call).basis == "default"
    for n in range(20):
        company.reserve(f"m{n}", **call, estimate="0.1")
        company.settle(f"m{n}", cost="0.000001")
    long = company.reserve("b", **call, input_tokens=500_000)
    assert (long.basis, long.estimate) == ("learned", Decimal("0.5"))  # its input alone costs that


def test_estimates_are_rounded_up_and_what_is_spent_half_away_from_zero(desk: Make) -> None:
    company = desk(all={"amount": 1})
    assert company.reserve("a", estimate="0.0000000001").estimate == Decimal("0.000000001")
    company.settle("a", cost="0.0000000004")
    company.spend("b", "0.0000000005")
    assert company.stands("all") == ("0.000000001", "0.00")
