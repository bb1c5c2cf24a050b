"""Methods to compare with: what everybody does without a forecast."""

import numpy as np

from apportion.forecasting.paths import Paths
from apportion.forecasting.robust import Days, Flags, Floats, mean
from apportion.forecasting.weekdays import WEEK

MONTH, QUARTER = 30, 91


class RunRate:
    """Every day to come costs what the last thirty did on average."""

    name = "run_rate"

    def paths(self, values: Floats, _origins: Days, horizon: int, /) -> Paths:
        """Forecasts of `values` [R, n]; weekdays do not count."""
        recent = values[:, -MONTH:]
        rate = mean(recent)[:, None] * np.ones(horizon)
        return with_spread(values, rate, mean((recent - mean(recent)[:, None]) ** 2))


class SeasonalNaive:
    """Every week to come costs what the last one did."""

    name = "seasonal_naive"

    def paths(self, values: Floats, _origins: Days, horizon: int, /) -> Paths:
        """Forecasts of `values` [R, n]; a week that is not wholly known is filled by its mean."""
        week = np.where(np.isnan(values[:, -WEEK:]), mean(values[:, -WEEK:])[:, None], values[:, -WEEK:])
        recent = values[:, -QUARTER:]
        off = recent[:, WEEK:] - recent[:, :-WEEK]
        return with_spread(values, week[:, np.arange(horizon) % WEEK], np.nan_to_num(mean(off**2)))


def with_spread(values: Floats, expected: Floats, variance: Floats) -> Paths:
    """A spread that assumes independent days: the past errors of the method correct it."""
    steps = np.arange(1, expected.shape[1] + 1)
    day = np.sqrt(variance)[:, None] * np.ones(expected.shape[1])
    sums = np.sqrt(variance[:, None] * (steps + steps**2 / WEEK))
    signed: Flags = np.any(values < 0, axis=1)
    return Paths(expected, day, sums, signed)
