"""Operations take credits: what came first expires first, corrections are new entries, nothing counts twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from apportion.core.errors import BadInput, NotFound, Refused
from apportion.credits.service import Credits
from apportion.database import State
from unit.credits.counted import START, Ledger

PRO = {"included": 100, "overage": {"price": "0.02", "cap": 1}, "starts": "calendar"}
PLANS = {"default": "pro", "usage": [{"by": "cost", "credits": 10}], "offered": {"pro": PRO}}
INCLUDED = "included/acme/pro/2026-10-01"


@pytest.fixture
def ledger(state: State) -> Ledger:
    return Ledger(state, PLANS)


def test_what_is_used_comes_off_what_is_included_and_the_rest_is_overage(ledger: Ledger) -> None:
    ledger.put("a", 4)
    ledger.put("b", 7)
    assert ledger.grants() == {INCLUDED: (100, 100, 0)}
    assert (ledger.used(), ledger.overage(), ledger.balance()) == (110, 10, 0)
    ledger.check()


def test_an_operation_that_is_sent_again_counts_once(ledger: Ledger) -> None:
    ledger.put("a", 4)
    before = ledger.entries()
    ledger.put("a", 4)
    ledger.tell_anew("a", success=True, value="0.9", latency_ms=7)
    assert ledger.entries() == before


def test_an_operation_let_go_of_and_sent_again_counts_once(ledger: Ledger) -> None:
    from sqlalchemy import delete

    from apportion.database import operations

    ledger.put("a", 4)
    ledger.put("last", 1)
    with ledger.state.write() as con:
        con.execute(delete(operations).where(operations.c.operation_id == "a"))
    ledger.put("a", 4)
    assert ledger.used() == 50


def test_promotions_first_then_what_is_included_then_what_was_bought(ledger: Ledger) -> None:
    soon = START + timedelta(days=2)
    ledger.grant("bought", 30)
    ledger.grant("gift", 30, "promotion")
    ledger.grant("gift that ends soon", 5, "promotion", expires=soon)
    ledger.grant("first of all", 5, priority=1)
    ledger.put("a", 15)
    taken = {name: used for name, (_, used, _) in ledger.grants().items()}
    assert taken == {"first of all": 5, "gift that ends soon": 5, "gift": 30, INCLUDED: 100, "bought": 10}
    assert [name for kind, name, _ in ledger.entries() if kind == "use"] == [
        *("first of all", "gift that ends soon", "gift", INCLUDED, "bought")
    ]


def test_what_was_overage_stays_overage_when_more_is_bought(ledger: Ledger) -> None:
    ledger.put("a", 12)
    ledger.pass_time(hours=1)
    ledger.grant("bought", 30)
    assert (ledger.overage(), ledger.balance()) == (20, 30)


def test_a_dearer_price_takes_more_and_a_cheaper_one_gives_back(ledger: Ledger) -> None:
    ledger.put("a", 4)
    ledger.reprice("a", 12)
    assert (ledger.used(), ledger.overage()) == (120, 20)
    ledger.reprice("a", 1)
    assert (ledger.used(), ledger.overage(), ledger.balance()) == (10, 0, 90)
    assert ledger.entries()[1:] == [
        ("use", INCLUDED, -40),
        ("use", INCLUDED, -60),
        ("use", "", -20),
        ("return", "", 20),
        ("return", INCLUDED, 90),
    ]
    ledger.check()


def test_a_withdrawn_operation_gives_everything_back_and_may_come_again(ledger: Ledger) -> None:
    ledger.put("a", 4)
    ledger.withdraw("a")
    assert (ledger.used(), ledger.balance(), ledger.standing().rows[0].sums.calls) == (0, 100, 0)
    ledger.reprice("a", 3)
    assert ledger.used() == 30
    ledger.check()


def test_an_operation_without_a_price_takes_nothing_and_is_said_to(ledger: Ledger) -> None:
    ledger.put("a", None)
    assert [row.sums.uncounted for row in ledger.standing().rows] == [1]
    ledger.reprice("a", 2)
    assert ledger.used() == 20
    assert [row.sums.uncounted for row in ledger.standing().rows] == [0]


def test_an_operation_told_of_another_customer_moves(ledger: Ledger) -> None:
    ledger.put("a", 4)
    ledger.tell_anew("a", customer="globex")
    assert (ledger.used(), ledger.used("globex")) == (0, 40)
    ledger.tell_anew("a", customer=None)
    assert (ledger.used(), ledger.used("globex")) == (0, 0)
    ledger.tell_anew("a", customer="acme")
    assert ledger.used() == 40
    ledger.check()


def test_a_customer_is_one_whatever_it_is_called(state: State) -> None:
    ledger = Ledger(state, PLANS, aliases={"acme inc": "acme", "org_17": "acme"})
    for name in ("acme", "ACME Inc ", "org_17"):
        ledger.put(name, 1, customer=name)
    assert ledger.used() == 30


def test_who_has_no_plan_is_not_counted(state: State) -> None:
    ledger = Ledger(state, {"offered": {"pro": PRO}, "usage": [{"by": "call", "credits": 1}]})
    ledger.put("a")
    assert (ledger.used(), ledger.entries()) == (0, [])
    ledger.subscribe("pro")
    ledger.put("b")
    assert ledger.used() == 1


def test_a_late_operation_takes_what_had_not_expired_at_its_time(ledger: Ledger) -> None:
    ledger.put("a", 4)
    ledger.now = datetime(2026, 11, 3, tzinfo=UTC)
    ledger.put("b", 1)
    assert ledger.grants()[INCLUDED] == (100, 40, 60)
    ledger.put("late", 2, time=datetime(2026, 10, 31, 23, tzinfo=UTC))
    assert ledger.grants()[INCLUDED] == (100, 60, 40)
    assert ledger.overage() == 0
    assert ("restore", INCLUDED, 20) in ledger.entries()
    ledger.check()


def test_credits_that_were_never_looked_at_in_their_time_are_there_for_late_operations(
    ledger: Ledger,
) -> None:
    ledger.put("late", 2, time=datetime(2026, 8, 31, 23, tzinfo=UTC))
    assert ledger.grants()["included/acme/pro/2026-08-01"] == (100, 20, 80)
    assert ledger.balance() == 100


def test_a_refund_goes_back_where_it_came_from(ledger: Ledger) -> None:
    ledger.grant("bought", 30)
    ledger.put("a", 14)
    back = ledger.refund("a", 25, "r1")
    assert [(one.grant_id, one.credits, one.expired) for one in back] == [("", 10, 0), ("bought", 15, 0)]
    assert ledger.refund("a", 25, "r1") == [replace(one, anew=False) for one in back]
    assert (ledger.used(), ledger.overage(), ledger.balance()) == (115, 0, 15)
    ledger.refund("a")
    assert (ledger.used(), ledger.balance()) == (0, 130)
    ledger.check()


def test_a_refund_says_what_has_expired_meanwhile(ledger: Ledger) -> None:
    ledger.put("a", 4)
    ledger.now = datetime(2026, 11, 3, tzinfo=UTC)
    [back] = ledger.refund("a")
    assert (back.grant_id, back.credits, back.expired) == (INCLUDED, 40, 40)
    assert ledger.grants()[INCLUDED] == (100, 0, 100)
    assert ledger.balance() == 100  # of November


def test_what_was_paid_back_stays_paid_back_when_the_price_changes(ledger: Ledger) -> None:
    ledger.put("a", 4)
    ledger.refund("a", 10, "r1")
    ledger.reprice("a", "0.5")
    assert ledger.used() == 0
    ledger.reprice("a", 6)
    assert ledger.used() == 50
    ledger.check()


def test_more_than_was_taken_cannot_be_paid_back(ledger: Ledger) -> None:
    ledger.put("a", 4)
    with pytest.raises(Refused, match="has 40 credits"):
        ledger.refund("a", "40.1", "r1")
    with pytest.raises(BadInput, match="needs an id"):
        ledger.refund("a", 10)
    with pytest.raises(NotFound, match="no operation 'b'"):
        ledger.refund("b")
    ledger.refund("a", 10, "r2")
    with pytest.raises(Refused, match="paid back before"):
        ledger.refund("a", 11, "r2")


def test_a_grant_counts_once_under_one_id_and_stands_for_one_thing(ledger: Ledger) -> None:
    ledger.grant("order-1", 30)
    ledger.grant("order-1", 30)
    assert ledger.balance() == 130
    with pytest.raises(Refused, match="was granted before: 30 credits"):
        ledger.grant("order-1", 31)
    with pytest.raises(Refused, match="was granted before: 30 credits"):
        ledger.grant("order-1", 30, customer="globex")
    with pytest.raises(BadInput, match="included/"):
        ledger.grant("included/acme/pro/2026-11-01", 1)


@pytest.mark.parametrize(("amount", "why"), [(0, "above 0"), (-1, "above 0"), (10**9 + 1, "at most")])
def test_credits_to_grant_have_bounds(ledger: Ledger, amount: int, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        ledger.grant("g", amount)


def test_more_than_can_be_held_holds_up_nothing(state: State) -> None:
    ledger = Ledger(state, PLANS | {"usage": [{"by": "cost", "credits": 100}]})
    for n in range(3):
        ledger.put(f"units{n}", 1, units=Decimal(10**12), unit="token")
    for n in range(12):
        ledger.put(f"huge{n}", "9000000")  # 900 million credits each: ten and a bit can be held
    standing = ledger.standing()
    assert sum(row.sums.uncounted for row in standing.rows) == 3 + 2
    assert standing.used == 2**63 - 1 + 300 * 10**9  # and what the others took
    ledger.check()


def test_the_last_digit_is_rounded_half_away_from_zero(ledger: Ledger) -> None:
    ledger.put("a", "0.00000000005")
    ledger.put("b", "0.00000000004")
    assert ledger.used() == Decimal("0.000000001")


def test_an_id_that_another_customer_got_at_the_same_moment_is_refused(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL neither sees the other's before one is kept."""
    books = Ledger(state, PLANS)
    looked, granted = [], Credits._granted

    def before(*asked: Any) -> bool:
        looked.append(asked)
        return False if len(looked) == 2 else granted(*asked)

    monkeypatch.setattr(Credits, "_granted", before)
    books.grant("order-1", 5, customer="acme")
    with pytest.raises(Refused, match="was granted before: "):
        books.grant("order-1", 5, customer="globex")
    assert len(looked) == 3
    assert "order-1" not in books.grants("globex")
