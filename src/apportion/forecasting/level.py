"""Where a series stands today, and where it is heading."""

from typing import NamedTuple

import numpy as np

from apportion.forecasting.robust import Floats, clipped_mean, mean, median, scale
from apportion.forecasting.weekdays import WEEK

WEEKS = 14
"""Weeks that the trend is learned from."""
LONG = 42
"""Days of the level that holds unless the newest days say otherwise."""
NEWEST = 3
LADDER = (7, 10, 14, 21)
"""Days by which the level after a shift reaches back, as long as they agree with the newest."""
REACH, AGREE, DOUBT = 2.5, 4.0, 3.0
"""In standard deviations: where an outlier is cut, how far levels may lie apart, where a shift is even."""
USUAL_TREND, STEEPEST = 0.0012, 0.01
"""A day, in logarithms: what trends are shrunk towards, and the most that is believed."""
_COUNT_OF_CORRELATED = 1.8
_NEWEST_SD = 0.66


class Standing(NamedTuple):
    """Level [R] at the origin, trend [R] a day, and the standard deviations of both."""

    level: Floats
    trend: Floats
    level_sd: Floats
    trend_sd: Floats


def standing(logs: Floats, noise: Floats) -> Standing:
    """Level and trend of `logs` [R, n] without weekday effects, n ≥ 7 × WEEKS.

    A long level holds while the newest days agree with it, so that one wild day, or a run of them that is
    over, moves nothing. Where they do not agree, the level is that of the days since, as far back as they
    agree with each other: a shift is adopted within three days, by degrees.
    """
    trend, trend_sd = _trend(logs, noise)
    days = np.arange(1 - logs.shape[1], 1)
    flat = logs - trend[:, None] * days
    reach = REACH * noise
    long = clipped_mean(flat[:, -LONG:], median(flat[:, -LONG:]), reach)
    newest = median(flat[:, -NEWEST:])
    newest = np.where(np.isnan(newest), long, newest)
    apart = np.abs(newest - long) / (_NEWEST_SD * noise)
    keeps = 1 / (1 + (apart / DOUBT) ** 4)
    since = _since(flat, noise, newest)
    level = keeps * long + (1 - keeps) * since
    sampling = noise**2 * (keeps / 14 + (1 - keeps) / 5)
    undecided = keeps * (1 - keeps) * (long - since) ** 2
    return Standing(level, trend, np.sqrt(sampling + undecided), trend_sd)


def _trend(logs: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """Slopes between all weeks' medians and between weeks three apart: the smaller where they agree.

    A step moves the first for long and the second for three weeks, growth moves both.
    """
    weeks = median(logs[:, -WEEK * WEEKS :].reshape(len(logs), WEEKS, WEEK))
    early, late = np.triu_indices(WEEKS, 1)
    overall = np.nan_to_num(median((weeks[:, late] - weeks[:, early]) / (WEEK * (late - early))))
    stepwise = np.nan_to_num(median(weeks[:, 3:] - weeks[:, :-3]) / (3 * WEEK))
    agree = overall * stepwise > 0
    size = np.minimum(np.abs(overall), np.abs(stepwise))
    slope = np.where(agree, np.sign(overall) * size, 0.0)
    around = weeks - overall[:, None] * WEEK * np.arange(WEEKS)
    scatter = np.nan_to_num(scale(around - median(around)[:, None]), nan=1.0)
    known = np.maximum((~np.isnan(weeks)).sum(1), 2)
    doubt = np.maximum(scatter, noise / 2) / np.sqrt(known * (known**2 - 1) / 12) / WEEK
    believed = USUAL_TREND**2 / (USUAL_TREND**2 + doubt**2)
    trend = np.clip(slope * believed, -STEEPEST, STEEPEST)
    return trend, np.sqrt(believed) * doubt


def _since(flat: Floats, noise: Floats, newest: Floats) -> Floats:
    """The level of the newest days, reaching back step by step while the older ones agree."""
    start = median(flat[:, -5:])
    level = start = np.where(np.isnan(start), newest, start)
    agrees = np.ones(len(flat), dtype=bool)
    for days in LADDER:
        recent = flat[:, -days:]
        wider = clipped_mean(recent, median(recent), REACH * noise)
        near = AGREE * noise * np.sqrt(_COUNT_OF_CORRELATED / days) + 0.003
        agrees &= np.abs(wider - level) < near
        level = np.where(agrees, wider, level)
    return level


def mean_over_median(residual: Floats, noise: Floats) -> Floats:
    """What makes a mean of the exponential of a level, from residuals whose outliers are cut."""
    cut = np.clip(residual, -3 * noise[:, None], 3 * noise[:, None])
    found = mean(np.exp(cut)) / np.exp(mean(cut))
    return np.where(np.isnan(found), 1.0, found)
