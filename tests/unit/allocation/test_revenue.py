"""Revenue stands on the days it belongs to, and adds up exactly."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

from books import Books, charge


def daily(books: Books, items: Iterable[dict[str, Any]], first: str, last: str) -> list[tuple[str, D]]:
    """Revenue by day, with cost from `first` to `last`."""
    after = date.fromisoformat(last) + timedelta(days=1)
    books.bill([charge("1", day=first), charge("1", day=last, until=str(after))])
    books.revenue([{"customer_id": "acme", "currency": "USD", "kind": "recurring", **item} for item in items])
    books.allocate({"dimensions": {"team": [{"tag": "team"}]}})
    return books.sql("SELECT day::VARCHAR, sum(amount) FROM daily_revenue GROUP BY ALL ORDER BY ALL")


def test_a_month_has_its_own_length_and_adds_up_to_the_last_digit(books: Books) -> None:
    found = daily(books, [{"amount": D(1000), "start_date": "2026-01-01"}], "2026-01-01", "2026-03-31")
    for month, days in (("2026-01", 31), ("2026-02", 28), ("2026-03", 31)):
        amounts = [amount for day, amount in found if day.startswith(month)]
        assert (len(amounts), sum(amounts)) == (days, D(1000))


def test_a_customer_who_leaves_mid_month_pays_for_the_days_before(books: Books) -> None:
    item = {"amount": D(300), "start_date": "2026-09-01", "end_date": "2026-09-11"}
    found = daily(books, [item], "2026-09-01", "2026-09-30")
    assert (found[-1][0], sum(a for _, a in found)) == ("2026-09-10", D(100))


def test_one_off_amounts_stand_on_their_day_or_over_their_days(books: Books) -> None:
    items = [
        {"kind": "one_off", "amount": D(50), "start_date": "2026-09-03"},
        {"kind": "overage", "amount": D(10), "start_date": "2026-09-01", "end_date": "2026-09-04"},
    ]
    found = daily(books, items, "2026-09-01", "2026-09-30")
    assert found == [
        ("2026-09-01", D("3.333333333333")),
        ("2026-09-02", D("3.333333333333")),
        ("2026-09-03", D("53.333333333334")),
    ]


def test_days_without_cost_have_no_revenue_so_that_margins_compare_like_with_like(books: Books) -> None:
    found = daily(books, [{"amount": D(300), "start_date": "2026-01-01"}], "2026-09-10", "2026-09-12")
    assert [day for day, _ in found] == ["2026-09-10", "2026-09-11", "2026-09-12"]
    assert sum(a for _, a in found) == D(30)
