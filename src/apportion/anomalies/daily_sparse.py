"""Services that cost something only on some days: how often, how much at a time, and how much in weeks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apportion.anomalies import robust
from apportion.anomalies.daily_usual import REPORTED
from apportion.anomalies.detector import Floats, Times

SPARSE = 0.6
"""Below this share of active days a series is judged as sparse; weekdays only (0.71) is a weekly shape."""
DAYS = 182
"""Half a year, since there are few active days in it."""
FEWEST = 3
"""Active days from which on one can tell what is usual."""
SIZE_PRIOR, SIZE_PRIOR_DAYS = 0.4, 4
"""A usual scatter of sizes (in logs), and how many active days it counts for."""
SIZE_LEAST = 0.1
PRIOR_DAYS, PRIOR_DAYS_WEEKLY = 12.0, 1.0
"""So many days' worth of doubt that weekdays differ; less where most activity is on one weekday."""
ON_ONE_WEEKDAY = 0.7
RAREST = 0.3
"""What was never seen in n days is taken to have a chance of RAREST / n."""
POINT = 3.5
"""Standard deviations of a normal as rare as a day must be; fewer than elsewhere, as most days are zero."""
TOTALS, TOTAL = (3, 5, 7, 10, 14), 3.3
"""Totals of so many days, and how many standard deviations they must lie above the usual."""
SIZE_REACH = 2.5
"""A day counts to what totals are usual with at most so many standard deviations of size."""
COUNT = 3.6
"""The same for how many of those days were active: services come in bursts, so it must be surer."""
FEW = 0.5
"""Totals are more uncertain by FEW / active days, as their mean is estimated."""
RARE = 0.05
"""Below this chance of being active, it counts that a day was active at all, whatever its size."""
QUIET = 0.5
"""Below this chance of being active, nothing is expected of a day."""


@dataclass(frozen=True)
class SparseVerdict:
    """What is said of sparse series; [S]. `days` is how many days it rests on."""

    score: Floats
    expected: Floats
    upper: Floats
    total: NDArray[np.bool_]
    lag: NDArray[np.int64]
    days: NDArray[np.int64]


@dataclass(frozen=True)
class Habits:
    """How often [S, 7 weekdays], and how much at a time (logs), by the days before."""

    chance: Floats
    size: Floats
    scatter: Floats
    active: NDArray[np.int64]
    days: NDArray[np.int64]
    seen: Floats  # the third largest amount: so much happens


def judge_sparse(values: Floats, today: Times, late: NDArray[np.bool_]) -> SparseVerdict:
    """Judge the last day of `values` [S, t+1]; only more than usual is ever reported of sparse series."""
    days = min(values.shape[1] - 1, DAYS)
    recent = np.nan_to_num(values[:, -days - 1 :].astype(np.float64))
    owed = np.where(recent.sum(axis=1) < 0, -1.0, 1.0)  # credits: their usual direction is down
    recent = np.maximum(recent * owed[:, None], 0.0)
    weekday = (today.astype("datetime64[D]").astype(np.int64)[:, None] + 3 + np.arange(-days, 1)) % 7
    habits = _habits(recent[:, :-1], weekday[:, :-1])
    score, lag, length = np.zeros(len(recent)), np.zeros(len(recent), int), np.ones(len(recent), int)
    total = np.zeros(len(recent), bool)
    for back in (0, 1):
        grade = _point(recent[:, -1 - back], weekday[:, -1 - back], habits)
        better = (grade > score) & (late | (back == 0))
        score, lag = np.where(better, grade, score), np.where(better, back, lag)
    for window in (n for n in TOTALS if n < days):
        grade = np.maximum(_total(recent, weekday, window, habits), _count(recent, weekday, window, habits))
        better = grade > score
        score, total, length = (
            np.where(better, grade, score),
            total | better,
            np.where(better, window, length),
        )
    lag = np.where(total, 0, lag)
    likely = np.take_along_axis(habits.chance, weekday[:, -1:], axis=1)[:, 0] >= QUIET
    typical, high = np.exp(habits.size), np.exp(habits.size + 3 * habits.scatter)
    told = habits.active > 0
    expected = np.where(told & likely, typical, 0.0) * owed
    upper = np.where(told, high, 0.0) * owed
    return SparseVerdict(score * owed, expected, upper, total, lag, length)


def _habits(before: Floats, weekday: NDArray[np.int64]) -> Habits:
    on = before > 0
    begun = np.maximum.accumulate(on, axis=1)
    active, days = on.sum(axis=1), begun.sum(axis=1)
    sizes = np.log(np.where(on, before, np.nan))
    size = np.nan_to_num(robust.median(sizes))
    stray = sizes - size[:, None]
    scatter = np.maximum(np.nan_to_num(np.fmax(robust.mad(stray), robust.tail_scale(stray))), SIZE_LEAST)
    scatter = np.sqrt((active * scatter**2 + SIZE_PRIOR_DAYS * SIZE_PRIOR**2) / (active + SIZE_PRIOR_DAYS))
    scatter = scatter * np.sqrt(1 + 2 / (active + 1))
    on_weekday = np.stack([(on & (weekday == k)).sum(axis=1) for k in range(7)], axis=1)
    of_weekday = np.stack([(begun & (weekday == k)).sum(axis=1) for k in range(7)], axis=1)
    weekly = (on_weekday.max(axis=1) > ON_ONE_WEEKDAY * active) & (active > FEWEST)
    doubt = np.where(weekly, PRIOR_DAYS_WEEKLY, PRIOR_DAYS)[:, None]
    overall = (active / np.maximum(days, 1))[:, None]
    chance = (on_weekday + doubt * overall) / (of_weekday + doubt)
    chance = np.clip(chance, RAREST / np.maximum(days, 1)[:, None], 1.0)
    seen = np.partition(before, -FEWEST, axis=1)[:, -FEWEST]
    return Habits(chance, size, scatter, active, days, seen)


def _point(amount: Floats, weekday: NDArray[np.int64], habits: Habits) -> Floats:
    """Grade how rare it is that a day is active at all, and then with as much, as a normal's deviation."""
    z = (np.log(np.maximum(amount, 1e-300)) - habits.size) / habits.scatter
    chance = np.take_along_axis(habits.chance, weekday[:, None], axis=1)[:, 0]
    rarity = -np.log(chance) - _log_above(z)
    usual = (chance > RARE) & (amount <= habits.seen)
    told = (amount > 0) & (habits.active >= FEWEST) & ~usual
    return np.where(told, REPORTED / POINT * _deviation(rarity), 0.0)


def _log_above(z: Floats) -> Floats:
    """Log of the chance that a standard normal exceeds z, to a few percent (exp(−0.717 z − 0.416 z²) / 2)."""
    upper = -np.log(2) - 0.717 * np.abs(z) - 0.416 * z * z
    found: Floats = np.where(z >= 0, upper, np.log1p(-np.exp(upper)))
    return found


def _deviation(rarity: Floats) -> Floats:
    """The z of which `_log_above` is −rarity; 0 where it would be negative."""
    beyond = np.maximum(rarity - np.log(2), 0.0)
    found: Floats = (np.sqrt(0.717**2 + 4 * 0.416 * beyond) - 0.717) / (2 * 0.416)
    return found


def _total(recent: Floats, weekday: NDArray[np.int64], window: int, habits: Habits) -> Floats:
    """Grade the total of the last days by a gamma distribution's cube root (Wilson and Hilferty)."""
    largest = np.exp(habits.size + SIZE_REACH * habits.scatter)
    sizes = np.minimum(recent[:, :-1], largest[:, None])
    count = np.maximum(habits.active, 1)
    mean, square = sizes.sum(axis=1) / count, (sizes**2).sum(axis=1) / count
    chance = np.take_along_axis(habits.chance, weekday[:, -window:], axis=1)
    usual = np.maximum(chance.sum(axis=1) * mean, 1e-12)
    variance = (chance * square[:, None] - (chance * mean[:, None]) ** 2).sum(axis=1)
    doubt = np.maximum(variance, 0.0) / usual**2 + FEW / count  # 1 / the gamma's shape
    cut = np.exp(habits.size + 3 * habits.scatter)[:, None]
    total = np.minimum(recent[:, -window:], cut).sum(axis=1)
    z = (np.cbrt(total / usual) - (1 - doubt / 9)) / np.sqrt(doubt / 9)
    return np.where(habits.active > FEWEST, REPORTED / TOTAL * z, 0.0)


def _count(recent: Floats, weekday: NDArray[np.int64], window: int, habits: Habits) -> Floats:
    """Grade how many of the last days were active by Chernoff's bound of a binomial's tail."""
    chance = np.take_along_axis(habits.chance, weekday[:, -window:], axis=1).mean(axis=1)
    chance = np.minimum(chance + np.sqrt(chance * (1 - chance) / np.maximum(habits.days, 1)), 1 - 1e-9)
    share = (recent[:, -window:] > 0).mean(axis=1)
    off = np.maximum(1 - share, 1e-300)  # of all days active, the second term is 0
    divergence = share * np.log(np.maximum(share, 1e-300) / chance) + (1 - share) * np.log(off / (1 - chance))
    grade = REPORTED / COUNT * _deviation(window * divergence)
    return np.where((share > chance) & (habits.active > FEWEST), grade, 0.0)
