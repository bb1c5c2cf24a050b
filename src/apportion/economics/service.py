"""One service: what drives its cost, where it runs, and whose cost it is in the end."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
from pydantic import Field

from apportion.analytics.models import NONE, Amount, Part, Percent, Row
from apportion.analytics.scope import Meta, Scope
from apportion.analytics.sentences import direction, money
from apportion.analytics.statements import fetch, fill, read_sql
from apportion.core.errors import NotFound
from apportion.core.money import percent
from apportion.economics.customers import ZERO
from apportion.economics.quantities import UnitCost, unit_costs
from apportion.economics.services import ServiceRow, service_rows

OTHERS = "(others)"
DRIVERS = 5
CUSTOMERS = 10


class Driver(Part):
    """A provider's service that makes up cost; the rest is one row named (others)."""

    driver: str
    service_category: str
    cost: Amount
    share_pct: Percent | None


class EnvironmentCost(Part):
    """Cost of one environment."""

    environment: str
    cost: Amount


class CustomerShare(Part):
    """What of the service a customer carries; (idle), (unallocated) and (others) complete the sum."""

    customer_id: str
    customer_name: str
    cost: Amount
    share_pct: Percent | None


class DayCost(Part):
    """Cost of one day."""

    day: date
    cost: Amount


class ServiceReport(Part):
    """One service; `drivers`, `by_environment`, `by_customer` and `daily` each add up to its cost."""

    meta: Meta
    headline: str
    service: ServiceRow
    drivers: list[Driver] = Field(description="The five largest and the rest.")
    by_environment: list[EnvironmentCost]
    by_customer: list[CustomerShare] = Field(description="The ten largest and the rest.")
    daily: list[DayCost]
    units: list[UnitCost]


def service(con: duckdb.DuckDBPyConnection, scope: Scope, name: str) -> ServiceReport:
    """The report of one service in one currency; raises NotFound where it has no charge in the window."""
    row = _service(con, scope, name)
    scope = replace(scope, currency=row.currency)
    found = _parts(con, scope, name)
    costs = {part["day"]: part["cost"] for part in found if part["by"] == "day"}
    return ServiceReport(
        meta=scope.meta(),
        headline=_headline(row, scope),
        service=row,
        drivers=_drivers([part for part in found if part["by"] == "driver"], row.cost),
        by_environment=[
            EnvironmentCost(environment=part["environment"], cost=part["cost"])
            for part in found
            if part["by"] == "environment" and "environment" in scope.facts.dimensions
        ],
        by_customer=_customers(con, scope, name, row.cost),
        daily=[DayCost(day=day, cost=costs.get(day, ZERO)) for day in scope.days],
        units=unit_costs(con, scope, "service", name, row.cost),
    )


def _service(con: duckdb.DuckDBPyConnection, scope: Scope, name: str) -> ServiceRow:
    rows = service_rows(con, scope, name)
    if not rows:
        raise NotFound(
            f"No service '{name}' has a charge {scope.phrase}.",
            hint="'apportion report services' lists those that have.",
        )
    return next((row for row in rows if row.currency == scope.currency), rows[0])


def _parts(con: duckdb.DuckDBPyConnection, scope: Scope, name: str) -> list[Row]:
    environment = "environment" if "environment" in scope.facts.dimensions else "cost_class"
    sql = fill(read_sql(__package__, "service"), {"metric": scope.metric, "environment": environment})
    return fetch(con, sql, scope.params(service=name))


def _drivers(parts: list[Row], whole: Decimal) -> list[Driver]:
    shown = [
        (part["driver"] or NONE, part["service_category"] or NONE, part["cost"]) for part in parts[:DRIVERS]
    ]
    if len(parts) > DRIVERS:
        shown.append((OTHERS, "", sum((part["cost"] for part in parts[DRIVERS:]), ZERO)))
    return [
        Driver(driver=driver, service_category=category, cost=cost, share_pct=percent(cost, whole))
        for driver, category, cost in shown
    ]


def _customers(
    con: duckdb.DuckDBPyConnection, scope: Scope, name: str, whole: Decimal
) -> list[CustomerShare]:
    perspective = scope.facts.perspective_to("customer")
    if perspective is None:
        return []
    sql = fill(read_sql(__package__, "service_customers"), {"metric": scope.metric})
    found = fetch(con, sql, scope.params(perspective=perspective, service=name))
    shown = [(row["customer_id"], row["customer_name"], row["cost"]) for row in found[:CUSTOMERS]]
    if len(found) > CUSTOMERS:
        rest = sum((row["cost"] for row in found[CUSTOMERS:]), ZERO)
        shown.append((OTHERS, f"{len(found) - CUSTOMERS} others", rest))
    return [
        CustomerShare(customer_id=key, customer_name=label, cost=cost, share_pct=percent(cost, whole))
        for key, label, cost in shown
    ]


def _headline(row: ServiceRow, scope: Scope) -> str:
    moved = direction(row.cost_trend_pct, scope.previous)
    each = f", {money(row.cost_per_request, row.currency)} a request" if row.cost_per_request else ""
    return f"{row.service} cost {money(row.cost, row.currency)} {scope.phrase}{moved}{each}."
