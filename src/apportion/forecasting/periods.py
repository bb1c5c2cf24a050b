"""What periods of any length end at: the days that are still to come of one, as one sum with its interval."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import duckdb
import numpy as np

from apportion.analytics.models import Facts
from apportion.analytics.query import Query
from apportion.forecasting.estimates import amount
from apportion.forecasting.numerics import FARTHEST, SHORTEST, forecast
from apportion.forecasting.origin import last_complete_day
from apportion.forecasting.reading import read_cost

Group = tuple[str, tuple[str, ...]]
"""A currency, and the names of one group of a query in the order of its fields."""


@dataclass(frozen=True)
class ToCome:
    """The sum of days to come, and its 80 % interval."""

    total: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Coming:
    """What is expected of each group after `origin`, up to a day that is not included.

    `reason` says why nothing is said of any group; of one that is not in `groups`, its days are too few.
    """

    origin: date
    groups: Mapping[Group, ToCome] = field(default_factory=dict)
    reason: str = ""


def coming(
    con: duckdb.DuckDBPyConnection, facts: Facts, query: Query, until: date, at: date | None = None
) -> Coming:
    """The days from the last complete one to `until`, of each group of `query`; `at` is the last to know.

    Metric, perspective, filter and group_by count. Raises BadInput where they name what is not there.
    """
    through = min(facts.last_day, at or facts.last_day)
    if through < facts.first_day:
        return Coming(through, reason="There is no cost up to that day.")
    metric = query.metric or facts.metric
    origin = through
    if through == facts.last_day:
        origin = last_complete_day(con, facts, through, metric).day
    left = (until - origin).days - 1
    if left <= 0:
        return Coming(origin)
    if left > FARTHEST:
        return Coming(origin, reason=f"It ends in {left} days; forecasts reach {FARTHEST}.")
    cost = read_cost(con, facts, query, origin)
    said = forecast(cost.values, np.full(len(cost.values), np.datetime64(origin, "D")), left)
    groups = {}
    for at_row, known in enumerate(said.known):
        parts = (said.total, said.total_low, said.total_high)
        sums = [amount(float(part[at_row, -1])) for part in parts]
        if known >= SHORTEST and all(one is not None for one in sums):
            key = cost.currencies[at_row], cost.keys[at_row]
            groups[key] = ToCome(*(one for one in sums if one is not None))
    return Coming(origin, groups)
