"""The last day that can be believed: bills that are still estimated may lack the last of their days."""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np

from apportion.analytics.models import Facts
from apportion.analytics.query import Query
from apportion.forecasting.numerics import SHORTEST, forecast
from apportion.forecasting.reading import read_cost

DOUBTED = 3
"""Days at the end of an estimated bill that may still grow."""
FAR_BELOW, MUCH_LESS = 1.5, 0.8
"""A day is short that lies so many half-widths of its 80 % range below, and below this share of the usual."""
MATTERS = 0.02
"""Sources with less of the cost than this do not hold the forecast back."""


@dataclass(frozen=True)
class Origin:
    """The last complete day, and why later days of the data are not believed."""

    day: date
    reason: str | None = None


def last_complete_day(con: duckdb.DuckDBPyConnection, facts: Facts, through: date, metric: str) -> Origin:
    """The last day up to `through` on which no source of weight is short.

    Invoiced months are believed as they are. Of an estimated one the last three days are judged, each
    source by its own forecast: a day that is far below it, and after which nothing recovers, is not there
    yet. A drop that is three days old is believed.
    """
    if f"{through:%Y-%m}" not in facts.estimated:
        return Origin(through)
    sources = read_cost(con, facts, Query.model_validate({"group_by": ["source"], "metric": metric}), through)
    values = sources.values
    if values.shape[1] <= SHORTEST + DOUBTED or not len(values):
        return Origin(through)
    before = values[:, :-DOUBTED]
    day = np.datetime64(through - timedelta(days=DOUBTED), "D")
    said = forecast(before, np.full(len(values), day), DOUBTED)
    seen = np.nan_to_num(values[:, -DOUBTED:])
    floor = np.minimum(said.expected - FAR_BELOW * (said.expected - said.low), MUCH_LESS * said.expected)
    recent = np.nan_to_num(before[:, -30:]).sum(1)
    names = np.array(sources.currencies)
    weight = recent / np.array([recent[names == name].sum() or 1 for name in names])
    short = np.nan_to_num(seen < floor) & (weight >= MATTERS)[:, None]
    lacking = [_trailing(row) for row in short]
    most = max(lacking, default=0)
    if not most or most == DOUBTED:
        return Origin(through)
    late = ", ".join(key[0] for key, n in zip(sources.keys, lacking, strict=True) if n)
    first = through - timedelta(days=most - 1)
    days = f"{first}" if most == 1 else f"{first} to {through}"
    return Origin(first - timedelta(days=1), f"The estimated bill of {late} is not complete on {days}.")


def _trailing(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    """How many of the last flags stand in a row."""
    return int(np.argmin(np.append(flags[::-1], False)))
