"""What changes limits and credits stands in the audit log, from the very transaction that changes them."""

from contextvars import copy_context
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from apportion.access import Caller
from apportion.access.doing import By, doing
from apportion.app import App
from apportion.core.errors import BadInput
from apportion.credits.service import GrantOrder, RefundOrder, SubscriptionOrder

SETTINGS = """\
budgets:
  company: {amount: 1000}
plans:
  default: free
  usage: [{by: call, credits: 1}]
  offered: {free: {included: 2}, pro: {included: 100}}
"""


@pytest.fixture
def app(tmp_path: Path) -> App:
    (tmp_path / "apportion.yaml").write_text(SETTINGS)
    return App(tmp_path)


def test_limits_and_credits_are_told_with_who_and_why(app: App) -> None:
    app.adjust_budget("company", "", Decimal(50), "a launch", "ana")
    app.subscribe_customer("acme", SubscriptionOrder("pro", who="apn_Ab12Cd34", reason="signed"))
    order = GrantOrder("order-1", "top_up", Decimal(10), reason="bought", who="ben")
    app.grant_credits("acme", order)
    app.grant_credits("acme", order)  # the same once more: nothing changed, nothing is told
    app.post_operations(
        b'{"id": "c1", "time": "%b", "customer": "acme"}' % datetime.now(UTC).isoformat().encode()
    )
    app.refund_credits("acme", RefundOrder("c1", reason="it failed", who="ben"))
    rows = app.access.audited().rows[::-1]
    assert [(row.who, row.action, row.target) for row in rows] == [
        ("ana", "adjust_budget", "company"),
        ("apn_Ab12Cd34", "subscribe_customer", "acme"),
        ("ben", "grant_credits", "acme"),
        ("ben", "refund_credits", "acme"),
    ]
    assert {(row.kind, row.address) for row in rows} == {("local", "")}, "done at the machine"
    assert rows[0].detail == {"amount": "50", "reason": "a launch"}
    assert app.access.verify_audit().breaks == []
    app.stop()


def test_what_a_request_leads_to_is_told_with_the_kind_and_address_of_who_asked(app: App) -> None:
    key = Caller("apn_Ab12Cd34", "key", frozenset({"budgets"}))

    def asked() -> None:
        doing.set(By(key, "203.0.113.7"))
        app.adjust_budget("company", "", Decimal(50), "a launch", "somebody else")

    copy_context().run(asked)
    app.adjust_budget("company", "", Decimal(5), "more", "apn_Ab12Cd34")
    told = [(row.who, row.kind, row.address) for row in app.access.audited().rows[::-1]]
    assert told == [("apn_Ab12Cd34", "key", "203.0.113.7"), ("apn_Ab12Cd34", "local", "")]
    app.stop()


def test_what_is_refused_is_not_told_as_done(app: App) -> None:
    with pytest.raises(BadInput):
        app.adjust_budget("company", "", Decimal(0), "nothing", "ana")
    with pytest.raises(BadInput):
        app.grant_credits("acme", GrantOrder("order-1", "top_up", Decimal(0), who="ana"))
    assert app.access.audited().rows == []
    app.stop()
