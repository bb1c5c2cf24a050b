"""Reports of credits end where the uses do, or at a day that is asked for; what is allowed goes by the clock."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from apportion.app import App
from apportion.core.errors import BadInput
from apportion.credits.service import GrantOrder, SubscriptionOrder

WORKSPACE = """
plans:
  default: free
  usage: [{by: unit, unit: answer, credits: 10}]
  offered: {free: {title: Free, included: 100, starts: calendar, overage: {price: 0.5}}}
"""
NOVEMBER = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> App:
    """A customer that used 110 of 100 credits in October, and nothing since."""
    (tmp_path / "apportion.yaml").write_text(WORKSPACE)
    made = App(tmp_path)
    for day, number in ((10, 5), (31, 6)):
        made.clock = lambda day=day: datetime(2026, 10, day, 12, 30, tzinfo=UTC)
        calls = [
            f'{{"id": "{day}-{n}", "time": "2026-10-{day}T12:00:00Z", "customer": "acme", "unit": "answer", '
            f'"units": "1", "feature": "chat"}}'
            for n in range(number)
        ]
        made.post_operations(f'{{"operations": [{",".join(calls)}]}}'.encode())
    made.clock = lambda: NOVEMBER
    return made


def test_a_list_ends_where_the_uses_do(app: App) -> None:
    found = app.credits()
    [row] = found.credits
    assert found.headline == "1 customer: 1 over, 0 near, as of 31 October 2026."
    assert (row.used, row.included, row.balance, row.state) == (110, 100, 0, "over")
    assert app.customer_usage("acme").days_to_reset == 1
    assert app.credit_account("acme").as_of == datetime(2026, 10, 31, 23, 59, 59, 999999, tzinfo=UTC)


def test_a_quiet_week_across_the_end_of_a_month_is_no_end(app: App) -> None:
    """The page and entitlements say the same; only what is older than that ends with its newest use."""
    app.clock = lambda: datetime(2026, 11, 7, 9, tzinfo=UTC)
    page, may = app.customer_usage("acme"), app.entitlements("acme")
    assert (page.used, page.balance) == (may.credits.used, may.credits.balance) == (0, 100)
    assert (page.as_of, page.period_start.month) == (app.clock(), 11)
    assert app.credits().as_of is None
    app.clock = lambda: datetime(2026, 11, 8, 9, tzinfo=UTC)
    assert app.customer_usage("acme").as_of == datetime(2026, 10, 31, 23, 59, 59, 999999, tzinfo=UTC)


def test_a_day_that_is_asked_for(app: App) -> None:
    [row] = app.credits(at="2026-11-22").credits
    assert (row.used, row.balance, row.state) == (0, 100, "within")
    page = app.customer_usage("acme", at="2026-10-31T08:00:00+02:00")
    assert (page.as_of, page.used) == (datetime(2026, 10, 31, 6, tzinfo=UTC), 110)
    with pytest.raises(BadInput, match="no day or time"):
        app.credits(at="soon")


def test_credits_that_are_bought_are_news(app: App) -> None:
    app.grant_credits("acme", GrantOrder("order", "top_up", Decimal(50)))
    [row] = app.credits().credits
    assert (row.used, row.balance) == (0, 150)
    assert app.customer_usage("acme").balance == 150


def test_what_is_allowed_goes_by_the_clock(app: App) -> None:
    found = app.entitlements("acme")
    assert (found.credits.used, found.credits.balance, found.allowed) == (0, 100, True)
    assert app.credits_used()[0].percent == 0


def test_the_contact_is_that_of_the_subscription_else_of_the_list_of_customers(tmp_path: Path) -> None:
    listed = "customers: {connector: files, location: customers.csv}\n"
    (tmp_path / "apportion.yaml").write_text(listed + WORKSPACE)
    rows = ["acme,free,ana@acme.example", "birch,free,", "cedar,free,old@cedar.example"]
    (tmp_path / "customers.csv").write_text("\n".join(["customer_id,plan,contact", *rows]) + "\n")
    made = App(tmp_path)
    assert not made.ingest_declared().problems
    made.subscribe_customer("cedar", SubscriptionOrder("free", contact="new@cedar.example"))
    assert {one.customer: one.contact for one in made.credits_used()} == {
        "acme": "ana@acme.example",
        "birch": "",
        "cedar": "new@cedar.example",
    }
