"""Where no plan is declared at all, lists say so and what to read, instead of everybody with nothing."""

import pytest

from apportion.credits.customers import Customers, Terms
from apportion.credits.settings import Plans
from apportion.database import State
from unit.credits.counted import Ledger

NOBODY = "No plan is declared; see docs/guides/credits.md."


@pytest.fixture
def ledger(state: State) -> Ledger:
    return Ledger(state, {}, names={"acme": "Acme", "globex": "Globex"})


def test_lists_say_so_and_list_nobody(ledger: Ledger) -> None:
    found = ledger.credits.listed("", 10)
    assert (found.headline, list(found.credits), found.next_cursor) == (NOBODY, [], None)
    assert ledger.credits.plans().headline == NOBODY


def test_who_has_had_credits_is_listed_all_the_same(ledger: Ledger) -> None:
    ledger.grant("order-1", 5)
    found = ledger.credits.listed("", 10)
    assert (found.headline, [row.customer for row in found.credits]) == (NOBODY, ["acme"])


def test_customers_without_a_plan_are_listed_where_there_are_plans(ledger: Ledger) -> None:
    plans = Plans.model_validate({"offered": {"pro": {"included": 10}}})
    known = Customers(plans={"acme": "pro"}, names={"acme": "Acme", "globex": "Globex"})
    ledger.terms = Terms(plans, ledger.terms.zone, "USD", known)
    found = ledger.credits.listed("", 10)
    rows = [(row.customer, row.plan.name if row.plan else None) for row in found.credits]
    assert rows == [("acme", "pro"), ("globex", None)]
    assert found.headline == "2 customers: 0 over, 0 near."
