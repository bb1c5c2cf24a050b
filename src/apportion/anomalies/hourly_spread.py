"""How far each channel of an hourly series usually strays, learned from its last weeks."""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from apportion.anomalies.detector import Floats
from apportion.anomalies.hourly_shape import DAY, FLOOR
from apportion.anomalies.robust import mad, median

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
HABIT_DAYS = 4
"""What was as far off on as many days of the window is a habit."""
HABIT_MARGIN = 1.15 / 5.5
SHORTEST_HISTORY = 3
"""Days before the first that is compared with the week before it."""


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
    """The smaller of two deviations where both go the same way, else none."""
    smaller = np.where(np.abs(one) < np.abs(other), one, other)
    found: Floats = np.where(np.sign(one) == np.sign(other), smaller, 0.0)
    return found


def spread_of(rest: Floats) -> Spread:
    """Learn from `rest` [S, D * 24], what is left of whole days once the shape of the week is taken off."""
    series = len(rest)
    by_day = rest.reshape(series, -1, DAY)
    days = median(by_day)
    noise = np.maximum(mad((by_day - days[..., None]).reshape(series, -1)), FLOOR)
    limit = (LEVEL_REACH * noise)[:, None, None]
    pulled = np.clip(by_day, days[..., None] - limit, days[..., None] + limit)
    week = np.repeat(_week_before(days), DAY, axis=1)
    short = np.full_like(rest, np.nan)
    short[:, 1:] = _moving_mean(pulled.reshape(series, -1), DAY, least=1)[:, :-1]
    short[:, :DAY] = np.nan
    point = agreed(rest - week, rest - short)
    channels = [_both_ways(point), *_runs(rest, week, short, noise), _days_apart(days, pulled)]
    floors = [noise, *(noise * np.sqrt(CORRELATED / span) for span in (*SPANS[1:], DAY))]
    doubt = 1 + 1 / np.maximum(by_day.shape[1] * 5 // 7, 1)
    up = [
        np.maximum(np.nan_to_num(found[0]) * doubt, low) for found, low in zip(channels, floors, strict=True)
    ]
    down = [
        np.maximum(np.nan_to_num(found[1]) * doubt, low) for found, low in zip(channels, floors, strict=True)
    ]
    up[0] = np.maximum(up[0], HABIT_MARGIN * _habit(point))
    down[0] = np.maximum(down[0], HABIT_MARGIN * _habit(-point))
    return Spread(noise, np.stack(up), np.stack(down), np.nan_to_num([c[2] for c in channels]), days)


def _week_before(days: Floats) -> Floats:
    """Median of the seven days before each of `days` [S, D]; NaN for the first ones."""
    if days.shape[1] <= SHORTEST_HISTORY:
        return np.full_like(days, np.nan)
    before = np.pad(days, ((0, 0), (7, 0)), constant_values=np.nan)[:, :-1]
    found = median(sliding_window_view(before, 7, axis=-1))
    found[:, :SHORTEST_HISTORY] = np.nan
    return found


def _moving_mean(values: Floats, span: int, least: int | None = None) -> Floats:
    """Mean of the finite ones of `span` values up to each; NaN for those before `least` (`span`) values."""
    known = np.isfinite(values)
    sums = np.cumsum(np.where(known, values, 0.0), axis=1)
    counts = np.cumsum(known, axis=1)
    sums[:, span:], counts[:, span:] = sums[:, span:] - sums[:, :-span], counts[:, span:] - counts[:, :-span]
    found: Floats = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    found[:, : (span if least is None else least) - 1] = np.nan
    return found


def _runs(rest: Floats, week: Floats, short: Floats, noise: Floats) -> list[tuple[Floats, Floats, Floats]]:
    """Spreads and centre of the channels of several hours."""
    found = []
    for span, reach in zip(SPANS[1:], REACH[1:], strict=False):
        limit = (reach * noise)[:, None]
        run = _run(np.clip(rest - week, -limit, limit), span)
        if span == DAY:
            found.append(_balanced(run))
            continue
        lagged = np.full_like(short, np.nan)
        lagged[:, span - 1 :] = short[:, : 1 - span]
        run = agreed(run, _run(np.clip(rest - lagged, -limit, limit), span))
        found.append(_both_ways(run))
    return found


def _run(deviations: Floats, span: int) -> Floats:
    """Mean over `span` hours up to each, of the long ones no more than their latter half supports."""
    whole = _moving_mean(deviations, span)
    if span < DAY // 2:
        return whole
    return np.where(np.isfinite(whole), agreed(whole, LATTER * _moving_mean(deviations, span // 2)), np.nan)


def _days_apart(days: Floats, pulled: Floats) -> tuple[Floats, Floats, Floats]:
    """Spread of a day's mean against the median of the week that ended a week before."""
    if days.shape[1] <= 8:
        none = np.full(len(days), np.nan)
        return none, none, none
    known = np.isfinite(pulled)
    means = np.where(known, pulled, 0.0).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1)
    before = np.pad(days, ((0, 0), (13, 0)), constant_values=np.nan)[:, :-7]
    apart = np.where(np.isfinite(days), means, np.nan) - median(sliding_window_view(before, 7, axis=-1))
    apart[:, :9] = np.nan
    return _balanced(apart)


def _ordered(values: Floats, *at: float) -> list[Floats]:
    """Quantiles of the finite values along the last axis, sorted once."""
    ordered = np.sort(values, axis=-1)
    last = np.maximum(np.isfinite(values).sum(axis=-1, keepdims=True) - 1, 0)
    found = []
    for q in at:
        low = np.floor(last * q).astype(np.int64)
        below = np.take_along_axis(ordered, low, axis=-1)
        above = np.take_along_axis(ordered, np.minimum(low + 1, last), axis=-1)
        found.append((below + (last * q - low) * (above - below))[..., 0])
    return found


def _both_ways(run: Floats) -> tuple[Floats, Floats, Floats]:
    """Spreads above and below none. What is far above is left out; far below may be zeros, and stays."""
    q10, q25, q75, q90 = _ordered(run, 0.1, 0.25, 0.75, 0.9)
    up = np.maximum(np.maximum(q75 / 0.6745, q90 / 1.2816), FLOOR / 2)
    down = np.maximum(np.maximum(-q25 / 0.6745, -q10 / 1.2816), FLOOR / 2)
    near = np.where(run > 6 * up[:, None], np.nan, run)
    q01, q05, q95, q99 = _ordered(near, 0.01, 0.05, 0.95, 0.99)
    far_up = np.maximum(q95 / 1.645, q99 / 2.326)
    far_down = np.maximum(-q05 / 1.645, -q01 / 2.326)
    wide = np.minimum(np.maximum(up, far_up), 2 * up), np.minimum(np.maximum(down, far_down), 5 * down)
    return *wide, np.zeros_like(up)


def _balanced(run: Floats) -> tuple[Floats, Floats, Floats]:
    """Spreads about the median, which a steady growth sets off from none."""
    q25, centre, q75 = _ordered(run, 0.25, 0.5, 0.75)
    usual = np.maximum(0.7413 * (q75 - q25), FLOOR / 2)
    away = run - centre[:, None]
    near = np.where(np.abs(away) > 6 * usual[:, None], np.nan, away)
    q01, q05, q95, q99 = _ordered(near, 0.01, 0.05, 0.95, 0.99)
    up = np.clip(np.maximum(q95 / 1.645, q99 / 2.326), usual, 2 * usual)
    down = np.clip(np.maximum(-q05 / 1.645, -q01 / 2.326), usual, 2 * usual)
    return up, down, centre


def _habit(deviations: Floats) -> Floats:
    """How far above none was reached on HABIT_DAYS different days; 0 in less than two weeks."""
    highest = np.nan_to_num(deviations, nan=0.0).reshape(len(deviations), -1, DAY).max(axis=-1)
    if highest.shape[1] < 14:
        return np.zeros(len(deviations))
    found: Floats = np.maximum(np.partition(highest, -HABIT_DAYS, axis=-1)[:, -HABIT_DAYS], 0.0)
    return found
