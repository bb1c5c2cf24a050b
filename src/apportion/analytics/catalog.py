"""What can be asked about: dimensions with their values, columns, perspectives, measures, days."""

from datetime import date

import duckdb
from pydantic import Field

from apportion.analytics.fields import COST_COLUMNS, RESULT_FIELDS
from apportion.analytics.models import METRICS, Amount, Facts, Part
from apportion.analytics.statements import fetch
from apportion.core.periods import next_month
from apportion.engine import quote_ident

VALUES = 50


class DimensionValue(Part):
    """One value, and its cost over the whole of the data in the main currency."""

    value: str
    cost: Amount


class DimensionValues(Part):
    """A dimension and its values, the largest first."""

    name: str
    values: list[DimensionValue]


class PerspectiveName(Part):
    """A way to attribute all cost, and the dimension it attributes to."""

    name: str
    to: str


class Days(Part):
    """The days of the data."""

    first_day: date
    last_day: date
    months: list[str] = Field(examples=[["2026-09", "2026-08"]], description="Newest first.")


class Catalog(Part):
    """The names a question may use."""

    dimensions: list[DimensionValues]
    columns: list[str] = Field(description="Columns of the cost that can be grouped and filtered by.")
    perspectives: list[PerspectiveName]
    measures: list[str]
    metrics: list[str]
    currencies: list[str]
    windows: Days


def catalog(con: duckdb.DuckDBPyConnection, facts: Facts) -> Catalog:
    """Everything that can be named in a question, from one statement."""
    values = _values(con, facts)
    return Catalog(
        dimensions=[DimensionValues(name=name, values=values.get(name, [])) for name in facts.dimensions],
        columns=[*RESULT_FIELDS, *COST_COLUMNS],
        perspectives=[PerspectiveName(name=name, to=to) for name, to in facts.perspectives.items()],
        measures=list(facts.measures),
        metrics=list(METRICS),
        currencies=list(facts.currencies),
        windows=Days(first_day=facts.first_day, last_day=facts.last_day, months=_months(facts)),
    )


def _values(con: duckdb.DuckDBPyConnection, facts: Facts) -> dict[str, list[DimensionValue]]:
    if not facts.dimensions:
        return {}
    each = " UNION ALL ".join(
        f"SELECT {number} AS number, {quote_ident(name)} AS value, amount FROM cost"
        for number, name in enumerate(facts.dimensions)
    )
    listed = ", ".join(quote_ident(name) for name in facts.dimensions)
    sql = f"""
WITH cost AS (
    SELECT {listed}, SUM({quote_ident(facts.metric)}) AS amount FROM daily_costs WHERE currency = $currency
    GROUP BY ALL
)
SELECT number, value, SUM(amount) AS cost FROM ({each}) GROUP BY number, value
QUALIFY ROW_NUMBER() OVER (PARTITION BY number ORDER BY SUM(amount) DESC, value) <= {VALUES}
ORDER BY number, cost DESC, value"""
    found: dict[str, list[DimensionValue]] = {}
    for row in fetch(con, sql, {"currency": facts.main_currency}):
        value = DimensionValue(value=row["value"], cost=row["cost"])
        found.setdefault(facts.dimensions[row["number"]], []).append(value)
    return found


def _months(facts: Facts) -> list[str]:
    months, day = [], facts.first_day.replace(day=1)
    while day <= facts.last_day:
        months.append(f"{day:%Y-%m}")
        day = next_month(day)
    return months[::-1]
