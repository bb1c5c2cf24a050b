"""Whom a part of the cost concerns: what most of it answers to the dimensions that decide who is told."""

from datetime import timedelta
from decimal import Decimal

from apportion.alerts.rules.results import Results
from apportion.analytics.answer import answer
from apportion.analytics.models import NONE
from apportion.analytics.query import Query

MOST = Decimal("0.5")


def owned(asked: Results, field: str, value: str) -> dict[str, str]:
    """The answer that more than half of the newest day's cost gives, for each dimension that has one.

    `field` and `value` name the cost; attributed cost (`target`) has no owner besides its target.
    """
    con, facts = asked.run
    if field == "target":
        return {}
    found = {}
    for dimension in sorted(asked.owners & set(facts.dimensions) - {field}):
        query = Query.model_validate(
            {
                "group_by": [dimension],
                "filter": {field: [value]},
                "from": facts.last_day,
                "to": facts.last_day + timedelta(days=1),
                "limit": 1,
            }
        )
        rows = answer(con, facts, query).rows
        whole = sum((row.amount for row in rows), Decimal(0))
        first = rows[0] if rows else None
        if first and not first.others and first.keys[dimension] != NONE and first.amount > MOST * whole:
            found[dimension] = first.keys[dimension]
    return found
