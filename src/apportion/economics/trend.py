"""Daily cost by any dimension, the largest apart and the rest as one."""

from datetime import date
from decimal import Decimal

import duckdb
from pydantic import Field

from apportion.analytics.answer import OTHERS, QueryAnswer, answer
from apportion.analytics.models import Amount, Part
from apportion.analytics.query import Query
from apportion.analytics.scope import Meta, Scope
from apportion.core.errors import BadInput
from apportion.economics.customers import ZERO
from apportion.economics.service import DayCost

SERIES = 8


class Series(Part):
    """One line of the chart: a point for every day that has data."""

    key: str
    currency: str
    total: Amount
    points: list[DayCost]


class TrendReport(Part):
    """How does cost move? The series add up to the total, day by day."""

    meta: Meta
    by: str
    series: list[Series] = Field(description="The eight largest in the report's currency, and (others).")
    total: list[DayCost]


def trend(con: duckdb.DuckDBPyConnection, scope: Scope, by: str = "team") -> TrendReport:
    """The report in one currency, from one statement; BadInput where `by` is no dimension or perspective."""
    perspective = scope.facts.perspective_to(by)
    if perspective is None and by not in scope.facts.dimensions:
        known = ", ".join(scope.facts.dimensions)
        raise BadInput(f"Cost cannot be shown by '{by}'.", where="by", hint=f"Use one of: {known}.")
    field = "target" if perspective else by
    query = Query.model_validate(
        {
            "metric": scope.metric,
            "perspective": perspective,
            "group_by": [field],
            "filter": {"currency": [scope.currency]},
            "grain": "day",
            "from": scope.start,
            "to": scope.end,
            "limit": SERIES,
        }
    )
    costs = _by_key(answer(con, scope.facts, query), field)
    return TrendReport(
        meta=scope.meta(perspective),
        by=by,
        series=[
            Series(
                key=key,
                currency=scope.currency,
                total=sum(days.values(), ZERO),
                points=_points(days, scope.days),
            )
            for key, days in costs.items()
        ],
        total=[
            DayCost(day=day, cost=sum((days.get(day, ZERO) for days in costs.values()), ZERO))
            for day in scope.days
        ],
    )


def _by_key(answered: QueryAnswer, field: str) -> dict[str, dict[date, Decimal]]:
    costs: dict[str, dict[date, Decimal]] = {}
    for row in answered.rows:
        key = OTHERS if row.others else row.keys[field]
        costs.setdefault(key, {})[date.fromisoformat(row.period or "")] = row.amount
    return costs


def _points(costs: dict[date, Decimal], days: list[date]) -> list[DayCost]:
    return [DayCost(day=day, cost=costs.get(day, ZERO)) for day in days]
