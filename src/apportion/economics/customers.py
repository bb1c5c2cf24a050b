"""Every customer's cost, revenue and margin, the worst margin first."""

from collections.abc import Iterable
from decimal import Decimal

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent, Row
from apportion.analytics.scope import Meta, Scope, trend_pct
from apportion.analytics.sentences import count, money
from apportion.analytics.statements import fetch, fill, read_sql
from apportion.economics.evidence import CostEvidence, Evidence
from apportion.economics.margin import Margin, MarginTotals, total

ZERO = Decimal(0).scaleb(-12)


class CustomerFigures(Part):
    """What a customer pays and costs in one currency."""

    customer_id: str
    customer_name: str
    plan: str
    status: str
    currency: str
    revenue: Amount
    cost: Amount = Field(description="All cost attributed to the customer, every cost class.")
    cost_of_revenue: Amount
    gross_margin: Amount = Field(description="Revenue less cost of revenue.")
    gross_margin_pct: Percent | None
    loaded_margin: Amount = Field(description="Revenue less all cost.")
    loaded_margin_pct: Percent | None
    cost_previous: Amount | None
    cost_trend_pct: Percent | None


class CustomerRow(Evidence, CustomerFigures):
    """A customer in one currency; `direct`, `measured` and `assumed` add up to `cost`."""

    sparkline: list[Amount] = Field(description="Cost of each day of the window that has data.")


class NotAttributed(Part):
    """What makes the customers' cost the company's: cost that belongs to no customer."""

    currency: str
    cost: Amount = Field(description="The company's whole cost.")
    cost_of_revenue: Amount
    unallocated: Amount
    idle: Amount
    cost_previous: Amount | None


class CustomersReport(Part):
    """Do we make money on them?"""

    meta: Meta
    headline: str
    totals: MarginTotals = Field(description="Sum of the rows in the main currency.")
    totals_by_currency: list[MarginTotals]
    company: list[NotAttributed]
    customers: list[CustomerRow]


def customers(con: duckdb.DuckDBPyConnection, scope: Scope) -> CustomersReport:
    """The report, two statements however many customers there are; NotFound without a perspective."""
    perspective = scope.facts.need_perspective("customer")
    rows = customer_rows(con, scope, perspective)
    found = list(dict.fromkeys([scope.currency, *sorted({row.currency for row in rows})]))
    totals = [total(rows, currency) for currency in found]
    return CustomersReport(
        meta=scope.meta(perspective, single_currency=False),
        headline=headline(rows, scope),
        totals=totals[0],
        totals_by_currency=totals,
        company=company_cost(con, scope, perspective),
        customers=rows,
    )


def customer_rows(
    con: duckdb.DuckDBPyConnection, scope: Scope, perspective: str, customer_id: str | None = None
) -> list[CustomerRow]:
    """All customers of the window, or the one asked for, also where nothing of the window is theirs."""
    sql = fill(read_sql(__package__, "customers"), {"metric": scope.metric})
    params = scope.params(perspective=perspective, customer=customer_id)
    found = fetch(con, sql, params)
    return [_row(row, scope) for row in found if row["present"] or customer_id is not None]


def company_cost(con: duckdb.DuckDBPyConnection, scope: Scope, perspective: str) -> list[NotAttributed]:
    """The whole cost and the part of it that no customer carries, for each currency."""
    sql = fill(read_sql(__package__, "not_attributed"), {"metric": scope.metric})
    return [
        NotAttributed.model_validate({**row, "cost_previous": scope.before(row["cost_previous"])})
        for row in fetch(con, sql, scope.params(perspective=perspective))
    ]


def losing(rows: Iterable[CustomerRow]) -> list[CustomerRow]:
    """The customers whose cost of revenue is above their revenue."""
    return [row for row in rows if row.gross_margin < 0]


def headline(rows: list[CustomerRow], scope: Scope) -> str:
    """How many customers cost more than they pay, and how much more."""
    everyone = len({row.customer_id for row in rows})
    worst = losing(rows)
    if not rows:
        return f"No customer has cost or revenue {scope.phrase}."
    if not worst:
        return f"All {count(everyone, 'customer')} pay more than they cost {scope.phrase}."
    sums: dict[str, Decimal] = {}
    for row in worst:
        sums[row.currency] = sums.get(row.currency, ZERO) + row.gross_margin
    amounts = " and ".join(money(amount, currency) for currency, amount in sorted(sums.items()))
    losers = len({row.customer_id for row in worst})
    verb = "costs more than it pays" if losers == 1 else "cost more than they pay"
    return f"{losers:,} of {count(everyone, 'customer')} {verb}: {amounts} {scope.phrase}."


def daily(days: Iterable[Row], scope: Scope) -> list[Decimal]:
    """The amount of each covered day of the window, 0 where a day has no row."""
    known = {row["day"]: row["cost"] for row in days}
    return [known.get(day) or ZERO for day in scope.days]


def _row(row: Row, scope: Scope) -> CustomerRow:
    before = scope.before(row["cost_previous"])
    margin = Margin(row["revenue"], row["cost"], row["cost_of_revenue"])
    known = CostEvidence(row["direct"], row["measured"], row["assumed"])
    names = ("customer_id", "customer_name", "plan", "status", "currency")
    return CustomerRow.model_validate(
        {
            **{name: row[name] for name in names},
            **margin.figures,
            **known.figures,
            "cost_previous": before,
            "cost_trend_pct": trend_pct(row["cost"], before),
            "sparkline": daily(row["days"], scope),
        }
    )
