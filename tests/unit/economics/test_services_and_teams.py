from decimal import Decimal
from typing import Any

import duckdb
import pytest

from apportion import economics
from apportion.analytics.scope import Scope
from apportion.core.errors import BadInput, NotFound
from unit.analytics.small_company import FACTS, small_company

MONTH = Scope.of(FACTS, "2026-09")


def service_of(con: duckdb.DuckDBPyConnection, name: str, scope: Scope = MONTH) -> Any:
    return next(row for row in economics.services(con, scope).services if row.service == name)


def test_an_average_is_over_days_not_over_rows(con: duckdb.DuckDBPyConnection) -> None:
    assert service_of(con, "checkout").daily_average == 128


def test_days_without_a_row_count_in_the_average() -> None:
    con = small_company()
    con.execute("DELETE FROM daily_costs WHERE service = 'cdn' AND day <> DATE '2026-09-14'")
    cdn = service_of(con, "cdn")
    assert (cdn.cost, cdn.daily_average) == (12, Decimal("0.4"))
    assert (len(cdn.sparkline), cdn.sparkline[13]) == (30, 12)


def test_a_month_is_averaged_over_its_own_days(con: duckdb.DuckDBPyConnection) -> None:
    assert service_of(con, "cdn", Scope.of(FACTS, "2026-08")).cost == 31 * 12
    assert service_of(con, "cdn", Scope.of(FACTS, "2026-08")).daily_average == 12


def test_a_service_that_costs_nothing_is_a_row(con: duckdb.DuckDBPyConnection) -> None:
    assert service_of(con, "free-tier").cost == 0


def test_credits_lower_the_cost_of_their_service(con: duckdb.DuckDBPyConnection) -> None:
    gross = 60 + 40 + 10 + 20
    assert service_of(con, "checkout").cost == 30 * (gross - 2)


def test_owner_requests_and_customers_of_a_service(con: duckdb.DuckDBPyConnection) -> None:
    checkout = service_of(con, "checkout")
    assert (checkout.team, checkout.requests, checkout.customers) == ("payments", 30000, 3)
    assert (checkout.cost_per_request, checkout.cost_per_customer) == (Decimal("0.128"), 1280)
    assert service_of(con, "cdn").requests is None


def test_each_breakdown_of_a_service_adds_up(con: duckdb.DuckDBPyConnection) -> None:
    for row in economics.services(con, MONTH).services:
        report = economics.service(con, MONTH, row.service)
        assert report.service == row
        for parts in (report.drivers, report.by_environment, report.by_customer, report.daily):
            assert sum(part.cost for part in parts) == row.cost


def test_the_idle_part_of_a_service_is_a_row_of_its_own(con: duckdb.DuckDBPyConnection) -> None:
    shares = economics.service(con, MONTH, "shared-db").by_customer
    assert [(share.customer_name, share.cost) for share in shares][-1] == ("Idle", 150)


def test_the_drivers_are_the_five_largest_and_the_rest() -> None:
    con = small_company()
    con.execute("UPDATE daily_costs SET ServiceName = 'S' || (day(day) % 7) WHERE service = 'cdn'")
    drivers = economics.service(con, MONTH, "cdn").drivers
    assert (len(drivers), drivers[-1].driver) == (6, "(others)")
    assert sum(driver.cost for driver in drivers) == 360


def test_an_unknown_service_is_not_a_zero(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(NotFound):
        economics.service(con, MONTH, "nothing")


def test_teams_add_up_to_the_company(con: duckdb.DuckDBPyConnection) -> None:
    report = economics.teams(con, MONTH)
    assert [(row.team, row.cost) for row in report.teams] == [
        ("payments", 3840),
        ("growth", 3700),
        ("platform", 2310),
        ("(unallocated)", 240),
    ]
    assert report.headline == (
        "3 teams cost $9,850 in September 2026, payments most ($3,840); $240 belongs to no team."
    )


def test_production_other_environments_and_none_are_the_team(con: duckdb.DuckDBPyConnection) -> None:
    for row in economics.teams(con, MONTH).teams:
        assert row.production + row.non_production + row.no_environment == row.cost == sum(row.sparkline)
    growth = economics.teams(con, MONTH).teams[1]
    assert (growth.production, growth.non_production, growth.top_service) == (1600, 2100, "search")


def test_teams_without_a_perspective_are_those_the_charges_name(con: duckdb.DuckDBPyConnection) -> None:
    import dataclasses

    facts = dataclasses.replace(FACTS, perspectives={"customer": "customer"})
    report = economics.teams(con, Scope.of(facts, "2026-09"))
    assert report.meta.perspective is None
    assert [row.team for row in report.teams] == ["payments", "growth", "platform", "(none)"]


def test_where_staging_costs_more_than_production(con: duckdb.DuckDBPyConnection) -> None:
    report = economics.environments(con, MONTH)
    higher = {row.key: row.non_production_higher for row in report.rows}
    assert higher == {"payments": False, "growth": True, "platform": False, "(none)": False}
    assert report.environments == ["production", "staging", "(none)"]
    assert report.headline == "growth's staging cost $2,100 in September 2026, its production $1,600."
    with pytest.raises(BadInput):
        economics.environments(con, MONTH, by="nonsense")


def test_unit_costs_of_the_company(con: duckdb.DuckDBPyConnection) -> None:
    requests, active = economics.units(con, Scope.of(FACTS, "30d")).units
    assert (requests.quantity, requests.cost) == (90_000, 10_090)
    assert requests.previous == Decimal("0.101")
    assert (active.measure, active.quantity, active.cost_per_unit) == (
        "active customer",
        4,
        Decimal("2522.5"),
    )
    assert [day.quantity for day in active.daily] == [4] * 30


def test_a_day_on_which_nothing_was_measured_has_no_unit_cost() -> None:
    con = small_company()
    con.execute("DELETE FROM usage WHERE day = DATE '2026-09-10'")
    day = economics.units(con, MONTH).units[0].daily[9]
    assert (day.quantity, day.cost, day.cost_per_unit) == (None, 323, None)


@pytest.mark.parametrize("by", ["team", "service", "customer", "environment"])
def test_a_trend_adds_up_day_by_day(con: duckdb.DuckDBPyConnection, by: str) -> None:
    report = economics.trend(con, MONTH, by)
    assert [day.cost for day in report.total] == [323] * 13 + [723] + [323] * 16
    assert sum(series.total for series in report.series) == 10090


def test_a_trend_shows_eight_and_the_rest() -> None:
    con = small_company()
    con.execute("UPDATE daily_costs SET service = 's' || (day(day) % 12)")
    series = economics.trend(con, MONTH, "service").series
    assert (len(series), series[-1].key) == (9, "(others)")
    assert sum(one.total for one in series) == 10090
