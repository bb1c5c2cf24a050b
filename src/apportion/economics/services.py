"""Every service: its cost, its owner, its trend, and its cost for each request and customer."""

from decimal import Decimal

import duckdb
from pydantic import Field

from apportion.analytics.models import NONE, Amount, Part, Percent, Row
from apportion.analytics.scope import Meta, Scope, trend_pct
from apportion.analytics.sentences import count, money, share
from apportion.analytics.statements import fetch, fill, read_sql
from apportion.core.money import per_unit, percent
from apportion.economics.customers import daily


class ServiceRow(Part):
    """A service in one currency: cost as charged to it, before any of it is shared out."""

    service: str
    team: str = Field(description="The team with most of its cost.")
    currency: str
    cost: Amount
    daily_average: Amount = Field(
        description="Cost divided by the days of the window, days without cost included."
    )
    cost_previous: Amount | None
    cost_trend_pct: Percent | None
    requests: Amount | None = Field(
        description="Of the measure 'requests'; null where it does not know the service."
    )
    cost_per_request: Amount | None
    customers: int = Field(description="Customers that carry cost of this service.")
    cost_per_customer: Amount | None
    sparkline: list[Amount]


class ServicesReport(Part):
    """Where does the money go?"""

    meta: Meta
    headline: str
    services: list[ServiceRow]


def services(con: duckdb.DuckDBPyConnection, scope: Scope) -> ServicesReport:
    """The report, from one statement; raises NotFound where no dimension is named service or team."""
    rows = service_rows(con, scope)
    return ServicesReport(
        meta=scope.meta(single_currency=False), headline=_headline(rows, scope), services=rows
    )


def service_rows(con: duckdb.DuckDBPyConnection, scope: Scope, name: str | None = None) -> list[ServiceRow]:
    """All services with a charge in the window, or the one asked for."""
    facts = scope.facts
    facts.need_dimension("service")
    facts.need_dimension("team")
    sql = fill(read_sql(__package__, "services"), {"metric": scope.metric})
    params = scope.params(perspective=facts.perspective_to("customer"), service=name)
    return [_row(row, scope) for row in fetch(con, sql, params)]


def _row(row: Row, scope: Scope) -> ServiceRow:
    cost, before = row["cost"], scope.before(row["cost_previous"])
    return ServiceRow(
        service=row["service"],
        team=row["team"],
        currency=row["currency"],
        cost=cost,
        daily_average=scope.daily_average(cost),
        cost_previous=before,
        cost_trend_pct=trend_pct(cost, before),
        requests=row["requests"],
        cost_per_request=per_unit(cost, row["requests"]) if row["requests"] else None,
        customers=row["customers"],
        cost_per_customer=per_unit(cost, Decimal(row["customers"])),
        sparkline=daily(row["days"], scope),
    )


def _headline(rows: list[ServiceRow], scope: Scope) -> str:
    mine = [row for row in rows if row.currency == scope.currency]
    named = [row for row in mine if row.service != NONE]
    if not named:
        return f"No service has cost {scope.phrase}."
    whole, top = sum((row.cost for row in named), Decimal(0)), named[0]
    part = percent(top.cost, whole)
    return (
        f"{count(len(named), 'service')} cost {money(whole, scope.currency)} {scope.phrase}; the largest, "
        f"{top.service}, {money(top.cost, scope.currency)}"
        + (f" ({share(part)})." if part is not None else ".")
    )
