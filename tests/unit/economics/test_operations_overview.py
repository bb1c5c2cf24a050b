"""The overview of operations: cost, tokens, success and trend; what is unknown is counted, never added."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apportion.core.errors import BadInput, NotFound
from apportion.economics.operations import operations_overview
from unit.economics.operations_told import Told


@pytest.fixture
def told() -> Told:
    return Told()


def test_cost_tokens_and_cache_are_added_and_averaged_exactly(told: Told) -> None:
    told.tell("0.01", input_tokens=1000, cache_read_tokens=600, output_tokens=200)
    told.tell("0.02", input_tokens=500, output_tokens=100)
    told.tell("0.02", input_tokens=0, cache_read_tokens=0, output_tokens=0)
    total = operations_overview(told.con, told.asked()).total
    assert (total.operations, total.cost) == (3, Decimal("0.05"))
    assert total.cost_per_request == Decimal("0.016666666667")
    assert (total.input_tokens, total.output_tokens, total.tokens) == (1500, 300, 1800)
    assert total.cached_pct == Decimal("60.00")  # 600 of the 1,000 for which it is known


def test_a_row_of_a_report_counts_as_the_calls_it_adds_up(told: Told) -> None:
    told.tell("0.01")
    told.tell("0.50", requests=99, source="openai")
    told.tell("7", requests=None, source="anthropic")  # its report does not count calls
    total = operations_overview(told.con, told.asked()).total
    assert (total.operations, total.priced, total.cost) == (101, 101, Decimal("7.51"))
    assert total.cost_per_request == Decimal("0.0051")


def test_what_has_no_price_or_no_counts_is_counted_and_said(told: Told) -> None:
    told.tell("1")
    told.tell(None)
    told.tell(None, price_state="unknown")
    told.tell("5", currency="EUR")
    report = operations_overview(told.con, told.asked())
    total = report.total
    assert (total.priced, total.unpriced, total.unknown, total.other_currency) == (1, 1, 1, 1)
    assert (total.cost, total.cost_per_request, total.tokens, total.without_tokens) == (1, 1, None, 4)
    assert report.headline.endswith("not in it: 1 without a rate, 1 without counts, 1 in another currency.")
    assert operations_overview(told.con, told.asked(currency="EUR")).total.cost == 5


def test_where_nothing_is_priced_the_cost_is_unknown_and_not_0(told: Told) -> None:
    told.tell(None)
    report = operations_overview(told.con, told.asked())
    assert (report.total.cost, report.daily[0].cost) == (None, None)
    assert report.headline == "1 operation in October 2026; the cost of none is known."


def test_a_success_bears_the_cost_of_failures(told: Told) -> None:
    told.tell("0.03", success=True)
    told.tell("0.01", success=False)
    told.tell("0.02")
    told.tell(None, success=True)
    total = operations_overview(told.con, told.asked()).total
    assert (total.judged, total.successes, total.success_pct) == (3, 2, Decimal("66.67"))
    assert total.cost_per_success == Decimal("0.04")  # of those that are judged and priced


def test_one_unit_of_output_bears_all_cost_where_there_is_no_other(told: Told) -> None:
    told.tell("0.03", units=Decimal(2), unit="ticket", input_tokens=80, output_tokens=20, value=Decimal(6))
    told.tell("0.01", input_tokens=100)
    [ticket] = operations_overview(told.con, told.asked()).total.units
    assert (ticket.cost_per_unit, ticket.tokens_per_unit, ticket.of) == (Decimal("0.02"), 100, "all")
    told.tell("0.30", units=Decimal(1), unit="report")
    total = operations_overview(told.con, told.asked()).total
    assert [(u.unit, u.cost_per_unit, u.of) for u in total.units] == [
        ("report", Decimal("0.30"), "named"),
        ("ticket", Decimal("0.015"), "named"),
    ]
    assert total.value_per_cost == 200  # 6 for $0.03


def test_the_trend_has_every_day_and_month_of_the_data(told: Told) -> None:
    told.tell("1", "2026-09-30T23:59:59+00:00")
    told.tell("2", "2026-10-02T00:00:00+00:00")
    report = operations_overview(told.con, told.asked("2026-09-01..2026-11-01"))
    assert [(d.start.day, d.operations, d.cost) for d in report.daily] == [
        (30, 1, 1),
        (1, 0, None),
        (2, 1, 2),
    ]
    assert [(m.start, m.cost) for m in report.monthly] == [(date(2026, 9, 1), 1), (date(2026, 10, 1), 2)]
    assert (report.meta.days, report.meta.days_covered) == (61, 3)


def test_days_are_those_of_the_reporting_time_zone(told: Told) -> None:
    told.tell("1", "2026-09-30T22:30:00+00:00")
    told.tell("2", "2026-10-02T12:00:00+00:00")
    report = operations_overview(told.con, told.asked("2026-10", time_zone="Europe/Berlin"))
    assert [(d.start.day, d.cost) for d in report.daily] == [(1, 1), (2, 2)]


def test_windows_of_days_end_with_the_last_complete_day(told: Told) -> None:
    told.tell("1", "2026-10-03T09:00:00+00:00")
    told.tell("2", "2026-10-04T09:00:00+00:00")
    told.tell("4", "2026-10-05T09:00:00+00:00")
    report = operations_overview(told.con, told.asked("1d"))
    assert (report.total.cost, report.total.cost_before) == (2, 1)
    assert report.total.change_pct == Decimal("100.00")
    assert (
        report.headline
        == "1 operation cost $2.00 in the last day, 100.0 % more than in the day before: $2.00 each."
    )
    first_day = datetime(2026, 10, 3, 12, tzinfo=UTC)
    assert operations_overview(told.con, told.asked("7d", now=first_day)).total.cost == 1


def test_those_behind_it_are_listed_the_dearest_first(told: Told) -> None:
    told.tell("1", feature="chat", customer="acme", dimensions={"ring": "canary"})
    told.tell("3", feature="search", customer="acme")
    told.tell("2", customer="birch")
    report = operations_overview(told.con, told.asked())
    assert [(g.key["feature"], g.share_pct) for g in report.features] == [
        ("search", Decimal("50.00")),
        ("(none)", Decimal("33.33")),
        ("chat", Decimal("16.67")),
    ]
    assert report.models[0].key == {"provider": "openai", "model": "gpt-4o"}
    few = operations_overview(told.con, told.asked(customer="acme", ring="canary"))
    assert (few.total.cost, few.meta.filters) == (1, {"customer": "acme", "ring": "canary"})


def test_what_cannot_be_asked_is_said(told: Told) -> None:
    with pytest.raises(NotFound, match="no operations yet"):
        told.asked()
    told.tell()
    with pytest.raises(BadInput, match="no dimension 'colour'"):
        told.asked(colour="red")
    with pytest.raises(BadInput, match="priced in 'GBP'"):
        told.asked(currency="GBP")


def test_a_cost_that_is_the_most_it_can_have_been_is_added_and_counted(told: Told) -> None:
    told.tell("1")
    told.tell("2", price_state="estimated")
    total = operations_overview(told.con, told.asked()).total
    assert (total.cost, total.priced, total.estimated, total.other_currency) == (3, 2, 1, 0)


def test_the_newest_day_is_that_of_the_time_zone(told: Told) -> None:
    """Half past one in the afternoon in UTC is the next day in Auckland."""
    told.tell("1", "2026-10-02T09:30:00+00:00")
    told.tell("2", "2026-10-03T13:30:00+00:00")
    now = datetime(2026, 10, 3, 14, tzinfo=UTC)
    report = operations_overview(told.con, told.asked(time_zone="Pacific/Auckland", now=now))
    assert [day.start for day in report.daily] == [date(2026, 10, 2), date(2026, 10, 3), date(2026, 10, 4)]
    assert sum(day.cost or 0 for day in report.daily) == report.total.cost == 3
