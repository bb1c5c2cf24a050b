"""Intervals from the errors that the same method made at past days of the same series."""

from typing import TYPE_CHECKING

import numpy as np

from apportion.forecasting.robust import Days, Flags, Floats, mean

if TYPE_CHECKING:
    from apportion.forecasting.methods import Method

LAGS = (10, 20, 31, 50)
"""How many days before the origin the method is asked again."""
ENOUGH = 28
"""Days that a past forecast must have known to count."""
PRIOR = 2.0
"""How many past forecasts the usual size of errors counts for, where a series has few of its own."""
USUAL = 0.8
"""The mean size of an error over its standard deviation, of normal errors."""
WORST = 4.0
Z80 = 1.2816 * 1.4
"""How many standard deviations hold 80 %: of normal errors, and as much wider as deployments and incidents
that nobody foresees make it. Set once on generated series, and tried on others."""


def error_factor(method: "Method", values: Floats, origins: Days, lags: tuple[int, ...] = LAGS) -> Floats:
    """How much larger the errors of each series were than its own spread said, [R]; 1 where nothing is known.

    The method is replayed at past days on what was known then; the sum up to today is compared.
    """
    sizes = [_replayed(method, values, origins, lag) for lag in lags if values.shape[1] - lag >= ENOUGH]
    if not sizes:
        return np.ones(len(values))
    found = np.minimum(np.stack(sizes, axis=1), WORST)
    count = (~np.isnan(found)).sum(1)
    pooled: Floats = (USUAL * PRIOR + np.nan_to_num(mean(found)) * count) / (PRIOR + count)
    return pooled / USUAL


def _replayed(method: "Method", values: Floats, origins: Days, lag: int) -> Floats:
    """The size of one past error over its standard deviation; NaN where too little was known."""
    past, then = values[:, :-lag], values[:, -lag:]
    made = method.paths(past, origins - lag, lag)
    enough = (~np.isnan(past)).sum(1) >= ENOUGH
    missed = np.isnan(then).any(1)
    error = np.abs(then.sum(1) - made.expected.sum(1))
    size = error / np.maximum(made.sum_sd[:, -1], 1e-12)
    return np.where(enough & ~missed, size, np.nan)


def interval(centre: Floats, spread: Floats, signed: Flags) -> tuple[Floats, Floats]:
    """The 80 % interval around `centre` with standard deviation `spread`, both [R, H].

    Series that never fall below zero get that of a gamma distribution (Wilson and Hilferty's cube root),
    which does not either and reaches farther up; the others a normal one.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ninth = (spread / centre) ** 2 / 9
        root = np.sqrt(ninth)
        low = centre * np.maximum(1 - ninth - Z80 * root, 0) ** 3
        high = centre * np.maximum(1 - ninth + Z80 * root, 0) ** 3
    plain = signed[:, None] | ~(centre > 0)
    low = np.where(plain, centre - Z80 * spread, low)
    high = np.where(plain, centre + Z80 * spread, np.maximum(high, 0))
    return low, high
