"""How far each channel of an hourly series usually strays, learned from its last weeks."""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from apportion.anomalies.detector import Floats
from apportion.anomalies.hourly_shape import DAY, FLOOR
from apportion.anomalies.robust import mad, median, tail_scale

SPANS = (1, 3, 12, 24)
"""Hours that the first channels look at; one more compares a day with the week before last."""
REACH = (9.0, 6.0, 3.5, 2.5, 2.5)
"""How many times the noise one hour may add to a channel: a single hour is no run."""
LEVEL_REACH = 2.5
"""The same where hours are averaged to a level."""
LATTER = 1.5
"""A run counts for at most this times its latter half: what is over is no run."""
CORRELATED = 1.8
"""How much the variance of a mean grows because hours resemble their neighbours."""
SAME = FLOOR / 10
"""Noise below which most hours are the same: then what the others do is all the noise there is."""
HABIT_DAYS = 4
"""What was as far off on as many days of two weeks or more is a habit."""
HABIT_MARGIN = 1.15 / 5.5
SHORTEST_HISTORY = 3
"""Days before the first that is compared with the week before it."""

Spreads = tuple[Floats, Floats, Floats]
"""Spread up, spread down, and centre, each [S]."""
Counts = NDArray[np.int64]


class Spread(NamedTuple):
    """Of S series: noise of an hour [S]; spread of each channel up and down and its centre [C, S].

    `days` [S, D] are the medians of the days, once the shape of the week is taken off.
    """

    noise: Floats
    up: Floats
    down: Floats
    centre: Floats
    days: Floats


def agreed(one: Floats, other: Floats) -> Floats:
    """The smaller of two deviations where both go the same way, else none; NaN where either is."""
    lower, higher = np.minimum(one, other), np.maximum(one, other)
    found: Floats = np.maximum(lower, 0.0) + np.minimum(higher, 0.0)
    return found


def spread_of(rest: Floats) -> Spread:
    """Learn from whole days of `rest` [S, D * 24]: what is left once the shape of the week is taken off."""
    series = len(rest)
    by_day = rest.reshape(series, -1, DAY)
    days = median(by_day)
    off = (by_day - days[..., None]).reshape(series, -1)
    usual = mad(off)
    noise = np.maximum(np.where(usual < SAME, tail_scale(off), usual), np.float32(FLOOR))
    limit = (LEVEL_REACH * noise)[:, None, None]
    pulled = np.clip(by_day, days[..., None] - limit, days[..., None] + limit)
    judged = [*_hours_apart(by_day, days, pulled, noise), _days_apart(days, pulled)]
    floors = [noise, *(noise * np.sqrt(CORRELATED / span) for span in (*SPANS[1:], DAY))]
    doubt = 1 + 1 / np.maximum(by_day.shape[1] * 5 // 7, 1)
    up, down = (
        np.stack(
            [np.maximum(np.nan_to_num(f[way]) * doubt, low) for f, low in zip(judged, floors, strict=True)]
        )
        for way in (0, 1)
    )
    centre = np.nan_to_num(np.stack([found[2] for found in judged]))
    return Spread(*(each.astype(np.float64) for each in (noise, up, down, centre, days)))


def _hours_apart(by_day: Floats, days: Floats, pulled: Floats, noise: Floats) -> list[Spreads]:
    """Spreads of the channels of SPANS, over the hours that have days enough before them."""
    series, first = len(by_day), SHORTEST_HISTORY * DAY
    if by_day.shape[1] <= SHORTEST_HISTORY:
        return [(np.full(series, np.nan),) * 3] * len(SPANS)
    rest = by_day.reshape(series, -1)[:, first:]
    off_week = rest - np.repeat(_week_before(days), DAY, axis=1)[:, first:]
    short = _moving_means(pulled.reshape(series, -1), DAY)[0]
    found = []
    for span, reach in zip(SPANS, REACH, strict=False):
        limit = (reach * noise)[:, None]
        if span == 1:
            runs = agreed(off_week, rest - short[:, first - 1 : -1])
            found.append(_both_ways(runs, _habit(runs), _habit(-runs)))
            continue
        runs = _runs(np.clip(off_week, -limit, limit), span)
        if span == DAY:
            found.append(_balanced(runs))
            continue
        lagged = rest - short[:, first - span : -span]
        runs = agreed(runs, _runs(np.clip(lagged, -limit, limit), span))
        found.append(_both_ways(runs))
    return found


def _week_before(days: Floats) -> Floats:
    """Median of the seven days before each of `days` [S, D]; NaN for the first ones."""
    if days.shape[1] <= SHORTEST_HISTORY:
        return np.full_like(days, np.nan)
    before = np.pad(days, ((0, 0), (7, 0)), constant_values=np.nan)[:, :-1]
    found = median(sliding_window_view(before, 7, axis=-1))
    found[:, :SHORTEST_HISTORY] = np.nan
    return found


def _moving_means(values: Floats, *spans: int) -> list[Floats]:
    """For each span the mean of the finite ones of as many values up to each; NaN for those before."""
    known = np.isfinite(values)
    whole = bool(known.all())
    sums = np.cumsum(values if whole else np.where(known, values, 0.0), axis=1)
    counts = None if whole else np.cumsum(known, axis=1, dtype=np.float32)
    found = []
    for span in spans:
        means = np.full_like(values, np.nan)
        means[:, span:] = sums[:, span:] - sums[:, :-span]
        means[:, span - 1] = sums[:, span - 1]
        if counts is None:
            means /= span
        else:
            of = counts.copy()
            of[:, span:] -= counts[:, :-span]
            means = np.where(of > 0, means / np.maximum(of, 1), np.nan)
        found.append(means)
    return found


def _runs(deviations: Floats, span: int) -> Floats:
    """Mean over `span` hours up to each, of the long ones no more than their latter half supports."""
    if span < DAY // 2:
        return _moving_means(deviations, span)[0]
    whole, half = _moving_means(deviations, span, span // 2)
    return agreed(whole, LATTER * half)


def _days_apart(days: Floats, pulled: Floats) -> Spreads:
    """Spread of a day's mean against the median of the week that ended a week before."""
    if days.shape[1] <= 8:
        return (np.full(len(days), np.nan),) * 3
    known = np.isfinite(pulled)
    means = np.where(known, pulled, 0.0).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1)
    before = np.pad(days, ((0, 0), (13, 0)), constant_values=np.nan)[:, :-7]
    apart = np.where(np.isfinite(days), means, np.nan) - median(sliding_window_view(before, 7, axis=-1))
    apart[:, :9] = np.nan
    return _balanced(apart)


def _between(ordered: Floats, first: Counts, last: Counts, *at: float) -> list[Floats]:
    """Quantiles of `ordered` [S, n] from the place `first` to `last` [S, 1] of each."""
    found = []
    for q in at:
        place = first + np.maximum(last - first, 0) * q
        low = place.astype(np.int64)
        below = np.take_along_axis(ordered, low, axis=1)
        above = np.take_along_axis(ordered, np.minimum(low + 1, np.maximum(last, low)), axis=1)
        found.append((below + (place - low) * (above - below))[:, 0])
    return found


def _both_ways(runs: Floats, *habits: Floats) -> Spreads:
    """Spreads above and below none. What is far above is left out; far below may be zeros, and stays."""
    ordered = np.sort(runs, axis=1)  # NaN comes last
    last = np.maximum(np.isfinite(ordered).sum(axis=1, keepdims=True) - 1, 0)
    none = np.zeros_like(last)
    q01, q05, q10, q25, q75, q90 = _between(ordered, none, last, 0.01, 0.05, 0.1, 0.25, 0.75, 0.9)
    up = np.maximum(np.maximum(q75 / 0.6745, q90 / 1.2816), FLOOR / 2)
    down = np.maximum(np.maximum(-q25 / 0.6745, -q10 / 1.2816), FLOOR / 2)
    near = np.maximum((ordered <= 6 * up[:, None]).sum(axis=1, keepdims=True) - 1, 0)
    q95, q99 = _between(ordered, none, near, 0.95, 0.99)
    up = np.clip(np.maximum(q95 / 1.645, q99 / 2.326), up, 2 * up)
    down = np.clip(np.maximum(-q05 / 1.645, -q01 / 2.326), down, 5 * down)
    if habits:
        up, down = np.maximum(up, HABIT_MARGIN * habits[0]), np.maximum(down, HABIT_MARGIN * habits[1])
    return up, down, np.zeros_like(up)


def _balanced(runs: Floats) -> Spreads:
    """Spreads about the median, which a steady growth sets off from none."""
    ordered = np.sort(runs, axis=1)
    last = np.maximum(np.isfinite(ordered).sum(axis=1, keepdims=True) - 1, 0)
    q25, centre, q75 = _between(ordered, np.zeros_like(last), last, 0.25, 0.5, 0.75)
    usual = np.maximum(0.7413 * (q75 - q25), FLOOR / 2)
    first = (ordered < (centre - 6 * usual)[:, None]).sum(axis=1, keepdims=True)
    near = np.maximum((ordered <= (centre + 6 * usual)[:, None]).sum(axis=1, keepdims=True) - 1, 0)
    q01, q05, q95, q99 = _between(ordered, np.minimum(first, near), near, 0.01, 0.05, 0.95, 0.99)
    up = np.clip(np.maximum((q95 - centre) / 1.645, (q99 - centre) / 2.326), usual, 2 * usual)
    down = np.clip(np.maximum((centre - q05) / 1.645, (centre - q01) / 2.326), usual, 2 * usual)
    return up, down, centre


def _habit(deviations: Floats) -> Floats:
    """How far above none was reached on several days: HABIT_DAYS of them, fewer where fewer are known."""
    highest = np.nan_to_num(deviations, nan=0.0).reshape(len(deviations), -1, DAY).max(axis=-1)
    days = min(HABIT_DAYS, max(1, highest.shape[1] * 2 // 7))
    found: Floats = np.maximum(np.partition(highest, -days, axis=-1)[:, -days], 0.0)
    return found
