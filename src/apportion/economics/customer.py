"""What does this customer cost, what for, and do we make money on them?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent, Row
from apportion.analytics.scope import Meta, Scope, trend_pct
from apportion.analytics.sentences import money, share
from apportion.analytics.statements import fetch, fill, read_sql
from apportion.core.errors import NotFound
from apportion.core.money import percent
from apportion.economics.customers import ZERO, CustomerRow, customer_rows
from apportion.economics.quantities import UnitCost, unit_costs


class CustomerService(Part):
    """What of one service a customer carries."""

    service: str
    cost: Amount
    cost_of_revenue: Amount
    direct: Amount = Field(description="Cost that carries the customer's name.")
    shared: Amount = Field(description="The customer's part of cost shared with others.")
    share_pct: Percent | None = Field(description="Of the customer's cost.")
    cost_previous: Amount | None
    cost_trend_pct: Percent | None


class ClassCost(Part):
    """Cost of one cost class."""

    cost_class: str
    cost: Amount


class DayCostRevenue(Part):
    """Cost and revenue of one day."""

    day: date
    cost: Amount
    revenue: Amount


class RevenueItem(Part):
    """The window's revenue of one kind."""

    kind: str
    description: str
    amount: Amount


class CustomerReport(Part):
    """One customer; `by_service`, `by_cost_class` and `daily` each add up to the customer's cost."""

    meta: Meta
    headline: str
    customer: CustomerRow
    by_service: list[CustomerService]
    by_cost_class: list[ClassCost]
    daily: list[DayCostRevenue]
    revenue_items: list[RevenueItem]
    units: list[UnitCost]


class _Income(NamedTuple):
    by_day: dict[date, Decimal]
    items: list[RevenueItem]


def customer(con: duckdb.DuckDBPyConnection, scope: Scope, customer_id: str) -> CustomerReport:
    """The report of one customer in one currency; raises NotFound where nothing knows the id."""
    perspective = scope.facts.need_perspective("customer")
    row = _customer(con, scope, perspective, customer_id)
    scope = replace(scope, currency=row.currency)
    has_service = "service" in scope.facts.dimensions
    sql = fill(
        read_sql(__package__, "customer"),
        {"metric": scope.metric, "service": "service" if has_service else "target"},
    )
    found = fetch(con, sql, scope.params(perspective=perspective, customer=customer_id))
    income = _income(con, scope, customer_id)
    costs = {part["day"]: part["cost"] for part in found if part["by"] == "day"}
    return CustomerReport(
        meta=scope.meta(perspective),
        headline=_headline(row, scope),
        customer=row,
        by_service=[
            _service(part, row.cost, scope) for part in found if has_service and part["by"] == "service"
        ],
        by_cost_class=[
            ClassCost(cost_class=part["cost_class"], cost=part["cost"])
            for part in found
            if part["by"] == "cost_class" and part["present"]
        ],
        daily=[
            DayCostRevenue(day=day, cost=costs.get(day, ZERO), revenue=income.by_day.get(day, ZERO))
            for day in scope.days
        ],
        revenue_items=income.items,
        units=unit_costs(con, scope, scope.facts.perspectives[perspective], customer_id, row.cost),
    )


def _customer(
    con: duckdb.DuckDBPyConnection, scope: Scope, perspective: str, customer_id: str
) -> CustomerRow:
    rows = customer_rows(con, scope, perspective, customer_id)
    if not rows:
        raise NotFound(
            f"No customer '{customer_id}' has cost or revenue {scope.phrase}.",
            hint="'apportion report customers' lists those that have.",
        )
    return next((row for row in rows if row.currency == scope.currency), rows[0])


def _income(con: duckdb.DuckDBPyConnection, scope: Scope, customer_id: str) -> _Income:
    found = fetch(con, read_sql(__package__, "customer_revenue"), scope.params(customer=customer_id))
    return _Income(
        by_day={row["day"]: row["amount"] for row in found if row["day"] is not None},
        items=[
            RevenueItem(kind=row["kind"], description=row["description"], amount=row["amount"])
            for row in found
            if row["day"] is None
        ],
    )


def _service(part: Row, whole: Decimal, scope: Scope) -> CustomerService:
    before = scope.before(part["cost_previous"])
    return CustomerService(
        service=part["service"],
        cost=part["cost"],
        cost_of_revenue=part["cost_of_revenue"],
        direct=part["direct"],
        shared=part["cost"] - part["direct"],
        share_pct=percent(part["cost"], whole),
        cost_previous=before,
        cost_trend_pct=trend_pct(part["cost"], before),
    )


def _headline(row: CustomerRow, scope: Scope) -> str:
    cost, revenue = money(row.cost_of_revenue, row.currency), money(row.revenue, row.currency)
    margin = money(row.gross_margin, row.currency)
    if row.revenue == 0:
        return (
            f"{row.customer_name} cost {money(row.cost, row.currency)} and brought no revenue {scope.phrase}."
        )
    part = f" ({share(row.gross_margin_pct)})" if row.gross_margin_pct is not None else ""
    return (
        f"{row.customer_name} paid {revenue} and cost {cost} to serve {scope.phrase}: "
        f"a gross margin of {margin}{part}."
    )
