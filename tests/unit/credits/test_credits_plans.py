"""Which plan a customer has, what is included when it changes in mid-period, and what is carried over."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apportion.core.errors import BadInput, NotFound
from apportion.credits.customers import Customers, Terms
from apportion.database import State
from unit.credits.counted import Ledger

OFFERED = {
    "free": {"included": 31, "starts": "calendar"},
    "pro": {"title": "Pro", "included": 310, "starts": "calendar", "overage": {"price": "0.01"}},
    "max": {"included": 3100, "starts": "calendar", "overage": {"price": "0.02"}},
    "own": {"included": 30},
    "big": {"included": 60},
    "rolls": {"included": 100, "rollover": 20, "starts": "calendar"},
}
PLANS = {"usage": [{"by": "cost", "credits": 1}], "offered": OFFERED}


@pytest.fixture
def ledger(state: State) -> Ledger:
    return Ledger(state, PLANS | {"default": "free"}, plans={"acme": "PRO"}, names={"acme": "Acme"})


def october(number: int, hour: int = 12) -> datetime:
    return datetime(2026, 10, number, hour, tzinfo=UTC)


def test_a_subscription_goes_before_the_list_and_the_list_before_the_default(ledger: Ledger) -> None:
    found = [ledger.standing(name).spell for name in ("acme", "globex")]
    assert [(one.plan, one.source) for one in found if one] == [("pro", "list"), ("free", "default")]
    ledger.subscribe("max", contact="ana@acme.example")
    spell = ledger.standing().spell
    assert spell
    assert (spell.plan, spell.source, ledger.standing().contact) == (
        "max",
        "subscription",
        "ana@acme.example",
    )


def test_the_list_may_name_a_plan_that_is_not_offered(ledger: Ledger) -> None:
    ledger.terms = Terms(
        ledger.terms.plans, ledger.terms.zone, "USD", Customers(plans={"acme": "Enterprise"})
    )
    assert ledger.standing().spell == ledger.standing("globex").spell


def test_a_new_plan_includes_credits_for_the_days_that_are_left_and_the_old_for_those_it_had(
    ledger: Ledger,
) -> None:
    ledger.now = october(3)
    ledger.put("a", 40)
    ledger.now = october(11)
    ledger.subscribe("max")
    assert ledger.grants() == {
        "included/acme/pro/2026-10-01": (310, 40, 210),  # ten of 31 days are 100, of which 60 are left
        "included/acme/max/2026-10-11": (2100, 0, 0),  # 21 of 31 days
    }
    assert (ledger.standing().included, ledger.balance()) == (2200 * 10**9, 2160)
    ledger.put("b", 100)
    assert ledger.grants()["included/acme/pro/2026-10-01"] == (310, 100, 210)
    ledger.check()


def test_what_was_used_before_a_change_stays_covered(ledger: Ledger) -> None:
    ledger.now = october(3)
    ledger.put("a", 300)
    ledger.now = october(11)
    ledger.subscribe("free")
    assert ledger.grants() == {
        "included/acme/pro/2026-10-01": (310, 300, 10),  # ten of 31 days are 100
        "included/acme/free/2026-10-11": (21, 0, 21),  # the other 200 are taken off what comes
    }
    assert (ledger.overage(), ledger.balance()) == (0, 0)
    assert ledger.standing().included == 300 * 10**9


def test_to_and_fro_on_one_day_gives_nobody_more(ledger: Ledger) -> None:
    ledger.now = october(3)
    ledger.put("seen", 0)
    ledger.now = october(11)
    for plan in ("max", "free"):
        ledger.subscribe(plan)
    ledger.put("a", 90)
    ledger.subscribe("max")
    assert ledger.balance() == 10 + 2100
    ledger.put("b", 110)
    for plan in ("free", "max"):
        ledger.subscribe(plan)
    assert ledger.balance() == 2000
    ledger.check()


def test_days_on_the_old_plan_count_though_nobody_looked(state: State) -> None:
    ledger = Ledger(state, PLANS)
    ledger.now = october(1)
    for day, plan in ((1, "rolls"), (11, "pro"), (21, "max")):
        ledger.subscribe(plan, since=date(2026, 12, day))
    ledger.now = datetime(2026, 12, 31, tzinfo=UTC)
    assert [granted for granted, _, _ in ledger.grants().values()] == [100, 210, 1100]
    assert ledger.balance() == Decimal("32.258064517") + 100 + 1100


def test_a_late_call_before_the_change_takes_what_the_old_plan_had(ledger: Ledger) -> None:
    ledger.now = october(11)
    ledger.put("a", 0, time=october(2))
    ledger.subscribe("max")
    ledger.put("late", 310, time=october(10))
    assert ledger.grants()["included/acme/pro/2026-10-01"] == (310, 310, 0)
    ledger.check()


def test_a_plan_that_was_said_too_late_holds_from_its_day(ledger: Ledger) -> None:
    ledger.now = october(20)
    ledger.put("a", 0)
    ledger.subscribe("max", since=date(2026, 10, 1))
    assert ledger.grants() == {
        "included/acme/pro/2026-10-01": (310, 0, 310),
        "included/acme/max/2026-10-01": (3100, 0, 0),
    }


def test_a_list_of_customers_that_says_another_plan_changes_it_from_the_day_it_is_noticed(
    ledger: Ledger,
) -> None:
    ledger.now = october(3)
    ledger.put("a", 40)
    ledger.now = october(11)
    ledger.terms = Terms(ledger.terms.plans, ledger.terms.zone, "USD", Customers(plans={"acme": "max"}))
    ledger.put("b", 0)
    ledger.now = october(20)
    assert {name: granted for name, (granted, _, _) in ledger.grants().items()} == {
        "included/acme/pro/2026-10-01": 310,
        "included/acme/max/2026-10-11": 2100,
    }
    assert ledger.balance() == 60 + 2100


def test_the_period_of_a_subscription_stays_when_the_plan_changes(state: State) -> None:
    ledger = Ledger(state, PLANS)
    ledger.now = datetime(2026, 9, 16, tzinfo=UTC)
    ledger.subscribe("own")
    ledger.now = october(1)
    ledger.subscribe("big")
    assert ledger.may().period_start == date(2026, 9, 16)
    assert ledger.may().period_end == date(2026, 10, 16)
    assert ledger.grants() == {
        "included/acme/own/2026-09-16": (30, 0, 15),
        "included/acme/big/2026-10-01": (30, 0, 0),
    }


def test_the_same_plan_again_changes_nothing_but_the_contact(state: State) -> None:
    ledger = Ledger(state, PLANS)
    ledger.now = datetime(2026, 9, 16, tzinfo=UTC)
    ledger.subscribe("own", contact="old@acme.example")
    ledger.now = october(1)
    ledger.subscribe("own", contact="new@acme.example")
    assert (ledger.balance(), ledger.standing().contact) == (30, "new@acme.example")
    assert ledger.may().period_start == date(2026, 9, 16)


def test_a_subscription_that_ends_leaves_the_default_for_the_days_that_are_left(ledger: Ledger) -> None:
    ledger.now = october(1)
    ledger.subscribe("max", until=date(2026, 10, 11), customer="globex")
    ledger.now = october(11)
    assert {name: granted for name, (granted, _, _) in ledger.grants("globex").items()} == {
        "included/globex/max/2026-10-01": 3100,
        "included/globex/free/2026-10-11": 21,
    }
    assert ledger.balance("globex") == 1021


def test_what_was_not_used_is_carried_over_up_to_an_amount_for_one_period(state: State) -> None:
    ledger = Ledger(state, PLANS)
    ledger.now = october(1)
    ledger.subscribe("rolls")
    ledger.put("a", 70)
    ledger.now = datetime(2026, 11, 2, tzinfo=UTC)
    assert ledger.balance() == 120
    ledger.put("b", 5)
    assert ledger.grants() == {
        "included/acme/rolls/2026-10-01": (100, 75, 10),
        "included/acme/rolls/2026-11-01": (100, 0, 0),
    }
    ledger.now = datetime(2026, 12, 1, tzinfo=UTC)
    assert ledger.balance() == 120
    assert ledger.grants()["included/acme/rolls/2026-10-01"] == (100, 75, 25)


def test_a_period_in_which_nothing_happened_is_carried_over_too(state: State) -> None:
    ledger = Ledger(state, PLANS)
    ledger.now = october(1)
    ledger.subscribe("rolls")
    ledger.now = datetime(2027, 3, 5, tzinfo=UTC)
    assert ledger.balance() == 120


def test_included_credits_are_granted_once_however_often_one_looks(ledger: Ledger) -> None:
    for n in range(3):
        ledger.put(f"a{n}", 1)
        assert ledger.standing().account.number == n + 2
        assert ledger.may().credits.included == 310


def test_overage_of_a_period_with_two_plans_costs_what_each_says(ledger: Ledger) -> None:
    ledger.now = october(2)
    ledger.put("a", 320)
    ledger.now = october(31)
    ledger.subscribe("max")
    ledger.put("b", 105)
    over = ledger.may().over
    assert over
    assert (over.credits, over.cost) == (25, Decimal("0.40"))  # ten of Pro, and fifteen of Max


def test_a_plan_must_be_offered(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="no plan 'platinum'") as why:
        ledger.subscribe("platinum")
    assert "free, pro, max" in why.value.hint
    with pytest.raises(BadInput, match="end before it begins"):
        ledger.subscribe("pro", since=date(2026, 10, 2), until=date(2026, 10, 2))
