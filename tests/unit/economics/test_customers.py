from decimal import Decimal
from typing import Any

import duckdb
import pytest

from apportion import economics
from apportion.analytics.scope import Scope
from apportion.core.errors import NotFound
from unit.analytics.small_company import FACTS, small_company

MONTH = Scope.of(FACTS, "2026-09")


def row_of(report: Any, customer_id: str) -> Any:
    return next(row for row in report.customers if row.customer_id == customer_id)


def test_the_worst_margin_comes_first(con: duckdb.DuckDBPyConnection) -> None:
    report = economics.customers(con, MONTH)
    assert [(row.customer_id, row.gross_margin) for row in report.customers] == [
        ("cedar", -955),
        ("ghost", -400),
        ("birch", 860),
        ("dune", 930),
        ("acme", 5750),
    ]
    assert report.headline == "2 of 5 customers cost more than they pay: −$1,355 in September 2026."


def test_gross_margin_carries_the_cost_of_revenue_alone_and_loaded_margin_all(
    con: duckdb.DuckDBPyConnection,
) -> None:
    acme = row_of(economics.customers(con, MONTH), "acme")
    assert (acme.revenue, acme.cost, acme.cost_of_revenue) == (9300, 4750, 3550)
    assert (acme.gross_margin, acme.gross_margin_pct) == (5750, Decimal("61.83"))
    assert (acme.loaded_margin, acme.loaded_margin_pct) == (4550, Decimal("48.92"))


def test_revenue_without_cost_and_cost_without_revenue_both_appear(con: duckdb.DuckDBPyConnection) -> None:
    report = economics.customers(con, MONTH)
    dune, ghost = row_of(report, "dune"), row_of(report, "ghost")
    assert (dune.revenue, dune.cost, dune.gross_margin_pct) == (930, 0, 100)
    assert (ghost.revenue, ghost.cost, ghost.gross_margin_pct) == (0, 400, None)
    assert (ghost.customer_name, ghost.status) == ("ghost", "unknown")


def test_who_had_left_before_the_window_does_not_appear(con: duckdb.DuckDBPyConnection) -> None:
    assert "evergreen" not in {row.customer_id for row in economics.customers(con, MONTH).customers}
    august = economics.customers(con, Scope.of(FACTS, "2026-08"))
    assert row_of(august, "evergreen").revenue == 31


def test_evidence_adds_up_to_cost(con: duckdb.DuckDBPyConnection) -> None:
    for row in economics.customers(con, MONTH).customers:
        assert row.direct + row.measured + row.assumed == row.cost == sum(row.sparkline)
    acme = row_of(economics.customers(con, MONTH), "acme")
    assert (acme.direct, acme.measured, acme.assumed) == (600, 3750, 400)
    assert (acme.direct_pct, acme.measured_pct, acme.assumed_pct) == (
        Decimal("12.63"),
        Decimal("78.95"),
        Decimal("8.42"),
    )


def test_evidence_of_all_customers_is_that_of_each(con: duckdb.DuckDBPyConnection) -> None:
    report = economics.customers(con, MONTH)
    totals = report.totals
    assert totals.direct + totals.measured + totals.assumed == totals.cost
    assert totals.assumed == sum(row.assumed for row in report.customers)
    assert totals.direct_pct + totals.measured_pct + totals.assumed_pct == 100
    whole = economics.overview(con, MONTH)
    assert (whole.direct, whole.measured_pct) == (totals.direct, totals.measured_pct)
    assert all(row.direct + row.measured + row.assumed == row.cost for row in whole.by_customer)


def test_customers_idle_and_unallocated_are_the_company(con: duckdb.DuckDBPyConnection) -> None:
    report = economics.customers(con, MONTH)
    company = report.company[0]
    assert report.totals.cost + company.idle + company.unallocated == company.cost == 10090


def test_trend_is_against_the_days_before(con: duckdb.DuckDBPyConnection) -> None:
    report = economics.customers(con, Scope.of(FACTS, "2026-09-01..2026-09-11"))
    acme = row_of(report, "acme")
    assert (acme.cost, acme.cost_previous, acme.cost_trend_pct) == (1550, 1450, Decimal("6.90"))


def test_direct_and_shared_cost_of_one_service_both_count(con: duckdb.DuckDBPyConnection) -> None:
    report = economics.customer(con, MONTH, "acme")
    checkout = report.by_service[0]
    assert (checkout.service, checkout.cost) == ("checkout", 2220)
    assert (checkout.direct, checkout.shared) == (600, 1620)


def test_a_customer_is_the_same_in_the_list_and_on_the_page(con: duckdb.DuckDBPyConnection) -> None:
    for row in economics.customers(con, MONTH).customers:
        assert economics.customer(con, MONTH, row.customer_id).customer == row


def test_each_breakdown_of_a_customer_adds_up(con: duckdb.DuckDBPyConnection) -> None:
    report = economics.customer(con, MONTH, "acme")
    cost = report.customer.cost
    assert sum(part.cost for part in report.by_service) == cost
    assert sum(part.cost for part in report.by_cost_class) == cost
    assert sum(day.cost for day in report.daily) == cost
    assert sum(day.revenue for day in report.daily) == report.customer.revenue
    assert sum(item.amount for item in report.revenue_items) == report.customer.revenue


def test_cost_for_each_measured_unit(con: duckdb.DuckDBPyConnection) -> None:
    unit = economics.customer(con, MONTH, "birch").units[0]
    assert (unit.measure, unit.quantity) == ("requests", 30 * 3 * 300)
    assert unit.cost_per_unit == (Decimal(2650) / 27000).quantize(Decimal("1e-12"))


def test_sums_kept_by_a_server_give_the_same_units(con: duckdb.DuckDBPyConnection) -> None:
    from apportion.analytics.usage_days import prepare

    other = small_company()
    prepare(other)
    assert economics.customer(other, MONTH, "birch").units == economics.customer(con, MONTH, "birch").units


def test_an_id_that_nothing_knows_is_not_a_customer_without_cost(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(NotFound):
        economics.customer(con, MONTH, "nobody")
    assert economics.customer(con, MONTH, "evergreen").customer.cost == 0


def test_billed_and_effective_cost_are_kept_apart() -> None:
    con = small_company()
    con.execute("UPDATE allocations SET BilledCost = 2 * EffectiveCost")
    billed = economics.customers(con, Scope.of(FACTS, "2026-09", "BilledCost"))
    assert row_of(billed, "acme").cost == 9500
    assert billed.meta.metric == "BilledCost"
