"""Series with cost on some days only, or with cost and credits in turn: how often, and how much."""

import numpy as np

from apportion.forecasting.charges import recurring
from apportion.forecasting.robust import Days, Flags, Floats, mean
from apportion.forecasting.weekdays import WEEK, back

HISTORY = 91
"""Days that rates are learned from: a quarter's weeks."""
LARGEST = 0.98
"""Days beyond this share of all are cut to the size of it."""
ENDED, QUIET = 0.005, 7
"""A series has ended that is quiet for a week, and so long that chance would do it once in 200 times."""
TINY = 0.01
RATE_DRIFT = 0.03
"""By how much of itself a rate drifts from day to day."""


def sparse_paths(values: Floats, origins: Days, horizon: int) -> tuple[Floats, Floats, Floats]:
    """Days, their standard deviation and that of their sums, [R, horizon] each.

    The rate of each weekday, shrunk to that of all days by how much of their difference is chance.
    """
    rough = np.nan_to_num(mean(np.abs(values[:, -HISTORY:])))[:, None]
    charges = recurring(values, np.abs(values) > 4 * rough, origins, horizon)
    recent = _cut(np.where(charges.past, np.nan, values)[:, -HISTORY:])
    usual = np.nan_to_num(mean(recent))
    days = [recent[:, back(HISTORY) == p] for p in range(WEEK)]
    rates = np.stack([np.nan_to_num(mean(day)) for day in days], axis=1)
    within = mean(np.stack([mean((day - mean(day)[:, None]) ** 2) for day in days], axis=1))
    within = np.nan_to_num(within) + (TINY * usual) ** 2
    count = np.maximum((~np.isnan(recent)).sum(1), 1)
    spread = ((rates - usual[:, None]) ** 2).mean(1)
    chance = within * WEEK / count
    share = np.maximum(spread - chance, 0) / np.maximum(spread, 1e-300)
    rate = usual[:, None] + (rates - usual[:, None]) * share[:, None]
    noise = within + (1 - share) * spread
    going = np.where(_ended(recent), 0.0, 1.0)[:, None]
    steps = np.arange(1, horizon + 1)
    expected = rate[:, -steps % WEEK] * going + charges.amount
    day_sd = np.sqrt((noise * (1 + 1 / count))[:, None] * going + charges.sd**2)
    sum_variance = noise[:, None] * (steps + steps**2 / count[:, None]) * going
    sum_variance += np.cumsum(charges.sd**2, axis=1)
    sum_variance += steps * (RATE_DRIFT * np.cumsum(np.abs(expected), axis=1)) ** 2
    return expected, day_sd, np.sqrt(sum_variance)


def _cut(recent: Floats) -> Floats:
    ordered = np.sort(np.nan_to_num(np.abs(recent), nan=-1.0), axis=1)
    most = np.maximum(ordered[:, int(LARGEST * (HISTORY - 1))], 0)[:, None]
    return np.where(most > 0, np.clip(recent, -most, most), recent)


def _ended(recent: Floats) -> Flags:
    """Series of [R, HISTORY] that had cost so often that the quiet at their end cannot be chance."""
    active = np.nan_to_num(recent) != 0
    quiet = np.argmax(active[:, ::-1], axis=1)
    before = np.maximum((~np.isnan(recent)).sum(1) - quiet, 1)
    often = np.minimum(active.sum(1) / before, 0.999)
    ended: Flags = (quiet >= QUIET) & ((1 - often) ** quiet < ENDED)
    return ended
