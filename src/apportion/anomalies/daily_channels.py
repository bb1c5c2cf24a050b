"""The ways in which a day can be other than usual: by itself, as the last of several, or slowly over weeks.

Each channel grades what it sees so that REPORTED is as rare a false alarm in any of them.
"""

import numpy as np
from numpy.typing import NDArray

from apportion.anomalies import robust
from apportion.anomalies.daily_past import WEEK, Flags, Past
from apportion.anomalies.daily_shape import Shape
from apportion.anomalies.daily_usual import REACH, REPORTED, Usual, without_steps
from apportion.anomalies.detector import Floats

POINT_UP, POINT_DOWN = 5.1, 6.0
"""Standard deviations that one day must lie off: a drop costs nothing, so it must be surer."""
POINT_UP_LEAST, POINT_DOWN_LEAST = 0.17, 0.3
"""And at least so far in logs (19 % more, 26 % less): nobody acts on less, however steady a series is."""
CERTAIN, CERTAIN_LEAST = 12.0, 0.08
"""Except of series so steady that it is this many standard deviations, and 8 %."""
FURTHER, FURTHER_AMOUNT = 1.2, 2.0
WEEKS_UP, WEEKS_DOWN = 3, 2
"""A day must go so much further than so many weeks of the quarter: in logs, or by so many times."""
RUNS = (2, 3, 5, 7)
RUN_UP, RUN_DOWN = 4.7, 5.0
"""Standard deviations that the mean of several days must lie off."""
RUN_UP_LEAST, RUN_DOWN_LEAST = 0.1, 0.15
RUN_REACH = 4.0
"""One day counts to a run with at most so many standard deviations, or every spike would be one."""
MIXED = 0.6
"""What a run with a day on the other side counts for."""
SLOW = 4.5
SLOW_LEAST = 0.1
SLOW_DOWN = 0.6
"""What a slow fall counts for against a slow rise."""
SLOW_WEEKS, SLOW_GAP = 9, 1
"""The newest week is held against a line through so many before it, leaving out so many between."""
SLOW_FEWEST = 6
AFTER_UP, AFTER_DOWN = 28, 63
"""Days after a report in which nothing slow is reported: its traces lie in the line."""
ISOLATED = 4.0
"""A reported day by so many standard deviations with a usual day after it left no trace."""
CAUTION = 10.0
"""The range is wider while few forecasts were made: by sqrt(1 + CAUTION / (days + 3))."""


def cautious(past: Past, usual: Usual) -> Floats:
    """Standard deviation [S] to judge by: wider while there is little history."""
    made = np.isfinite(past.misses).sum(axis=1)
    found: Floats = usual.sigma * np.sqrt(1 + CAUTION / (made + 3.0))
    return found


def point(miss: Floats, sigma: Floats, past: Past) -> Floats:
    """Grade one day's distance from its forecast, by the noise and by how far other weeks went."""
    far, rising = np.abs(miss), miss > 0
    steady = np.minimum(far / (CERTAIN * sigma), far / CERTAIN_LEAST)
    least = np.maximum(far / np.where(rising, POINT_UP_LEAST, POINT_DOWN_LEAST), steady)
    grade = np.minimum(far / (np.where(rising, POINT_UP, POINT_DOWN) * sigma), least)
    for side, often in ((1, WEEKS_UP), (-1, WEEKS_DOWN)):
        seen = _week_that_far(side * past.misses, often)
        seen = np.minimum(FURTHER * seen, seen + np.log(FURTHER_AMOUNT))
        alike = (side * miss > 0) & (seen > 0)
        grade = np.where(alike, np.minimum(grade, far / np.where(alike, seen, 1.0)), grade)
    return REPORTED * np.sign(miss) * grade


def _week_that_far(misses: Floats, often: int) -> Floats:
    """How far `often` weeks of the past went [S]: so much happens, whatever the noise seems to be."""
    weeks = np.where(np.isfinite(misses), misses, 0.0).reshape(len(misses), -1, WEEK).max(axis=2)
    return np.zeros(len(misses)) if weeks.shape[1] < often else np.partition(weeks, -often, axis=1)[:, -often]


def late_point(past: Past, sigma: Floats) -> tuple[Floats, Floats]:
    """Grades of yesterday and the day before in late feeds, from what is known of them now.

    More than usual is believed at once; less only of the day before yesterday, when it is settled. What was
    reported on the day itself is not reported again.
    """
    newer, older = (np.nan_to_num(past.misses[:, -lag]) for lag in (1, 2))
    yesterday = point(np.maximum(newer, 0.0), sigma, past)
    found = []
    for lag, grade in ((1, yesterday), (2, point(older, sigma, past))):
        told = past.score[:, -lag] * np.sign(grade) >= REPORTED
        found.append(np.where(past.late & ~told, grade, 0.0))
    return found[0], found[1]


def run(misses: Floats, usual: Usual, sigma: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Grade the means of the last days of `misses` [S, days]; the worst, and over how many days it goes."""
    worst, length = np.zeros(len(sigma)), np.ones(len(sigma), np.int64)
    pulled = np.clip(np.nan_to_num(misses), -RUN_REACH * sigma[:, None], RUN_REACH * sigma[:, None])
    for days in (n for n in RUNS if n <= misses.shape[1]):
        last = pulled[:, -days:]
        mean = last.mean(axis=1)
        lags = np.arange(1, days)
        linger = 1 + 2 * ((1 - lags / days) * usual.memory[:, None] ** lags).sum(axis=1)
        z = mean / (sigma * np.sqrt(linger / days))
        up = z / RUN_UP * np.minimum(1.0, np.abs(mean) / RUN_UP_LEAST)
        down = z / RUN_DOWN * np.minimum(1.0, np.abs(mean) / RUN_DOWN_LEAST)
        grade = REPORTED * np.where(z > 0, up, down)
        together = (last * np.sign(mean)[:, None]).min(axis=1) > 0
        grade = np.where(together, grade, MIXED * grade)
        more = np.abs(grade) > np.abs(worst)
        worst, length = np.where(more, grade, worst), np.where(more, days, length)
    return worst, length


def slow(past: Past, shape: Shape, usual: Usual, today: Floats, misses: Floats) -> Floats:
    """Grade the newest week against the line that the weeks before it lie on.

    `today` [S] is the judged day in logs; `misses` [S, days] ends with its own.
    """
    if past.weeks < SLOW_FEWEST:
        return np.zeros(len(today))
    reach = REACH * usual.sigma
    plain = usual.level + np.clip(today - shape.effects[:, 0] - usual.level, -reach, reach)
    days = np.concatenate([usual.flat[:, 1:], plain[:, None]], axis=1)
    means = days.reshape(len(days), past.weeks, WEEK).mean(axis=2)
    sigma = usual.sigma_of_week()
    line, doubt = _line(without_steps(means[:, -(SLOW_WEEKS + SLOW_GAP) : -1 - SLOW_GAP], sigma), sigma)
    off = means[:, -1] - line
    z = off / doubt * np.minimum(1.0, np.abs(off) / SLOW_LEAST)
    grade = REPORTED / SLOW * np.where(z > 0, z, SLOW_DOWN * z)
    recently, earlier = _traces(past, usual, misses)
    quiet = recently | (earlier & (grade < 0))
    return np.where(quiet, 0.0, grade)


def _line(weeks: Floats, sigma: Floats) -> tuple[Floats, Floats]:
    """Where the line through `weeks` [S, n] comes to lie in the newest week, and its standard deviation."""
    count = weeks.shape[1]
    at = np.arange(count)
    slope = robust.theil_sen(weeks)
    start = np.median(weeks - slope[:, None] * at, axis=1)
    ahead = count + SLOW_GAP
    spread = robust.mad(weeks - start[:, None] - slope[:, None] * at)
    lever = 1 / count + (ahead - at.mean()) ** 2 / ((at - at.mean()) ** 2).sum()
    # a robust line is 1.3 times as uncertain as one of least squares
    doubt = np.maximum(sigma, 1.25 * spread) * np.sqrt(1 + 1.3 * lever)
    change = np.diff(weeks, axis=1)
    wander = robust.mad(change - np.median(change, axis=1)[:, None])
    return start + slope * ahead, np.maximum(doubt, wander)


def _traces(past: Past, usual: Usual, misses: Floats) -> tuple[Flags, Flags]:
    """Whether reports of the last weeks changed more than one day: within AFTER_UP, and AFTER_DOWN, days."""
    reported = np.abs(past.score) >= REPORTED
    missed = np.abs(np.nan_to_num(misses))
    wild = missed[:, :-1] > ISOLATED * usual.sigma[:, None]
    calm_after = missed[:, 1:] < REACH * usual.sigma[:, None]
    lasting = reported & ~(wild & calm_after)
    return np.any(lasting[:, -AFTER_UP:], axis=1), np.any(lasting[:, -AFTER_DOWN:], axis=1)
