"""The shape of a week: how far each weekday lies from the week's level, in logs."""

from dataclasses import dataclass

import numpy as np

from apportion.anomalies import robust
from apportion.anomalies.daily_past import WEEK, Flags, Past
from apportion.anomalies.detector import Floats, Times

SATURDAY = 5
WITHIN_CLASS = 0.7
"""Variance of the difference of two class means, as a share of one weekday's: 1/5 + 1/2."""


@dataclass(frozen=True)
class Shape:
    """`effects` and `weekend` [S, 7] by column of the week; column 0 is the judged day's weekday."""

    effects: Floats
    weekend: Flags

    def over(self, series: Floats) -> Floats:
        """The effects beside each day of `series` [S, days of whole weeks]."""
        return np.tile(self.effects, (1, series.shape[1] // WEEK))

    @property
    def to_weekend(self) -> Floats:
        """How far the judged day lies above the lower of the weekend's two days [S]; at least 0."""
        lowest = np.where(self.weekend, self.effects, np.inf).min(axis=1)
        drop: Floats = np.maximum(self.effects[:, 0] - lowest, 0.0)
        return drop


def shape_of(past: Past, today: Times) -> Shape:
    """Each weekday's Huber mean over the weeks, less each week's median and trend, then shrunk.

    Shrunk twice, by what the noise allows (empirical Bayes): weekdays and weekends towards one level, single
    days towards their class. `today` [S] are the judged days.
    """
    by_week = past.logs.reshape(len(past.logs), past.weeks, WEEK)
    level = np.median(by_week, axis=2)
    growth = np.median(np.diff(level, axis=1), axis=1) / WEEK
    trend = growth[:, None, None] * (np.arange(WEEK) - WEEK // 2)
    usual = past.usual.reshape(by_week.shape)
    from_level = np.where(usual, by_week - level[..., None] - trend, np.nan)
    by_weekday = np.ascontiguousarray(from_level.transpose(0, 2, 1))
    means = np.nan_to_num(robust.huber_mean(by_weekday))
    noise = np.nan_to_num(robust.mad((by_weekday - means[..., None]).reshape(len(means), -1)))
    variance = (noise**2)[:, None] / np.maximum(usual.sum(axis=1), 1)
    weekday = (today.astype("datetime64[D]").astype(np.int64)[:, None] + 3 + np.arange(WEEK)) % WEEK
    weekend = weekday >= SATURDAY
    return Shape(_shrunk(means, variance, weekend), weekend)


def _shrunk(means: Floats, variance: Floats, weekend: Flags) -> Floats:
    middle = means.mean(axis=1, keepdims=True)
    of_weekdays = (means * ~weekend).sum(axis=1, keepdims=True) / 5
    of_weekends = (means * weekend).sum(axis=1, keepdims=True) / 2
    doubt = WITHIN_CLASS * variance.mean(axis=1, keepdims=True)
    apart = np.maximum((of_weekends - of_weekdays) ** 2 - doubt, 0.0)
    trust = apart / (apart + doubt + 1e-12)
    classes = middle + trust * (np.where(weekend, of_weekends, of_weekdays) - middle)
    single = means - classes
    spread = (single**2).sum(axis=1, keepdims=True) / 5 - variance.mean(axis=1, keepdims=True)
    spread = np.maximum(spread, 0.0)
    effects = classes + single * spread / (spread + variance + 1e-12)
    centred: Floats = effects - effects.mean(axis=1, keepdims=True)
    return centred
