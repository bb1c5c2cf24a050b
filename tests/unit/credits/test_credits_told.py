"""What the audit log and alerts are told of credits."""

import json
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from apportion.credits.watched import used
from apportion.database import State, audit
from unit.credits.counted import Ledger

PLANS = {
    "usage": [{"by": "cost", "credits": 1}],
    "offered": {"pro": {"included": 100, "starts": "calendar"}},
}


def test_amounts_in_the_audit_log_are_plain_and_a_refund_has_one(state: State) -> None:
    ledger = Ledger(state, PLANS)
    ledger.subscribe("pro", date(2026, 10, 1))
    ledger.grant("order-1", "1200.000000000")
    ledger.put("a", 30)
    for _ in "12":
        ledger.refund("a", "2.500000000", "r1")
    ledger.take_back("order-1")
    with state.read() as con:
        told = con.execute(select(audit.c.action, audit.c.detail).order_by(audit.c.number)).all()
    assert [row.action for row in told[1:]] == ["grant_credits", "refund_credits", "take_back_credits"]
    assert [json.loads(row.detail)["credits"] for row in told[1:]] == ["1200", "2.5", "1200"]


def test_what_is_bought_is_left_beside_what_the_plan_includes(state: State) -> None:
    ledger = Ledger(state, PLANS)
    ledger.subscribe("pro", date(2026, 10, 1))
    ledger.grant("order-1", 50)
    ledger.put("a", 30)
    [first] = used(ledger.terms, [ledger.standing()])
    ledger.put("b", 85)
    [second] = used(ledger.terms, [ledger.standing()])
    assert [(one.included, one.used, one.beside) for one in (first, second)] == [
        (Decimal(100), Decimal(30), Decimal(50)),
        (Decimal(100), Decimal(115), Decimal(35)),
    ]
