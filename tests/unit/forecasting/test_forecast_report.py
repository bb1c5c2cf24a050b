"""Month-end and the days to come, by group and in total, beside what earlier forecasts were worth."""

from datetime import date, timedelta
from decimal import Decimal
from importlib.util import find_spec
from typing import Any

import pytest

from apportion.analytics.query import Query
from apportion.core.errors import BadInput
from apportion.forecasting import Asked, forecast, month_end
from unit.forecasting.conftest import Company

FIRST, LAST = date(2026, 5, 1), date(2026, 9, 20)


def asked(**parts: Any) -> Asked:
    return Asked(query=Query.model_validate(parts.pop("query", {})), **parts)


def weekly(day: date) -> Decimal:
    return Decimal("40.10") if day.weekday() >= 5 else Decimal("100.25")


@pytest.fixture
def two_teams(company: Company) -> Company:
    company.charge("web", FIRST, LAST, weekly)
    company.charge("data", FIRST, LAST, lambda _: "10.01")
    return company


def test_what_is_known_is_exact_and_the_rest_is_forecast(two_teams: Company) -> None:
    total, web, data = month_end(two_teams.con, two_teams.facts(LAST), Query(group_by=["team"]))
    assert (total.keys, web.keys, data.keys) == ({}, {"team": "web"}, {"team": "data"})
    assert (data.so_far, data.last_month) == (20 * Decimal("10.01"), 31 * Decimal("10.01"))
    assert data.forecast == pytest.approx(30 * Decimal("10.01"), rel=Decimal("0.01"))
    assert (web.month, web.origin) == ("2026-09", LAST)
    whole = sum(weekly(date(2026, 9, n)) for n in range(1, 31))
    assert web.forecast == pytest.approx(whole, rel=Decimal("0.02"))
    assert web.low < web.forecast < web.high
    assert web.so_far < web.low
    assert web.change == web.forecast - web.last_month
    assert total.so_far == web.so_far + data.so_far


def test_on_the_last_day_of_a_month_the_next_one_is_asked_for(company: Company) -> None:
    company.charge("web", FIRST, date(2026, 8, 31), lambda _: 10)
    (total,) = month_end(company.con, company.facts(date(2026, 8, 31)), Query())
    assert (total.month, total.so_far, total.last_month) == ("2026-09", 0, 310)
    assert total.forecast == pytest.approx(300, rel=Decimal("0.01"))


def test_days_and_their_sum_reach_ninety_days(two_teams: Company) -> None:
    report = forecast(
        two_teams.con, two_teams.facts(LAST), asked(horizon="90d", query={"group_by": ["team"]})
    )
    assert [(a.keys.get("team"), (a.to - a.start).days) for a in report.ahead] == [
        (None, 90),
        ("web", 90),
        ("data", 90),
    ]
    of_total = [day for day in report.days if not day.keys]
    assert (len(of_total), of_total[0].day) == (90, LAST + timedelta(days=1))
    ahead = report.ahead[0]
    assert sum(day.expected for day in of_total) == pytest.approx(ahead.total, rel=Decimal("0.001"))
    assert sum(day.low for day in of_total) < ahead.low < ahead.total < ahead.high


def test_a_month_s_days_end_with_the_month(two_teams: Company) -> None:
    report = forecast(two_teams.con, two_teams.facts(LAST), asked())
    assert [day.day.day for day in report.days] == list(range(21, 31))
    assert report.headline.startswith("September 2026 will cost about $2,82")
    assert "with 80 % certainty" in report.headline


def test_groups_beyond_the_limit_are_forecast_as_one(two_teams: Company) -> None:
    two_teams.charge("ops", FIRST, LAST, lambda _: 3)
    rows = month_end(two_teams.con, two_teams.facts(LAST), Query(group_by=["team"], limit=1))
    assert [(row.keys.get("team"), row.others) for row in rows] == [
        (None, False),
        ("web", False),
        ("(others)", True),
    ]
    assert rows[2].so_far == 20 * Decimal("13.01")


def test_a_new_group_says_why_it_has_no_forecast(two_teams: Company) -> None:
    two_teams.charge("new", LAST - timedelta(days=8), LAST, lambda _: 5)
    new = month_end(two_teams.con, two_teams.facts(LAST), Query(group_by=["team"]))[-1]
    assert (new.so_far, new.forecast, new.low) == (45, None, None)
    assert new.reason == "It has cost for 9 days only; a forecast needs 14."


def test_currencies_stay_apart_and_one_can_be_asked_for(two_teams: Company) -> None:
    two_teams.charge("web", FIRST, LAST, lambda _: 7, currency="EUR")
    facts = two_teams.facts(LAST)
    both = forecast(two_teams.con, facts, asked())
    assert [row.currency for row in both.totals] == ["EUR", "USD"]
    assert (both.meta.currency, both.headline.count("will cost about")) == (None, 2)
    one = forecast(two_teams.con, facts, asked(currency="EUR", query={"filter": {"team": ["web"]}}))
    assert [(row.currency, row.so_far) for row in one.totals] == [("EUR", 140)]
    with pytest.raises(BadInput, match="no cost in 'GBP'"):
        forecast(two_teams.con, facts, asked(currency="GBP"))


def test_a_window_that_ended_asks_what_would_have_been_said_then(two_teams: Company) -> None:
    then = asked(query={"window": "2026-08-01..2026-08-11"})
    report = forecast(two_teams.con, two_teams.facts(LAST), then)
    assert (report.origin, report.totals[0].month) == (date(2026, 8, 10), "2026-08")


def test_past_forecasts_are_replayed_on_what_was_known(two_teams: Company) -> None:
    report = forecast(two_teams.con, two_teams.facts(LAST), asked())
    assert {past.kind for past in report.past} == {"hindcast"}
    assert [str(past.made_on) for past in report.past[:3]] == ["2026-08-20", "2026-08-10", "2026-08-05"]
    newest = report.past[0]
    august = sum(weekly(date(2026, 8, n)) + Decimal("10.01") for n in range(1, 32))
    assert newest.actual == august
    assert newest.error == newest.forecast - august
    summary = report.accuracy[0]
    assert summary.forecasts == len(report.past) == 9  # of June, July and August
    assert summary.mean_error_pct < 2
    two_teams.charge("web", date(2026, 8, 25), date(2026, 8, 25), lambda _: 90_000)
    again = forecast(two_teams.con, two_teams.facts(LAST), asked())
    assert [p.forecast for p in again.past[:3]] == [p.forecast for p in report.past[:3]]
    assert not again.past[0].held


def test_months_that_are_estimated_prove_nothing(two_teams: Company) -> None:
    report = forecast(two_teams.con, two_teams.facts(LAST, "2026-08"), asked())
    assert {past.month for past in report.past} == {"2026-06", "2026-07"}


def test_the_baselines_can_be_asked_for(two_teams: Company) -> None:
    rate = forecast(two_teams.con, two_teams.facts(LAST), asked(method="run_rate"))
    assert len({day.expected for day in rate.days}) == 1
    naive = forecast(two_teams.con, two_teams.facts(LAST), asked(method="seasonal_naive"))
    assert naive.days[0].expected == weekly(LAST - timedelta(days=6)) + Decimal("10.01")
    with pytest.raises(BadInput, match="no method 'prophet'"):
        forecast(two_teams.con, two_teams.facts(LAST), asked(method="prophet"))


def test_nothing_at_all_is_said_in_words(two_teams: Company) -> None:
    report = forecast(two_teams.con, two_teams.facts(LAST), asked(query={"filter": {"team": ["nobody"]}}))
    assert (report.headline, report.totals, report.past) == ("There is no cost to forecast.", [], [])
    with pytest.raises(BadInput, match="No field is named 'colour'"):
        forecast(two_teams.con, two_teams.facts(LAST), asked(query={"group_by": ["colour"]}))
    with pytest.raises(BadInput, match="no cost up to 2020-01-31"):
        forecast(two_teams.con, two_teams.facts(LAST), asked(query={"window": "2020-01"}))


@pytest.mark.skipif(find_spec("statsforecast") is not None, reason="statsforecast is installed here")
def test_a_method_that_is_not_installed_says_how_to_get_it(two_teams: Company) -> None:
    with pytest.raises(BadInput, match="needs statsforecast, which is not installed"):
        forecast(two_teams.con, two_teams.facts(LAST), asked(method="theta"))


@pytest.mark.skipif(find_spec("statsforecast") is None, reason="statsforecast is not installed here")
def test_theta_sees_the_week(two_teams: Company) -> None:
    days = forecast(two_teams.con, two_teams.facts(LAST), asked(method="theta")).days
    assert days[5].expected < days[4].expected
