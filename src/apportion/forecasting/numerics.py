"""Forecasts of many daily series at once, with intervals for days and for sums of days."""

from typing import NamedTuple

import numpy as np

from apportion.forecasting.intervals import error_factor, interval
from apportion.forecasting.methods import DEFAULT, Method, method_named
from apportion.forecasting.robust import Counts, Days, Flags, Floats

SHORTEST = 14
"""Days of history without which nothing is said."""
FARTHEST = 92
ROWS = 2048
"""Series that are computed at once: more do not fit the processor's memory."""


class Forecasts(NamedTuple):
    """Days to come [R, H], and the sums of all days up to each, with their own 80 % intervals [R, H].

    `known` [R] is how many days of history there were; with fewer than SHORTEST all is NaN.
    """

    expected: Floats
    low: Floats
    high: Floats
    total: Floats
    total_low: Floats
    total_high: Floats
    known: Counts

    @property
    def possible(self) -> Flags:
        return self.known >= SHORTEST


def forecast(values: Floats, origins: Days, horizon: int, method: str = DEFAULT) -> Forecasts:
    """Forecast `values` [R, n] (NaN: not known), whose last columns are the days `origins` [R]."""
    chosen = method_named(method)
    horizon = min(max(horizon, 1), FARTHEST)
    parts = [
        _forecast(values[at : at + ROWS], origins[at : at + ROWS], horizon, chosen)
        for at in range(0, max(len(values), 1), ROWS)
    ]
    return Forecasts(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _forecast(values: Floats, origins: Days, horizon: int, method: Method) -> Forecasts:
    known = (~np.isnan(values)).sum(1)
    made = method.paths(values, origins, horizon)
    factor = error_factor(method, values, origins)[:, None]
    low, high = interval(made.expected, made.day_sd * factor, made.signed)
    total = np.cumsum(made.expected, axis=1)
    total_low, total_high = interval(total, made.sum_sd * factor, made.signed)
    enough = (known >= SHORTEST)[:, None]
    said = (made.expected, low, high, total, total_low, total_high)
    days, lows, highs, sums, sum_lows, sum_highs = (np.where(enough, part, np.nan) for part in said)
    return Forecasts(days, lows, highs, sums, sum_lows, sum_highs, known)


def month_total(times: Days, values: Floats, horizon: int) -> tuple[float, float, float]:
    """The sum of the next `horizon` days after one series, and its 80 % interval; NaN below SHORTEST days."""
    made = forecast(np.asarray(values, dtype=np.float64)[None], np.asarray(times)[-1:], horizon)
    last = (made.total, made.total_low, made.total_high)
    total, low, high = (float(part[0, -1]) for part in last)
    return total, low, high
