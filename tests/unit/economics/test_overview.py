import dataclasses
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from apportion import economics
from apportion.analytics.scope import Scope
from apportion.analytics.sentences import money
from unit.analytics.small_company import FACTS, Counting, small_company

MONTH = Scope.of(FACTS, "2026-09")
REPORTS = {
    "overview": lambda con: economics.overview(con, MONTH),
    "customers": lambda con: economics.customers(con, MONTH),
    "customer": lambda con: economics.customer(con, MONTH, "acme"),
    "services": lambda con: economics.services(con, MONTH),
    "service": lambda con: economics.service(con, MONTH, "checkout"),
    "teams": lambda con: economics.teams(con, MONTH),
    "units": lambda con: economics.units(con, MONTH),
    "trend": lambda con: economics.trend(con, MONTH, "customer"),
}


def finding(report: Any, kind: str) -> Any:
    return next((found for found in report.findings if found.kind == kind), None)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_takes_as_many_statements_for_fifty_customers_as_for_five(name: str) -> None:
    few, many = Counting(small_company()), Counting(small_company())
    many.execute(
        "INSERT INTO customers BY NAME SELECT * EXCLUDE (n) REPLACE (customer_id || n AS customer_id) FROM customers, range(10) t(n)"
    )
    many.execute(
        "INSERT INTO allocations BY NAME SELECT * EXCLUDE (n) REPLACE (target || n AS target) FROM allocations, range(10) t(n) WHERE target_kind = 'allocated'"
    )
    many.statements.clear()
    REPORTS[name](few)
    REPORTS[name](many)
    assert len(few.statements) == len(many.statements) <= 6


def test_the_company_on_one_page(con: duckdb.DuckDBPyConnection) -> None:
    report = economics.overview(con, MONTH)
    assert (report.cost, report.revenue, report.cost_of_revenue) == (10090, 13485, 7690)
    assert (report.gross_margin, report.gross_margin_pct) == (5795, Decimal("42.97"))
    assert (report.unallocated, report.unallocated_pct, report.idle) == (240, Decimal("2.38"), 150)
    assert (report.customers, report.customers_losing) == (5, 2)


def test_pages_agree_on_the_whole(con: duckdb.DuckDBPyConnection) -> None:
    report = economics.overview(con, MONTH)
    assert sum(day.cost for day in report.daily) == report.cost
    assert sum(day.revenue for day in report.daily) == report.revenue
    assert sum(team.cost for team in report.by_team) == report.cost
    assert sum(row.cost for row in economics.services(con, MONTH).services) == report.cost
    assert sum(day.cost for day in economics.trend(con, MONTH, "service").total) == report.cost
    customers = economics.customers(con, MONTH)
    assert customers.totals.cost + report.idle + report.unallocated == report.cost


def test_findings_come_from_the_data(con: duckdb.DuckDBPyConnection) -> None:
    report = economics.overview(con, MONTH)
    assert finding(report, "losing_customers").amount == -1355
    assert finding(report, "largest_loss").title == "Cedar Labs loses $955"
    jump = finding(report, "jump")
    assert (jump.title, jump.amount) == ("search cost $400 more than usual on 2026-09-14", 400)
    assert finding(report, "unallocated").amount == 240
    assert finding(report, "untagged").amount == 240
    assert finding(report, "non_production") is None


def test_staging_above_another_teams_production_is_found() -> None:
    con = small_company()
    con.execute(
        "UPDATE daily_costs SET EffectiveCost = 65 WHERE team = 'platform' AND service = 'shared-db' AND idle"
    )
    con.execute("UPDATE daily_costs SET EffectiveCost = 0 WHERE service = 'shared-db' AND NOT idle")
    found = finding(economics.overview(con, MONTH), "non_production")
    assert found is None
    con.execute("UPDATE daily_costs SET EffectiveCost = 50 WHERE service = 'shared-db' AND idle")
    found = finding(economics.overview(con, MONTH), "non_production")
    assert found.title == "growth's staging costs more than platform's production"
    assert found.detail == "$2,100 against $1,860 in September 2026."


def test_where_nothing_is_wrong_nothing_is_found() -> None:
    con = small_company()
    for table in ("daily_costs", "allocations"):
        con.execute(f"DELETE FROM {table} WHERE team = '(none)' OR service = 'search'")
    con.execute("UPDATE daily_revenue SET amount = 1000")
    report = economics.overview(con, MONTH)
    assert report.findings == []
    assert report.headline == "All 4 customers pay more than they cost in September 2026."


def test_other_currencies_stay_apart() -> None:
    con = small_company()
    for table in ("daily_costs", "allocations"):
        con.execute(
            f"INSERT INTO {table} BY NAME SELECT * REPLACE ('EUR' AS currency) FROM {table} WHERE team = 'growth'"
        )
    scope = Scope.of(dataclasses.replace(FACTS, currencies=("EUR", "USD")), "2026-09")
    report = economics.customers(con, scope)
    assert report.meta.currency is None
    assert {(total.currency, total.cost) for total in report.totals_by_currency} == {
        ("USD", 9700),
        ("EUR", 3700),
    }
    assert economics.overview(con, scope).cost == 10090
    euros = Scope.of(scope.facts, "2026-09", currency="EUR")
    assert economics.overview(con, euros).cost == 3700
    ghost = economics.customer(con, euros, "ghost")
    assert (ghost.meta.currency, ghost.customer.cost, sum(day.cost for day in ghost.daily)) == (
        "EUR",
        400,
        400,
    )


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("7412.49", "$7,412"),
        ("-7412.5", "−$7,413"),
        ("99.994", "$99.99"),
        ("0.0042", "$0.0042"),
        ("0.000123", "$0.00012"),
        ("0", "$0"),
        ("1.005", "$1.01"),
    ],
)
def test_amounts_in_sentences(amount: str, text: str) -> None:
    assert money(Decimal(amount), "USD") == text
    assert money(Decimal("12.5"), "CHF") == "CHF 12.50"


def test_search_finds_by_any_part_of_a_name(con: duckdb.DuckDBPyConnection) -> None:
    found = economics.search(con, FACTS, "CE").results
    assert (found[0].kind, found[0].id) == ("customer", "cedar")
    assert ("service", "search") not in [(one.kind, one.id) for one in found]
    assert economics.search(con, FACTS, "& sons").results[0].link == "/customers/birch"
    assert economics.search(con, FACTS, "  ").results == []
    assert len(economics.search(con, FACTS, "e").results) <= 10
