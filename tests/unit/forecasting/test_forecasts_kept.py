"""Forecasts are kept as they were given, once for each day, and judged when their month is over."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from apportion.analytics.query import Query
from apportion.database import State
from apportion.forecasting import Asked, forecast, given_forecasts, keep_forecasts, month_end
from unit.forecasting.conftest import Company

FIRST, LAST = date(2026, 5, 1), date(2026, 9, 20)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    made = State.file(tmp_path / "state.db")
    made.migrate()
    yield made
    made.close()


def until(day: str, **parts: object) -> Query:
    return Query.model_validate({"window": f"2026-06-01..{day}", **parts})


def test_a_forecast_stays_as_it_was_first_given(company: Company, state: State) -> None:
    company.charge("web", FIRST, LAST, lambda _: 10)
    facts, query = company.facts(LAST), until("2026-08-11", group_by=["team"])
    first = month_end(company.con, facts, query)
    assert keep_forecasts(state, facts, query, first) == 2
    assert keep_forecasts(state, facts, query, first) == 0
    company.charge("web", FIRST, LAST, lambda _: 10)  # the bill was restated
    assert keep_forecasts(state, facts, query, month_end(company.con, facts, query)) == 0
    (given,) = given_forecasts(state, facts, Query())
    assert (given.month, given.made_on, given.total) == ("2026-08", date(2026, 8, 10), first[0].forecast)
    assert (
        keep_forecasts(state, facts, until("2026-08-12"), month_end(company.con, facts, until("2026-08-12")))
        == 1
    )


def test_what_was_given_stands_beside_what_came(company: Company, state: State) -> None:
    company.charge("web", FIRST, LAST, lambda day: 10 if day < date(2026, 8, 15) else 20)
    facts = company.facts(LAST)
    for day in ("2026-08-11", "2026-09-11"):
        keep_forecasts(state, facts, until(day), month_end(company.con, facts, until(day)))
    report = forecast(company.con, facts, Asked(query=Query()), given_forecasts(state, facts, Query()))
    running, over = [past for past in report.past if past.kind == "given"]
    assert (running.month, running.actual, running.held) == ("2026-09", None, None)
    assert (over.month, over.actual, over.held) == ("2026-08", 14 * 10 + 17 * 20, False)
    assert over.error == over.forecast - over.actual
    assert [(a.kind, a.forecasts) for a in report.accuracy] == [("given", 1), ("hindcast", 9)]


def test_other_questions_have_forecasts_of_their_own(company: Company, state: State) -> None:
    company.charge("web", FIRST, LAST, lambda _: 10)
    facts = company.facts(LAST)
    only = {"filter": {"team": ["web"]}}
    keep_forecasts(
        state, facts, until("2026-08-11", **only), month_end(company.con, facts, until("2026-08-11", **only))
    )
    assert given_forecasts(state, facts, Query()) == []
    assert len(given_forecasts(state, facts, Query.model_validate(only))) == 1
