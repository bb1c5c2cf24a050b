import dataclasses
from datetime import date
from decimal import Decimal

import pytest

from apportion.analytics.models import Facts
from apportion.analytics.scope import Scope, trend_pct
from apportion.core.errors import BadInput


def test_windows_end_with_the_data_not_with_the_clock(facts: Facts) -> None:
    scope = Scope.of(facts, "7d")
    assert (scope.start, scope.end) == (date(2026, 9, 24), date(2026, 10, 1))
    assert scope.phrase == "in the last 7 days"


def test_a_month_has_its_own_length_and_is_compared_with_the_month_before(facts: Facts) -> None:
    scope = Scope.of(facts, "2026-09")
    assert (scope.window.days, scope.previous.days) == (30, 31)
    assert Scope.of(facts, "2026-08").daily_average(Decimal(310)) == Decimal(10)


def test_thirty_days_are_compared_with_thirty_days_also_where_they_are_a_month(facts: Facts) -> None:
    scope = Scope.of(facts, "30d")
    assert scope.start == date(2026, 9, 1)
    assert scope.previous.start == date(2026, 8, 2)


def test_without_data_for_all_of_the_window_before_there_is_no_comparison(facts: Facts) -> None:
    assert Scope.of(facts, "46d").previous is not None
    assert Scope.of(facts, "47d").previous is None
    assert Scope.of(facts, "47d").meta().previous_from is None


def test_an_average_divides_by_the_days_that_have_data(facts: Facts) -> None:
    scope = Scope.of(facts, "2026-09-26..2026-10-06")
    assert (scope.window.days, len(scope.days)) == (10, 5)
    assert scope.daily_average(Decimal(10)) == Decimal(2)
    assert scope.meta().days_covered == 5


def test_the_words_beside_a_total(facts: Facts) -> None:
    meta = Scope.of(facts, "30d", "BilledCost").meta("customer").model_dump(mode="json", by_alias=True)
    assert meta == {
        "metric": "BilledCost",
        "currency": "USD",
        "currencies": ["USD"],
        "perspective": "customer",
        "from": "2026-09-01",
        "to": "2026-10-01",
        "days": 30,
        "days_covered": 30,
        "label": "last 30 days",
        "previous_from": "2026-08-02",
        "previous_to": "2026-09-01",
        "time_zone": "UTC",
        "run_id": "run-1",
        "data_through": "2026-09-30",
        "loaded_at": "2026-10-01T06:00:00Z",
        "status": "final",
    }


@pytest.mark.parametrize(
    "window", ["", "0d", "3661d", "2026-13", "9999-12", "0001-01", "2026-09-02..2026-09-01", "last week"]
)
def test_what_is_not_a_window_is_refused(facts: Facts, window: str) -> None:
    with pytest.raises(BadInput):
        Scope.of(facts, window)


def test_a_window_is_estimated_where_a_bill_of_one_of_its_months_is(facts: Facts) -> None:
    september = dataclasses.replace(facts, estimated=frozenset({"2026-09"}))
    for window, status in {
        "30d": "estimated",
        "2026-09": "estimated",
        "2026-08": "final",
        "2026-08-01..2026-09-01": "final",
        "2026-08-31..2026-09-02": "estimated",
    }.items():
        assert Scope.of(september, window).meta().status == status, window
        assert Scope.of(facts, window).meta().status == "final"


@pytest.mark.parametrize("given", [{"metric": "ListCost"}, {"currency": "EUR"}])
def test_metrics_and_currencies_that_are_not_there_are_refused(facts: Facts, given: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        Scope.of(facts, "30d", **given)


def test_a_trend_needs_something_before() -> None:
    assert trend_pct(Decimal(5), None) is None
    assert trend_pct(Decimal(5), Decimal(0)) is None
    assert trend_pct(Decimal(5), Decimal(4)) == Decimal("25.00")
