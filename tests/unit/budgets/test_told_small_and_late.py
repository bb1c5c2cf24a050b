"""Budgets of small sums keep their digits, and those that are told as of a past day say so by the clock."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from apportion.budgets.looking import Look
from apportion.budgets.standing import headline
from budgets_kept import NOON, Desk

Make = Callable[..., Desk]


def test_small_sums_go_on_as_they_are_and_never_fall(desk: Make) -> None:
    company = desk(small={"amount": "0.05"})
    company.later(days=20)
    company.spend("a", "0.065234567")
    found = company.budgets.single(company.state, "small")
    totals = [day.total for day in found.by_day] + [day.total for day in found.ahead]
    assert totals == sorted(totals)
    assert found.forecast == totals[-1] > Decimal("0.0652")
    ideals = [day.ideal for day in found.by_day] + [day.ideal for day in found.ahead]
    assert len(set(ideals)) == 31  # no stairs
    assert ideals[0] == Decimal("0.001612903")
    assert found.headline == "$0.015 more than the limit is spent; it resets in 6 days."


def test_days_ahead_begin_where_the_days_so_far_end(desk: Make) -> None:
    company = desk(small={"amount": 1})
    company.now = NOON.replace(day=30, hour=23, minute=59, second=59)
    company.spend("a", "0.000000007")
    found = company.budgets.single(company.state, "small")
    assert [day.total for day in found.ahead] == [Decimal("0.000000007")]


@pytest.mark.parametrize(
    ("days", "at"),
    [(6, "5 days later"), (26 + 6, "December"), (26 + 8, "its newest call")],
)
def test_a_budget_is_told_as_of_its_newest_call_a_week_after_its_period(
    desk: Make, days: int, at: str
) -> None:
    company = desk(all={"amount": 10})
    company.spend("a", "4")
    company.later(days=days)
    newest = company.budgets.newest(company.state)
    assert newest == (NOON if at == "its newest call" else company.now)


def test_a_period_that_is_over_is_not_said_to_reset(desk: Make) -> None:
    company = desk()
    company.declare(zone="Europe/Berlin", all={"amount": 10})
    company.spend("a", "4")
    company.later(days=48)
    look = Look(company.now, company.budgets.newest(company.state), "Europe/Berlin")
    one = company.budgets.single(company.state, "all", look=look)
    said = "40.00 % of $10.00 is spent, as of 5 October 2026; it reset on 1 November 2026."
    assert (one.headline, one.as_of) == (said, NOON)
    [row] = company.budgets.listed(company.state, look=look).budgets
    assert row.as_of == NOON
    assert company.budgets.check(company.state, {}).budgets[0].spent == 0


def test_as_of_a_past_day_what_is_to_come_is_counted_from_today(desk: Make) -> None:
    company = desk(all={"amount": 10})
    company.spend("a", "4")
    company.later(days=20)
    look = Look(company.now, NOON + timedelta(days=1), cut=True)
    one = company.budgets.single(company.state, "all", look=look)
    assert one.headline.endswith("as of 6 October 2026; it resets in 6 days.")


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], "No budget counts anything yet."),
        (["near"], "The one budget is near its limit."),
        (["within"], "The one budget is within its limit."),
        (["within", "within"], "All 2 budgets are within their limits."),
        (["over", "near", "within"], "1 of 3 budgets is over its limit, 1 near."),
    ],
)
def test_a_headline_counts_as_people_do(states: list[str], said: str) -> None:
    assert headline(states) == said  # type: ignore[arg-type]
