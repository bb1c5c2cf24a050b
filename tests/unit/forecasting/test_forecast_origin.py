"""Forecasts begin after the last complete day: what an estimated bill still lacks is no saving."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from apportion.analytics.query import Query
from apportion.forecasting import month_end
from apportion.forecasting.origin import last_complete_day
from unit.forecasting.conftest import Company

FIRST, LAST = date(2026, 5, 1), date(2026, 9, 20)


def lacking(share: str, since: int, until: int = 20) -> Callable[[date], Decimal]:
    """A cost of 100, of which days of September from `since` on have only `share`."""
    short = [date(2026, 9, n) for n in range(since, until + 1)]
    return lambda day: Decimal(100) * (Decimal(share) if day in short else 1) + day.toordinal() % 7


@pytest.mark.parametrize(
    ("share", "since", "until", "origin"),
    [
        ("0.2", 20, 20, date(2026, 9, 19)),
        ("0.2", 19, 20, date(2026, 9, 18)),
        ("0.97", 20, 20, LAST),
        ("0.2", 18, 18, LAST),  # a day that is over, and was cheap
        ("0.2", 18, 20, LAST),  # three days are believed
    ],
)
def test_days_that_are_short_wait(company: Company, share: str, since: int, until: int, origin: date) -> None:
    company.charge("web", FIRST, LAST, lacking(share, since, until))
    found = last_complete_day(company.con, company.facts(LAST, "2026-09"), LAST, "EffectiveCost")
    assert found.day == origin
    assert (found.reason is None) == (origin == LAST)


def test_an_invoice_is_believed_as_it_is(company: Company) -> None:
    company.charge("web", FIRST, LAST, lacking("0.2", 20))
    assert last_complete_day(company.con, company.facts(LAST), LAST, "EffectiveCost").day == LAST


def test_one_source_that_is_late_is_named_and_one_without_weight_is_not_waited_for(company: Company) -> None:
    company.charge("web", FIRST, LAST, lambda day: 1000 + day.day)
    company.charge("web", FIRST, LAST, lacking("0", 20), source="azure")
    company.charge("web", FIRST, LAST, lambda day: 1 if day < LAST else 0, source="tiny")
    facts = company.facts(LAST, "2026-09")
    found = last_complete_day(company.con, facts, LAST, "EffectiveCost")
    assert (found.day, found.reason) == (
        date(2026, 9, 19),
        "The estimated bill of azure is not complete on 2026-09-20.",
    )
    (total,) = month_end(company.con, facts, Query())
    assert total.origin == date(2026, 9, 19)
