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
from apportion.forecasting.robust import Floats

Group = tuple[str, tuple[str, ...]]
"""A currency, and the names of one group of a query in the order of its fields."""


@dataclass(frozen=True)
class ToCome:
    """The sum of the days to come up to each of them, with its 80 % interval; there is one at least."""

    totals: tuple[Decimal, ...]
    lows: tuple[Decimal, ...]
    highs: tuple[Decimal, ...]


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
        if known >= SHORTEST:
            key = cost.currencies[at_row], cost.keys[at_row]
            parts = (said.total, said.total_low, said.total_high)
            groups[key] = ToCome(*(_amounts(part[at_row]) for part in parts))
    return Coming(origin, groups)


def _amounts(estimates: Floats) -> tuple[Decimal, ...]:
    return tuple(amount(float(one)) or Decimal(0) for one in estimates)
