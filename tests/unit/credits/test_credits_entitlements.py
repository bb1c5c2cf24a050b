"""What a customer may do now: plans, features and their limits, and what happens beyond the credits."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from apportion.database import State
from apportion.workspace import parse
from unit.credits.counted import Ledger

PLANS: dict[str, Any] = {
    "without_plan": "deny",
    "buy": "https://fernway.example/buy?for={customer}",
    "usage": [
        {"unit": "summary", "credits": 2},
        {"by": "tokens", "credits": "0.5", "where": {"model": ["gpt-4o*", "larch"]}},
        {"by": "cost", "credits": 100, "where": {"ring": "outer"}},
        {"by": "call", "credits": 1, "where": {"feature": "chat"}},
    ],
    "offered": {
        "stops": {
            "included": 10,
            "features": {
                "chat": True,
                "summaries": {"units": 3, "unit": "summary"},
                "search": {"calls": 2},
                "draft": {"credits": 4},
                "video": False,
            },
        },
        "slows": {"included": 10, "throttle": {"calls_per_minute": 6}, "thresholds": [50]},
        "costs": {"included": 10, "overage": {"price": "0.5", "cap": 2}, "buy": "https://fernway.example/up"},
        "all": {"title": "All you can eat"},
    },
}


@pytest.fixture
def ledger(state: State) -> Ledger:
    return Ledger(state, PLANS)


def chat(ledger: Ledger, calls: int) -> None:
    name = f"chat{ledger.used()}{ledger.now}"
    ledger.put(name, None, feature="chat", requests=calls, model="elm")


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ({"units": Decimal(3), "unit": "summary"}, 6),
        ({"units": Decimal("2.5"), "unit": "page", "model": "gpt-4o-mini"}, "0.5"),
        ({"model": "larch", "output_tokens": 500}, "0.75"),
        ({"model": "elm", "dimensions": {"ring": "outer"}}, 100),
        ({"model": "elm", "feature": "chat", "requests": 7}, 7),
        ({"model": "elm", "feature": "search"}, 0),
        ({"units": Decimal(-3), "unit": "summary"}, 0),
    ],
)
def test_the_first_conversion_that_fits_says_what_a_use_takes(
    ledger: Ledger, told: dict[str, Any], taken: Any
) -> None:
    ledger.subscribe("all")
    ledger.put("a", 1, **told)
    assert ledger.used() == Decimal(taken)


def test_cost_in_another_currency_is_not_that_of_a_rule(ledger: Ledger) -> None:
    ledger.subscribe("all")
    ledger.put("a", None, model="elm", dimensions={"ring": "outer"})
    ledger.tell_anew("a", price_state="priced", cost=10**12, currency="EUR")
    assert ledger.used() == 0
    ledger.tell_anew("a", price_state="priced", cost=10**12, currency="USD")
    assert ledger.used() == 100


def test_without_a_plan_a_setting_decides(ledger: Ledger) -> None:
    found = ledger.may("chat")
    assert (found.plan, found.allowed, found.reason, found.credits.unlimited) == (
        None,
        False,
        "no_plan",
        True,
    )
    lenient = Ledger(ledger.state, PLANS | {"without_plan": "allow"})
    assert (lenient.may("chat").allowed, lenient.may("chat").plan) == (True, None)


def test_features_have_limits_of_their_own(ledger: Ledger) -> None:
    ledger.subscribe("stops")
    ledger.put("a", None, feature="summaries", units=Decimal(2), unit="summary")
    ledger.put("b", None, feature="summaries", units=Decimal(9), unit="page", model="elm")
    ledger.put("c", None, feature="search", requests=2, model="elm")
    found = {one.feature: one for one in ledger.may().features}
    assert {name: (one.allowed, one.reason) for name, one in found.items()} == {
        "chat": (True, ""),
        "summaries": (True, ""),
        "search": (False, "limit_reached"),
        "draft": (True, ""),
    }
    left = found["summaries"].limit
    assert left
    assert (left.of, left.unit, left.limit, left.used, left.left) == ("units", "summary", 3, 2, 1)
    assert ledger.may("video").reason == "not_included"


def test_limits_begin_anew_with_the_period(ledger: Ledger) -> None:
    ledger.subscribe("stops")
    ledger.put("a", None, feature="draft", units=Decimal(2), unit="summary")
    assert ledger.may("draft").reason == "limit_reached"
    ledger.now = ledger.may().resets_at
    assert ledger.may("draft").allowed


def test_a_plan_that_stops_says_so(ledger: Ledger) -> None:
    ledger.subscribe("stops")
    chat(ledger, 10)
    found = ledger.may("chat")
    assert (found.allowed, found.reason, found.state) == (False, "no_credits", "over")
    assert found.over
    assert (found.over.kind, found.over.credits) == ("stop", 0)
    assert found.buy_url == "https://fernway.example/buy?for=acme"
    ledger.grant("order", 5)
    assert (ledger.may("chat").allowed, ledger.may("chat").state) == (True, "near")


def test_a_feature_that_takes_no_credits_needs_none(state: State) -> None:
    plans = {"usage": [{"by": "call", "credits": 1, "where": {"feature": ["chat", "sum*"]}}]}
    ledger = Ledger(state, plans | {"default": "a", "offered": {"a": {"included": 1}}})
    ledger.put("a", feature="chat")
    assert [ledger.may(name).reason for name in ("chat", "summaries", "search")] == [
        *("no_credits", "no_credits", "")
    ]


def test_a_plan_that_slows_down_says_how_much(ledger: Ledger) -> None:
    ledger.subscribe("slows")
    chat(ledger, 4)
    assert (ledger.may().state, ledger.may().throttle) == ("within", None)
    chat(ledger, 1)
    assert ledger.may().state == "near"
    chat(ledger, 6)
    found = ledger.may("chat")
    assert (found.allowed, found.throttle, found.state) == (True, 6, "over")
    assert found.credits.percent == 110


def test_overage_costs_up_to_a_cap(ledger: Ledger) -> None:
    ledger.subscribe("costs")
    chat(ledger, 13)
    found = ledger.may("chat")
    assert found.over
    assert (found.allowed, found.over.credits, found.over.cost) == (True, 3, Decimal("1.5"))
    chat(ledger, 1)
    assert (ledger.may("chat").allowed, ledger.may("chat").reason) == (False, "overage_cap")
    assert ledger.may().buy_url == "https://fernway.example/up"
    ledger.now = datetime(2026, 11, 6, tzinfo=UTC)
    assert (ledger.may("chat").allowed, ledger.may().over, ledger.balance()) == (True, None, 10)


def test_a_plan_without_included_credits_counts_and_does_not_limit(ledger: Ledger) -> None:
    ledger.subscribe("all")
    chat(ledger, 10_000)
    found = ledger.may("anything")
    assert (found.allowed, found.credits.unlimited, found.credits.used) == (True, True, 10_000)
    assert (found.state, found.over, found.credits.percent) == ("within", None, None)
    ledger.check()


def test_an_entitlement_looks_at_no_operation_and_at_few_rows(ledger: Ledger) -> None:
    ledger.subscribe("stops")
    for _ in range(3):
        chat(ledger, 1)
    asked: list[str] = []
    event.listen(ledger.state.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    ledger.may("chat")
    tables = ("credit_accounts", "credit_grants", "subscriptions", "credit_days")
    assert [[t for t in tables if f"FROM {t}" in one] for one in asked if one.startswith("SELECT")] == [
        [t] for t in tables
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("default: gold", "plans.default: there is no plan 'gold'"),
        ("offered: {a: {}, A: {}}", "another plan has this name"),
        ("offered: {a: {included: 1, stop: true, throttle: {calls_per_minute: 1}}}", "one of overage"),
        ("offered: {a: {stop: true}}", "without `included`"),
        ("offered: {a: {features: {x: {units: 1, calls: 2}}}}", "features.x: one limit"),
        ("offered: {a: {features: {x: {unit: page, calls: 2}}}}", "give how many"),
        ("usage: [{credits: 1}]", "usage[0]: say what is counted"),
        ("usage: [{by: call, credits: 1, currency: EUR}]", "belongs to by: cost"),
        ("usage: [{by: call, credits: -1}]", "usage[0].credits"),
        ("offered: {a: {included: 1e10}}", "offered.a.included"),
        ("buy: javascript:alert(1)", "plans.buy"),
    ],
)
def test_plans_that_cannot_be_meant_are_refused_with_their_place(text: str, why: str) -> None:
    with pytest.raises(Exception, match="cannot be used") as refused:
        parse(f"plans: {{{text}}}")
    assert why in str(refused.value)


def test_a_list_of_features_is_the_same_as_each_with_true() -> None:
    listed, named = (
        parse(f"plans: {{offered: {{a: {{features: {text}}}}}}}").plans.offered["a"]
        for text in ("[x, y]", "{x: true, y: true, z: false}")
    )
    assert listed == named
