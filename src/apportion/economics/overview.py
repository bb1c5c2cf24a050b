"""The company on one page: cost, revenue, margin, and what deserves a look."""

from decimal import Decimal

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent
from apportion.analytics.scope import Meta, Scope, trend_pct
from apportion.analytics.statements import fetch, fill, read_sql
from apportion.core.money import percent
from apportion.economics.customer import DayCostRevenue
from apportion.economics.customers import (
    ZERO,
    CustomerRow,
    NotAttributed,
    company_cost,
    customer_rows,
    headline,
    losing,
)
from apportion.economics.environments import environment_rows
from apportion.economics.evidence import CostEvidence, Evidence
from apportion.economics.findings import Finding, Ground, findings
from apportion.economics.margin import Margin
from apportion.economics.services import service_rows
from apportion.economics.teams import TeamRow, team_rows

TOP = 8


class TeamCost(Part):
    """A team's cost and how it moved."""

    team: str
    cost: Amount
    cost_previous: Amount | None
    cost_trend_pct: Percent | None


class CustomerMargin(Part):
    """A customer's cost and margin."""

    customer_id: str
    customer_name: str
    cost: Amount
    revenue: Amount
    gross_margin: Amount
    gross_margin_pct: Percent | None


class CustomerCost(Evidence, CustomerMargin):
    """A customer's cost and margin, and how the cost is known."""


class OverviewFigures(Part):
    """Everything in one currency; `cost` is the whole of it, idle and unallocated included."""

    meta: Meta
    headline: str
    cost: Amount
    cost_previous: Amount | None
    cost_trend_pct: Percent | None
    revenue: Amount
    cost_of_revenue: Amount
    gross_margin: Amount
    gross_margin_pct: Percent | None
    loaded_margin: Amount
    loaded_margin_pct: Percent | None
    unallocated: Amount = Field(description="Cost that no rule gives to a customer.")
    unallocated_pct: Percent | None
    idle: Amount
    customers: int
    customers_losing: int = Field(description="Customers whose cost of revenue is above their revenue.")


class Overview(Evidence, OverviewFigures):
    """The company; `direct`, `measured` and `assumed` are those of what its customers carry."""

    daily: list[DayCostRevenue]
    by_team: list[TeamCost]
    by_customer: list[CustomerCost] = Field(description="The eight that cost most.")
    findings: list[Finding]


def overview(con: duckdb.DuckDBPyConnection, scope: Scope) -> Overview:
    """The report in one currency, from a fixed number of statements; NotFound without a perspective."""
    perspective = scope.facts.need_perspective("customer")
    rows = [row for row in customer_rows(con, scope, perspective) if row.currency == scope.currency]
    whole = _whole(company_cost(con, scope, perspective), scope)
    teams = [
        row
        for row in team_rows(con, scope, scope.facts.perspective_to("team"))
        if row.currency == scope.currency
    ]
    revenue = sum((row.revenue for row in rows), ZERO)
    margin = Margin(revenue, whole.cost, whole.cost_of_revenue)
    ground = Ground(
        scope=scope,
        customers=rows,
        company=whole,
        services=[row for row in service_rows(con, scope) if row.currency == scope.currency],
        environments=[row for row in environment_rows(con, scope, "team") if row.currency == scope.currency],
    )
    return Overview.model_validate(
        {
            "meta": scope.meta(perspective),
            "headline": headline(rows, scope),
            **margin.figures,
            **CostEvidence.of(rows).figures,
            "cost_previous": whole.cost_previous,
            "cost_trend_pct": trend_pct(whole.cost, whole.cost_previous),
            "unallocated": whole.unallocated,
            "unallocated_pct": percent(whole.unallocated, whole.cost),
            "idle": whole.idle,
            "customers": len(rows),
            "customers_losing": len(losing(rows)),
            "daily": _daily(con, scope),
            "by_team": [_team(row) for row in teams],
            "by_customer": [_customer(row) for row in sorted(rows, key=_most_expensive)[:TOP]],
            "findings": findings(ground),
        }
    )


def _whole(company: list[NotAttributed], scope: Scope) -> NotAttributed:
    nothing = NotAttributed(
        currency=scope.currency,
        cost=ZERO,
        cost_of_revenue=ZERO,
        unallocated=ZERO,
        idle=ZERO,
        cost_previous=None,
    )
    return next((row for row in company if row.currency == scope.currency), nothing)


def _daily(con: duckdb.DuckDBPyConnection, scope: Scope) -> list[DayCostRevenue]:
    sql = fill(read_sql(__package__, "daily"), {"metric": scope.metric})
    known = {row["day"]: row for row in fetch(con, sql, scope.params())}
    nothing: dict[str, Decimal] = {"cost": ZERO, "revenue": ZERO}
    return [
        DayCostRevenue(day=day, cost=row["cost"], revenue=row["revenue"])
        for day in scope.days
        for row in [known.get(day, nothing)]
    ]


def _team(row: TeamRow) -> TeamCost:
    return TeamCost(
        team=row.team, cost=row.cost, cost_previous=row.cost_previous, cost_trend_pct=row.cost_trend_pct
    )


def _customer(row: CustomerRow) -> CustomerCost:
    return CustomerCost(
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        cost=row.cost,
        revenue=row.revenue,
        gross_margin=row.gross_margin,
        gross_margin_pct=row.gross_margin_pct,
        **row.model_dump(include=set(Evidence.model_fields)),
    )


def _most_expensive(row: CustomerRow) -> tuple[Decimal, str]:
    return -row.cost, row.customer_id
