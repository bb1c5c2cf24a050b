"""How much each weekday differs from the level around it, in logarithms."""

from typing import NamedTuple

import numpy as np

from apportion.forecasting.robust import Counts, Floats, mean, median, scale

WEEK = 7
HISTORY = 70
"""Days that weekday effects are learned from."""
MOST_CERTAIN = 0.01
"""No series is taken to be quieter than 1 % from day to day."""
_MEDIAN_VARIANCE = 1.57
"""Variance of a median over that of a mean, of normal values."""


class Weekdays(NamedTuple):
    """Effects [R, 7] by days back from the origin modulo 7, noise [R] and the residuals [R, HISTORY]."""

    effect: Floats
    noise: Floats
    residual: Floats


def back(days: int) -> Counts:
    """For the last `days` columns: how many days back from the last one each is, modulo 7."""
    return (days - 1 - np.arange(days)) % WEEK


def weekdays(logs: Floats) -> Weekdays:
    """Weekday effects of `logs` [R, n], n ≥ HISTORY + 6: medians against a centred median of a week.

    They are shrunk by how much of their spread is more than noise. Done twice: the first level leans to
    the weekdays it happens to hold.
    """
    recent = logs[:, -HISTORY:]
    phase = back(HISTORY)
    effect = np.zeros((len(logs), WEEK))
    for _ in range(2):
        level = _centred_level(logs[:, -HISTORY - WEEK + 1 :] - effect[:, back(HISTORY + WEEK - 1)])
        against = recent - level
        by_phase = np.stack([median(against[:, phase == p]) for p in range(WEEK)], axis=1)
        effect = np.nan_to_num(by_phase - mean(by_phase)[:, None])
        residual = against - effect[:, phase]
        noise = np.maximum(np.nan_to_num(scale(residual), nan=1.0), MOST_CERTAIN)
        count = np.stack([(~np.isnan(against[:, phase == p])).sum(1) for p in range(WEEK)], axis=1)
        doubt = _MEDIAN_VARIANCE * noise[:, None] ** 2 / np.maximum(count, 1)
        beyond_noise = np.maximum((effect**2 - doubt).mean(1, keepdims=True), 0)
        effect = effect * beyond_noise / (beyond_noise + doubt)
    return Weekdays(effect, noise, residual)


def _centred_level(logs: Floats) -> Floats:
    """The median of the week around each day; of the last three days, that of the last week."""
    trailing = median(np.lib.stride_tricks.sliding_window_view(logs, WEEK, axis=1))
    return np.concatenate([trailing[:, 3:], np.repeat(trailing[:, -1:], 3, axis=1)], axis=1)
