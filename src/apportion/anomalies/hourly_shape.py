"""What an hour of the week usually looks like: a compressed scale of each series, and the shape of its week.

Costs multiply, and some are zero or negative (credits), so that everything is done on asinh(v / 2s), with s
a twentieth of a usual amount: nearly a logarithm well above s, and linear below.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from apportion.anomalies.detector import Floats, Times
from apportion.anomalies.robust import huber_mean, mad, median

DAY = 24
WEEK = 7 * DAY
SMALL = 0.05
"""Share of a usual amount below which differences count for ever less."""
CROSSING = 0.02
"""Share of hours below, and above zero, from which on a series is one that crosses zero."""
FLOOR = 0.02
"""The least noise that is believed, as a share of the amount."""
LARGEST = 50.0
"""Where the scale ends: e^50 times what is small."""
Hours = NDArray[np.int64]
SINGLE: Any = np.float32


class Shape(NamedTuple):
    """Of S series: `small` [S] sets the scale, `week` [S, 168] is the shape, Monday 0 h first.

    `least` [S] is below what they ever were: 0 for those that were never negative.
    """

    small: Floats
    week: Floats
    least: Floats


def hour_of_week(times: Times) -> Hours:
    """Hours since Monday 0 h UTC."""
    hours: Hours = (times.astype("datetime64[h]").astype(np.int64) + 72) % WEEK  # 1970 began on a Thursday
    return hours


def compressed(values: Floats, small: Floats) -> Floats:
    """Amounts [S, n] on the scale of their series."""
    found: Floats = np.arcsinh(values / (2 * small[:, None]))
    return found


def amounts(scaled: Floats, small: Floats) -> Floats:
    """Amounts [S] of values on the scale of their series."""
    found: Floats = 2 * small * np.sinh(np.clip(scaled, -LARGEST, LARGEST))
    return found


def small_of(values: Floats) -> Floats:
    """What is small in each series: by the median of the hours in which something was charged; NaN: none.

    Series that cross zero again and again are no cost, and are not compressed.
    """
    usual = median(np.where(values == 0, np.nan, np.abs(values)))
    below, above = (values < 0).mean(axis=1), (values > 0).mean(axis=1)
    found: Floats = np.where(np.minimum(below, above) > CROSSING, 1.0, SMALL) * usual
    return found


def shape_of(values: Floats, mornings: Hours, small: Floats) -> tuple[Shape, Floats]:
    """The shape of the week in whole days of amounts [S, D * 24], and what is left of them.

    `mornings` [S, D] are the hours of the week at which the days begin.

    Weekdays share one profile, weekends another; the weekend's own form is believed as far as it stands out
    of the noise (empirical Bayes), its level always. Hours that are zero now and then do not bend a profile.
    Amounts in single precision take half the time, and are far finer than the noise.
    """
    series = len(values)
    scaled = compressed(values, small.astype(SINGLE)).reshape(series, -1, DAY)
    weekend = mornings >= 5 * DAY
    level = _level(median(scaled), weekend)
    rest = np.swapaxes(scaled - level[..., None], 1, 2)
    zero = np.swapaxes(values.reshape(scaled.shape) == 0, 1, 2)
    weekday = np.nan_to_num(_profile(rest, zero, ~weekend))
    own = _profile(rest, zero, weekend)
    own = np.where(np.isfinite(own), own, weekday)
    flat = np.where(weekend[:, None], rest - own[..., None], rest - weekday[..., None]).reshape(series, -1)
    noise = np.maximum(mad(flat), FLOOR)
    days = np.maximum(weekend.sum(axis=1), 1), np.maximum((~weekend).sum(axis=1), 1)
    doubt = 1.2 * noise**2 * (1 / days[0] + 1 / days[1])
    other = own - weekday
    lift = median(other)[:, None]
    signal = np.maximum((other - other.mean(axis=1, keepdims=True)).var(axis=1) - doubt, 0.0)
    free = weekday + lift + (signal / (signal + doubt))[:, None] * (other - lift)
    week = np.concatenate([np.tile(weekday, (1, 5)), np.tile(free, (1, 2))], axis=1)
    left = scaled - np.where(weekend[..., None], free[:, None], weekday[:, None])
    least = np.where(np.fmin.reduce(values, axis=1, initial=0.0) < 0, -np.inf, 0.0)
    return Shape(small, week.astype(np.float64), least), left.reshape(series, -1)


def _level(days: Floats, weekend: NDArray[np.bool_]) -> Floats:
    """Medians of days [S, D], those of weekends raised by what weekends usually lie below the days around."""
    weekdays = np.pad(np.where(weekend, np.nan, days), ((0, 0), (4, 4)), constant_values=np.nan)
    around = median(sliding_window_view(weekdays, 9, axis=-1))
    below = np.nan_to_num(median(np.where(weekend, days - around, np.nan)))
    found: Floats = days - below[:, None] * weekend
    return found


def _profile(rest: Floats, zero: NDArray[np.bool_], days: NDArray[np.bool_]) -> Floats:
    """Mean by hour [S, 24] over the chosen `days` [S, D] of `rest` [S, 24, D].

    Where most days have something, days that have nothing are left out.
    """
    chosen = np.where(days[:, None], rest, np.nan)
    charged = np.where(zero, np.nan, chosen)
    most = 2 * np.isfinite(charged).sum(axis=-1) >= np.isfinite(chosen).sum(axis=-1)
    return huber_mean(np.where(most[..., None], charged, chosen))
