"""Where does something else than production cost more than production?"""

from decimal import Decimal

import duckdb
from pydantic import Field

from apportion.analytics.models import NONE, Amount, Part
from apportion.analytics.scope import Meta, Scope
from apportion.analytics.sentences import money, possessive
from apportion.analytics.statements import fetch, fill, read_sql
from apportion.core.errors import BadInput

PRODUCTION = "production"


class EnvironmentRow(Part):
    """The cost of one team or service in each environment."""

    key: str
    currency: str
    environments: dict[str, Amount] = Field(examples=[{"production": "1200.00", "staging": "1500.00"}])
    non_production_higher: bool = Field(
        description="True where one other environment costs more than production."
    )

    @property
    def production(self) -> Decimal:
        return self.environments.get(PRODUCTION, Decimal(0))

    @property
    def dearest_other(self) -> tuple[str, Decimal]:
        """The environment other than production that costs most; ('', 0) where there is none."""
        others = {name: cost for name, cost in self.environments.items() if name not in (PRODUCTION, NONE)}
        name = max(others, key=lambda key: (others[key], key), default="")
        return name, others.get(name, Decimal(0))


class EnvironmentsReport(Part):
    """Environments side by side."""

    meta: Meta
    headline: str
    by: str
    environments: list[str] = Field(description="The columns: production first, the rest by name.")
    rows: list[EnvironmentRow]


def environments(con: duckdb.DuckDBPyConnection, scope: Scope, by: str = "team") -> EnvironmentsReport:
    """The report, from one statement; BadInput where `by` is no dimension, NotFound without environments."""
    scope.facts.need_dimension("environment")
    if by not in scope.facts.dimensions or by == "environment":
        raise BadInput(f"Environments cannot be compared by '{by}'.", where="by", hint="Use team or service.")
    rows = environment_rows(con, scope, by)
    names = {name for row in rows for name in row.environments}
    return EnvironmentsReport(
        meta=scope.meta(single_currency=False),
        headline=_headline(rows, scope, by),
        by=by,
        environments=sorted(names, key=lambda name: (name != PRODUCTION, name == NONE, name)),
        rows=rows,
    )


def environment_rows(con: duckdb.DuckDBPyConnection, scope: Scope, by: str) -> list[EnvironmentRow]:
    """One row for each value of `by` and currency, the most expensive first."""
    sql = fill(read_sql(__package__, "environments"), {"metric": scope.metric, "by": by})
    grouped: dict[tuple[str, str], dict[str, Decimal]] = {}
    for row in fetch(con, sql, scope.params()):
        grouped.setdefault((row["key"], row["currency"]), {})[row["environment"]] = row["cost"]
    return [_row(key, currency, costs) for (key, currency), costs in grouped.items()]


def _row(key: str, currency: str, costs: dict[str, Decimal]) -> EnvironmentRow:
    row = EnvironmentRow(key=key, currency=currency, environments=costs, non_production_higher=False)
    return row.model_copy(update={"non_production_higher": row.dearest_other[1] > row.production})


def _headline(rows: list[EnvironmentRow], scope: Scope, by: str) -> str:
    higher = [row for row in rows if row.non_production_higher and row.key != NONE]
    if not higher:
        return f"No {by} has an environment that cost more than its production {scope.phrase}."
    worst = max(
        higher, key=lambda row: (row.currency == scope.currency, row.dearest_other[1] - row.production)
    )
    name, cost = worst.dearest_other
    more = f", and {len(higher) - 1} more like it" if len(higher) > 1 else ""
    return (
        f"{possessive(worst.key)} {name} cost {money(cost, worst.currency)} {scope.phrase}, "
        f"its production {money(worst.production, worst.currency)}{more}."
    )
