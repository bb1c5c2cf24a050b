"""What a day usually costs: level, trend and weekday, and how far days stray from that; all in logs."""

from dataclasses import dataclass

import numpy as np

from apportion.anomalies import robust
from apportion.anomalies.daily_past import WEEK, Flags, Past
from apportion.anomalies.daily_shape import Shape
from apportion.anomalies.detector import Floats

FLOOR = 0.005
"""No series is trusted to be steadier than half a percent."""
UNTRIED = 0.15
"""Nor one of which n days were forecast, than 15 % / (n + 3) more."""
REACH = 2.5
"""A day pulls the level by at most so many standard deviations."""
SMOOTHED = 1.25
"""Distances from a 7-day median that holds the day itself are that much smaller than the noise."""
FORECAST = 1.1
"""A forecast misses by that much more than the noise: its level is estimated, too."""
IN_SAMPLE_DAYS = 21
"""How many days' worth of forecasts the in-sample scale counts for, while few forecasts were made."""
TAIL_WEIGHT = 0.93
"""The tail may widen the scale, a little less than at its word: it also holds what was an anomaly."""
REPORTED = 5.0
"""From this score on a day was reported, and does not count to the usual noise."""
LEVEL_WEEKS = 6
"""The level is the mean of as many weeks as agree with the newest, up to these."""
AGREE = 2.0
"""Weeks agree within so many standard deviations of their difference; half more is half agreed."""
TREND_WEEKS = 8
STEP = 4.0
"""A change between weeks by so many standard deviations is a step, and no trend."""
SIDE = 1.5
"""Three days beyond this on one side, the middle one beyond REACH, are a new level."""


@dataclass(frozen=True)
class Usual:
    """The forecast and its noise; [S], or [S, days of the past]."""

    log: Floats  # of the judged day
    level: Floats  # of the judged day, without its weekday
    sigma: Floats  # of one day's forecast
    memory: Floats  # correlation of one day's miss with the next one's
    flat: Floats  # days without their weekday, outliers pulled in
    smooth: Floats  # their 7-day medians

    def sigma_of_week(self) -> Floats:
        """Standard deviation of a week's mean, its days being correlated."""
        found: Floats = self.sigma * np.sqrt((1 + self.memory) / (1 - self.memory) / WEEK)
        return found


def usual_of(past: Past, shape: Shape) -> Usual:
    """Forecast the judged day from the past."""
    plain = past.logs - shape.over(past.logs)
    smooth = robust.sliding_median(plain, WEEK)
    stray = plain - smooth
    within = np.maximum(SMOOTHED * robust.mad(stray), FLOOR)
    limit = REACH * within[:, None]
    flat = smooth + np.clip(stray, -limit, limit)
    sigma, memory = _noise(past, within)
    week = sigma * np.sqrt((1 + memory) / (1 - memory) / WEEK)
    means = flat.reshape(len(flat), past.weeks, WEEK).mean(axis=2)
    growth = _growth(means, week)
    level = _level(means, growth, week)
    level, moved = _new_level(level, plain[:, -3:], sigma)
    told = past.usual[:, -1] & ~moved & ~past.late & ~past.excused_now
    last = np.clip(plain[:, -1] - (level - growth), -REACH * sigma, REACH * sigma)
    log = level + shape.effects[:, 0] + np.where(told, memory * last, 0.0)
    return Usual(log, level, sigma, memory, flat, smooth)


def _noise(past: Past, within: Floats) -> tuple[Floats, Floats]:
    """Standard deviation of forecasts, and their correlation, from those made; reported days left out."""
    misses = np.where(np.abs(past.score) >= REPORTED, np.nan, past.misses)
    made = np.isfinite(misses).sum(axis=1)
    own = np.fmax(robust.mad(misses), TAIL_WEIGHT * robust.tail_scale(misses))
    own = np.nan_to_num(own)
    sigma = np.sqrt((made * own**2 + IN_SAMPLE_DAYS * (FORECAST * within) ** 2) / (made + IN_SAMPLE_DAYS))
    least = FLOOR + UNTRIED / (made + 3)
    return np.maximum(sigma, least), np.nan_to_num(robust.autocorrelation(misses))


def without_steps(means: Floats, week: Floats) -> Floats:
    """Weekly means [S, weeks] as they would be without sudden changes of level; the newest week stays."""
    change = np.diff(means, axis=1)
    typical = np.median(change, axis=1)[:, None]
    sudden = np.abs(change - typical) > STEP * np.sqrt(2) * week[:, None]
    kept = np.cumsum(np.where(sudden, typical, change), axis=1)
    return np.concatenate([means[:, -1:] - kept[:, -1:], means[:, -1:] - kept[:, -1:] + kept], axis=1)


def _growth(means: Floats, week: Floats) -> Floats:
    """Trend per day [S]: Theil–Sen over weeks, shrunk to none by how far noise alone would tilt it."""
    weeks = min(TREND_WEEKS, means.shape[1])
    if weeks < 3:
        return np.zeros(len(means))
    slope = robust.theil_sen(without_steps(means[:, -weeks:], week)) / WEEK
    doubt = (
        1.5 * 12 * week**2 / (weeks**3 * WEEK**2)
    )  # the variance of a line's slope, half more for the median
    growth: Floats = slope * slope**2 / (slope**2 + doubt + 1e-15)
    return growth


def _level(means: Floats, growth: Floats, week: Floats) -> Floats:
    """Level of the judged day [S]: the newest week's, averaged with those before as long as they agree."""
    level = means[:, -1] + 4 * growth  # a week's middle lies four days before the judged day
    weight = np.ones(len(means))
    agreed = np.ones(len(means))
    for back in range(1, min(LEVEL_WEEKS, means.shape[1])):
        moved_on = means[:, -1 - back] + growth * (4 + WEEK * back)
        apart = np.abs(moved_on - level) / (week * np.sqrt(1 + 1 / weight))
        agreed = agreed * np.clip(AGREE + 0.5 - apart, 0.0, 1.0)
        level = (level * weight + agreed * moved_on) / (weight + agreed)
        weight = weight + agreed
    return level


def _new_level(level: Floats, three: Floats, sigma: Floats) -> tuple[Floats, Flags]:
    """The level after the last `three` days, if they all say the same new one; and where they do."""
    off = three - level[:, None]
    one_side = np.abs(np.sign(off).sum(axis=1)) == 3
    moved = one_side & (np.abs(off).min(axis=1) > SIDE * sigma)
    moved &= np.abs(np.median(off, axis=1)) > REACH * sigma
    return np.where(moved, np.median(three, axis=1), level), moved
