"""Periods of budgets begin and end at midnight of the reporting time zone, whatever clocks do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.budgets.periods import Between, Calendar
from apportion.budgets.settings import Budget, Period
from apportion.core.times import microseconds, time_of

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "America/Havana", "Asia/Kathmandu", "Pacific/Apia")
MOMENTS = st.integers(1_104_537_600, 2_051_222_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
KINDS = ("daily", "weekly", "monthly", "quarterly", "yearly")


def _calendar(kind: str, zone: str = "UTC", week_starts: Any = "monday") -> Calendar:
    return Calendar(Period(kind=kind), zone, week_starts)


def _at(calendar: Calendar, text: str) -> tuple[str, str]:
    found = calendar.at(datetime.fromisoformat(text))
    assert found is not None
    return tuple(f"{time_of(stamp):%Y-%m-%dT%H:%M}" for stamp in found)


@given(
    st.sampled_from(KINDS),
    st.sampled_from(ZONES),
    st.sampled_from(("monday", "sunday", "thursday")),
    MOMENTS,
)
def test_periods_tile_time_without_gap_or_overlap(kind: str, zone: str, first: Any, time: datetime) -> None:
    calendar = _calendar(kind, zone, first)
    moment = time
    found = calendar.at(moment)
    assert found is not None
    assert found.start <= microseconds(moment) < found.until
    before = calendar.at(time_of(found.start - 1))
    after = calendar.at(time_of(found.until))
    assert before is not None
    assert after is not None
    assert (before.until, after.start) == (found.start, found.until)
    assert calendar.at(time_of(found.until - 1)) == calendar.at(time_of(found.start)) == found


@given(st.sampled_from(KINDS), st.sampled_from(ZONES), MOMENTS)
def test_days_tile_a_period(kind: str, zone: str, time: datetime) -> None:
    calendar = _calendar(kind, zone)
    found = calendar.at(time)
    assert found is not None
    days = calendar.days(found)
    assert days[0][1].start == found.start
    assert days[-1][1].until == found.until
    assert all(one.until == other.start for (_, one), (_, other) in pairwise(days))


def test_a_month_begins_where_the_company_is() -> None:
    assert _at(_calendar("monthly", "Europe/Berlin"), "2026-03-31T21:59:00+00:00") == (
        "2026-02-28T23:00",
        "2026-03-31T22:00",
    )


def test_days_have_23_and_25_hours_where_clocks_change() -> None:
    berlin = _calendar("daily", "Europe/Berlin")
    spring = berlin.at(datetime(2026, 3, 29, 12, tzinfo=UTC))
    autumn = berlin.at(datetime(2026, 10, 25, 12, tzinfo=UTC))
    hours = [timedelta(microseconds=p.until - p.start) / timedelta(hours=1) for p in (spring, autumn) if p]
    assert hours == [23, 25]


def test_a_week_begins_on_the_day_that_is_said() -> None:
    friday = "2026-10-02T12:00:00+00:00"
    assert _at(_calendar("weekly"), friday) == ("2026-09-28T00:00", "2026-10-05T00:00")
    assert _at(_calendar("weekly", week_starts="sunday"), friday) == ("2026-09-27T00:00", "2026-10-04T00:00")
    assert _at(_calendar("weekly", week_starts="friday"), friday) == ("2026-10-02T00:00", "2026-10-09T00:00")


def test_quarters_and_years_begin_with_the_calendars() -> None:
    assert _at(_calendar("quarterly"), "2026-12-31T23:59:59+00:00") == (
        "2026-10-01T00:00",
        "2027-01-01T00:00",
    )
    assert _at(_calendar("yearly"), "2026-12-31T23:59:59+00:00") == ("2026-01-01T00:00", "2027-01-01T00:00")


def test_a_custom_period_is_one_and_ends_before_its_last_day() -> None:
    calendar = Calendar(Period.model_validate({"from": "2026-10-05", "until": "2026-10-19"}), "UTC")
    inside = calendar.at(datetime(2026, 10, 18, 23, 59, tzinfo=UTC))
    assert inside == Between(
        microseconds(datetime(2026, 10, 5, tzinfo=UTC)), microseconds(datetime(2026, 10, 19, tzinfo=UTC))
    )
    assert calendar.at(datetime(2026, 10, 19, tzinfo=UTC)) is None
    assert calendar.at(datetime(2026, 10, 4, 23, tzinfo=UTC)) is None
    assert [day for day, _ in calendar.days(inside)][::13] == [date(2026, 10, 5), date(2026, 10, 18)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "say how much"),
        ({"amount": 5, "amounts": {"search": 8}}, "`for` says of what"),
        ({"amounts": {"search": 8}, "for": {"team": ["ads"]}}, "none of those"),
        ({"amount": 5, "for": {"shoe_size": "*"}}, "no field 'shoe_size'"),
        ({"amount": 5, "of": "cost", "enforced": True}, "only afterwards"),
        ({"amount": 5, "perspective": "team"}, "of: cost"),
        ({"amount": 5, "period": {"from": "2026-10-05", "until": "2026-10-05"}}, "the day after the last"),
        ({"amount": 5, "period": "fortnightly"}, "say daily, weekly"),
        ({"amount": 5, "period": "custom"}, "or {from: DAY, until: DAY}"),
        ({"amount": 5, "period": 14}, "say daily, weekly"),
        ({"amount": 5, "hold": "0m"}, "a minute at least"),
        ({"amount": "0.0000000001"}, "decimal places"),
    ],
)
def test_a_budget_says_what_is_wrong_with_it(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Budget.model_validate(given)
