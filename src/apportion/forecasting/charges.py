"""Charges that recur on a day of the month, in money: they neither grow nor follow the weekday."""

from typing import NamedTuple

import numpy as np

from apportion.forecasting.robust import Counts, Days, Flags, Floats, mean, median

MONTHS = 4
"""Months that are looked back for the same day."""
SEEN, MOSTLY = 2, 0.6
"""A charge recurs that was seen twice at least, and in most of the months."""
VARIES = 0.02
"""The least that the amount of a charge is taken to vary."""


class Charges(NamedTuple):
    """What recurs on each of the next H days, its deviation [R, H], and on which past days it was [R, n]."""

    amount: Floats
    sd: Floats
    past: Flags


def recurring(excess: Floats, large: Flags, origins: Days, days: int) -> Charges:
    """What recurs on the next `days`, from `excess` [R, n] over the usual of each past day.

    `large` [R, n] are the days whose excess is more than noise.
    """
    lag, usable = _same_day_before(origins, days)
    width = excess.shape[1]
    usable = usable & (lag < width)
    row, column = np.arange(len(excess))[:, None, None], np.where(usable, width - 1 - lag, 0)
    found = np.where(usable, excess[row, column], np.nan)
    hit = ~np.isnan(found) & large[row, column]
    hits, known = hit.sum(-1), (~np.isnan(found)).sum(-1)
    believed = (hits >= SEEN) & (hits >= MOSTLY * known)
    amount = np.where(believed, np.nan_to_num(median(found)), 0.0)
    spread = np.sqrt(np.nan_to_num(mean((found - amount[..., None]) ** 2)) + (VARIES * amount) ** 2)
    past = np.zeros(excess.shape, dtype=bool)
    at = np.nonzero(hit & believed[..., None])
    past[at[0], column[at]] = True
    return Charges(amount, np.where(believed, spread, 0.0), past)


def _same_day_before(origins: Days, days: int) -> tuple[Counts, Flags]:
    """How many days before its origin the same day of the month lies, one to MONTHS months before each day.

    Both [R, days, MONTHS]; the second tells where that month has the day, and it is over. The last day of a
    month is the last of the months before, whatever its number.
    """
    ahead = origins[:, None] + np.arange(1, days + 1)
    month = ahead.astype("datetime64[M]")
    of_month = (ahead - month.astype("datetime64[D]")).astype(np.int64)
    is_last = (ahead + 1).astype("datetime64[M]") != month
    earlier = month[..., None] - np.arange(1, MONTHS + 1)
    last = (earlier + 1).astype("datetime64[D]") - 1
    day = np.where(is_last[..., None], last, earlier.astype("datetime64[D]") + of_month[..., None])
    lag = (origins[:, None, None] - day).astype(np.int64)
    return lag, (day <= last) & (lag >= 0)
