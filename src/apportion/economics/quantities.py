"""Cost for one of each measured thing."""

from decimal import Decimal

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part
from apportion.analytics.scope import Scope
from apportion.analytics.statements import fetch, read_sql
from apportion.analytics.usage_days import is_prepared
from apportion.core.money import per_unit


class UnitCost(Part):
    """Cost divided by a quantity."""

    measure: str = Field(examples=["requests"])
    quantity: Amount
    cost_per_unit: Amount | None


def unit_costs(
    con: duckdb.DuckDBPyConnection, scope: Scope, dimension: str, value: str, cost: Decimal
) -> list[UnitCost]:
    """`cost` for each unit of every measure that says how much `value` of `dimension` used."""
    if not scope.facts.measures:
        return []
    name = "quantities_prepared" if is_prepared(con) else "quantities"
    found = fetch(con, read_sql(__package__, name), scope.params(dimension=dimension, value=value))
    return [
        UnitCost(
            measure=row["measure"], quantity=row["quantity"], cost_per_unit=per_unit(cost, row["quantity"])
        )
        for row in found
    ]
