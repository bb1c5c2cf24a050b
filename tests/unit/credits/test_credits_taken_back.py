"""A grant that was a mistake is taken back: what is left of it goes, what was used of it stays covered."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from apportion.core.errors import NotFound, Refused
from apportion.credits.report import taken_back
from apportion.database import State, audit, credit_entries
from unit.credits.counted import START, Ledger

PLANS = {
    "usage": [{"by": "cost", "credits": 1}],
    "offered": {"pro": {"included": 100, "starts": "calendar"}},
}


@pytest.fixture
def ledger(state: State) -> Ledger:
    """100 are included; 5,000 were granted instead of 500, of which 600 are used."""
    ledger = Ledger(state, PLANS)
    ledger.subscribe("pro", date(2026, 10, 1))
    ledger.grant("order-1", 5000)
    ledger.put("a", 700)
    return ledger


def test_what_is_left_goes_by_an_entry_of_its_own_and_what_was_used_stays_covered(ledger: Ledger) -> None:
    found = ledger.take_back("order-1", reason="5,000 instead of 500", who="ana")
    assert (found.granted, found.taken, found.used, found.expired) == (5000, 4400, 600, 0)
    assert (
        taken_back(found).headline
        == "4,400 of 5,000 credits are taken back; 600 were used, and stay covered."
    )
    assert (ledger.balance(), ledger.overage(), ledger.used()) == (0, 0, 700)
    assert ledger.entries()[-1] == ("take_back", "order-1", -4400)
    with ledger.state.read() as con:
        last = con.execute(select(credit_entries).order_by(credit_entries.c.number.desc()).limit(1)).one()
        [told] = con.execute(select(audit).where(audit.c.action == "take_back_credits")).all()
    assert (last.reason, last.who, told.who, told.target) == ("5,000 instead of 500", "ana", "ana", "acme")
    ledger.put("b", 10)
    assert ledger.overage() == 10
    ledger.check()


def test_taken_back_again_it_changes_nothing_and_is_told_once(ledger: Ledger) -> None:
    first = ledger.take_back("order-1")
    before = ledger.entries()
    again = ledger.take_back("order-1", reason="once more")
    assert (first.anew, again.anew, again.taken) == (True, False, 4400)
    assert ledger.entries() == before
    with ledger.state.read() as con:
        assert len(con.execute(select(audit).where(audit.c.action == "take_back_credits")).all()) == 1


def test_what_comes_back_to_it_later_goes_too(ledger: Ledger) -> None:
    ledger.take_back("order-1")
    [back] = ledger.refund("a", 50, "r1")
    assert (back.grant_id, back.credits, back.expired) == ("order-1", 50, 50)
    ledger.reprice("a", 350)
    assert ledger.grants()["order-1"] == (5000, 200, 0)
    assert (ledger.taken(), ledger.balance()) == ({"order-1": 4800}, 0)
    ledger.check()


def test_what_had_expired_of_it_is_not_there_for_a_late_operation(ledger: Ledger) -> None:
    ledger.grant("gift", 30, "promotion", expires=START + timedelta(days=1))
    ledger.pass_time(days=2)
    assert ledger.balance() == 4400
    assert (ledger.take_back("gift").expired, ledger.take_back("gift").taken) == (30, 0)
    ledger.put("late", 10, time=START)
    assert ledger.grants()["gift"] == (30, 0, 30)
    ledger.check()


def test_a_grant_of_which_all_was_used_can_be_taken_back_for_what_may_come_back(ledger: Ledger) -> None:
    ledger.put("b", 4400)
    assert ledger.take_back("order-1").taken == 0
    ledger.withdraw("b")
    assert (ledger.balance(), ledger.taken()) == (0, {"order-1": 4400})
    ledger.check()


def test_its_id_stays_used(ledger: Ledger) -> None:
    ledger.take_back("order-1")
    for amount in (5000, 500):
        with pytest.raises(Refused, match="'order-1' was granted") as why:
            ledger.grant("order-1", amount)
        assert why.value.hint == "Give this another id."
    ledger.grant("order-1b", 500)
    assert ledger.balance() == 500


def test_what_a_plan_includes_cannot_be_taken_back(ledger: Ledger) -> None:
    before = ledger.entries()
    with pytest.raises(Refused, match="included in a plan") as why:
        ledger.take_back("included/acme/pro/2026-10-01")
    assert "another plan" in why.value.hint
    assert ledger.entries() == before


def test_a_grant_of_another_is_as_if_it_were_not_there(ledger: Ledger) -> None:
    said = set()
    for name in ("order-1", "order-9"):
        with pytest.raises(NotFound) as why:
            ledger.take_back(name, "globex")
        said.add(why.value.message.replace(name, "X"))
    assert said == {"'globex' has no grant 'X'."}
    assert ledger.balance() == 4400


def test_a_grant_that_ended_long_ago_is_found(ledger: Ledger) -> None:
    ledger.grant("gift", 30, "promotion", expires=START + timedelta(days=1))
    ledger.now = datetime.fromisoformat("2029-01-01T00:00+00:00")
    assert ledger.balance() == 4500
    assert ledger.take_back("gift").expired == 30
    ledger.check()
