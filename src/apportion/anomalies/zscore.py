"""The usual rules, as baselines: so many standard deviations off a month's mean, and three times a week's."""

import numpy as np
from numpy.typing import NDArray

from apportion.anomalies.detector import Floats, Frequency, Memory, Times, Verdict

_STEPS_A_DAY = {"D": 1, "H": 24}


class _Rule:
    """What both have in common: they look at the steps of some days before, and keep nothing."""

    threshold: float = 5.0
    start: int = 14
    days: int

    def reset(self, n_series: int, n_steps: int, freq: Frequency) -> None:
        """Nothing is kept but how many steps the days have."""
        del n_series, n_steps
        self._window = self.days * _STEPS_A_DAY[freq]

    def resume(self, memory: Memory) -> None:
        """Nothing was kept, so nothing is taken up."""

    def judge(self, times: Times, values: Floats, late: NDArray[np.bool_]) -> Verdict:
        """Judge the newest step: `times` [S, t+1], `values` [S, t+1] as known now, `late` [S]."""
        del times, late
        before, newest = values[:, -1 - self._window : -1].astype(np.float64), values[:, -1]
        score, expected, lower, upper = self._against(before, newest.astype(np.float64))
        none = np.zeros(len(score), np.int64)
        return Verdict(score, expected, lower, upper, none, none, none)

    def last(
        self, times: Times, values: Floats, late: NDArray[np.bool_]
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """The first four of `judge`."""
        score, expected, lower, upper, *_ = self.judge(times, values, late)
        return score, expected, lower, upper

    def _against(self, before: Floats, newest: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        raise NotImplementedError


class ZScore(_Rule):
    """How many standard deviations a step lies off the mean of 30 days; three score as 5."""

    days = 30
    sigmas = 3.0

    def _against(self, before: Floats, newest: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        mean = _mean(before)
        reach = self.sigmas * np.sqrt(_mean((before - mean[:, None]) ** 2))
        return self.threshold * _ratio(newest - mean, reach), mean, mean - reach, mean + reach


class ThreeTimesAverage(_Rule):
    """How many times the average of 7 days a step costs; three times score as 5."""

    days = 7
    times = 3.0

    def _against(self, before: Floats, newest: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        mean = np.maximum(_mean(before), 0.0)
        limit = self.times * mean
        return self.threshold * np.maximum(_ratio(newest, limit), 0.0), mean, np.zeros_like(mean), limit


def _mean(steps: Floats) -> Floats:
    """Mean of the known steps of each series; 0 where none is."""
    known = np.isfinite(steps)
    found: Floats = np.where(known, steps, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return found


def _ratio(amount: Floats, limit: Floats) -> Floats:
    """How many times `limit` an amount is; 0 where there is no limit."""
    return np.where(limit > 0, amount / np.where(limit > 0, limit, 1.0), 0.0)
