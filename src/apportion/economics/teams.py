"""What every team costs, and how much of it serves production."""

from decimal import Decimal

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent, Row
from apportion.analytics.scope import Meta, Scope, trend_pct
from apportion.analytics.sentences import count, money
from apportion.analytics.statements import fetch, fill, read_sql
from apportion.core.money import percent
from apportion.economics.customers import ZERO, daily


class TeamRow(Part):
    """A team in one currency; cost without a team is a row of its own."""

    team: str
    currency: str
    cost: Amount
    share_pct: Percent | None
    cost_previous: Amount | None
    cost_trend_pct: Percent | None
    production: Amount
    non_production: Amount
    no_environment: Amount = Field(description="Cost whose environment nothing names.")
    services: int
    top_service: str
    sparkline: list[Amount]


class TeamsReport(Part):
    """Who spends?"""

    meta: Meta
    headline: str
    teams: list[TeamRow]


def teams(con: duckdb.DuckDBPyConnection, scope: Scope) -> TeamsReport:
    """The report, from one statement; raises NotFound without dimensions team, service and environment."""
    perspective = scope.facts.perspective_to("team")
    if perspective is None:
        scope.facts.need_dimension("team")
    rows = team_rows(con, scope, perspective)
    return TeamsReport(
        meta=scope.meta(perspective, single_currency=False), headline=_headline(rows, scope), teams=rows
    )


def team_rows(con: duckdb.DuckDBPyConnection, scope: Scope, perspective: str | None) -> list[TeamRow]:
    """Every team with cost in the window, the largest first; they add up to the window's cost."""
    facts = scope.facts
    for name in ("service", "environment"):
        facts.need_dimension(name)
    team = "team" if "team" in facts.dimensions else "source"
    sql = fill(read_sql(__package__, "teams"), {"metric": scope.metric, "team": team})
    found = fetch(con, sql, scope.params(perspective=perspective))
    sums: dict[str, Decimal] = {}
    for row in found:
        sums[row["currency"]] = sums.get(row["currency"], ZERO) + row["cost"]
    return [_row(row, sums[row["currency"]], scope) for row in found]


def _row(row: Row, whole: Decimal, scope: Scope) -> TeamRow:
    cost, before = row["cost"], scope.before(row["cost_previous"])
    return TeamRow(
        team=row["team"],
        currency=row["currency"],
        cost=cost,
        share_pct=percent(cost, whole),
        cost_previous=before,
        cost_trend_pct=trend_pct(cost, before),
        production=row["production"],
        non_production=row["non_production"],
        no_environment=cost - row["production"] - row["non_production"],
        services=row["services"],
        top_service=row["top_service"],
        sparkline=daily(row["days"], scope),
    )


def _headline(rows: list[TeamRow], scope: Scope) -> str:
    mine = [row for row in rows if row.currency == scope.currency]
    named = [row for row in mine if not row.team.startswith("(")]
    if not named:
        return f"No cost carries a team {scope.phrase}."
    whole, top = sum((row.cost for row in mine), ZERO), named[0]
    rest = whole - sum((row.cost for row in named), ZERO)
    without = f"; {money(rest, scope.currency)} belongs to no team" if rest else ""
    return (
        f"{count(len(named), 'team')} cost {money(whole - rest, scope.currency)} {scope.phrase}, "
        f"{top.team} most ({money(top.cost, scope.currency)}){without}."
    )
