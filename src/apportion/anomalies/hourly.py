"""The hourly detector: sudden hours, runs of hours and slow rises, against what is usual for the hour."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apportion.anomalies.detector import Floats, Frequency, Memory, Times, Verdict
from apportion.anomalies.hourly_shape import DAY, WEEK
from apportion.anomalies.hourly_verdict import (
    FIRST,
    LEVELLED,
    SETTLED,
    THRESHOLD,
    Learned,
    Told,
    judged,
    learned,
)

WINDOW = 5 * WEEK
"""Hours that are learned from."""
CHUNK = 250
"""Series that are judged at once: small enough for a processor's cache."""
THREADS = 4
"""At most as many learn at once: NumPy leaves the interpreter to others while it sorts and sums."""


class Hourly:
    """A robust band around the usual amount of each hour of the week, with channels for runs and slow rises.

    Learns anew at each midnight (UTC) from the last five weeks. `values` may be a window that ends with the
    newest hour, as long as it holds that much.
    """

    threshold = THRESHOLD
    start = FIRST

    def __init__(self) -> None:
        self.reset(0, 0, "H")

    def reset(self, n_series: int, n_steps: int, freq: Frequency) -> None:  # noqa: ARG002 - of the protocol
        """Forget everything."""
        self._told = Told(np.zeros((n_series, LEVELLED), np.int8), np.full((n_series, SETTLED), np.nan))
        self._learned: list[Learned] = []
        self._learned_at: np.datetime64 | None = None
        self._newest_at: np.datetime64 | None = None

    def resume(self, memory: Memory) -> None:
        """Go on after the steps of `memory`; to be called after `reset`."""
        said = np.nan_to_num(memory.score[:, -LEVELLED:])
        signs = np.where(np.abs(said) >= self.threshold, np.sign(said), 0).astype(np.int8)
        seen = memory.seen[:, -SETTLED:]
        self._told.signs[:, LEVELLED - signs.shape[1] :] = signs
        self._told.seen[:, SETTLED - seen.shape[1] :] = seen

    def last(
        self, times: Times, values: Floats, late: NDArray[np.bool_]
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """The first four of `judge`."""
        said = self.judge(times, values, late)
        return said.score, said.expected, said.lower, said.upper

    def judge(self, times: Times, values: Floats, late: NDArray[np.bool_]) -> Verdict:
        """Judge the newest hour: `times` [S, t+1], `values` [S, t+1] as known now, `late` [S]."""
        at = times[0, -1].astype("datetime64[h]")
        self._learn(times, values, late, at)
        if not self._learned:
            verdict = _nothing(len(values))
        else:
            said = [
                judged(times[p], values[p], late[p], known, Told(self._told.signs[p], self._told.seen[p]))
                for p, known in zip(_parts(len(values)), self._learned, strict=True)
            ]
            verdict = Verdict(*(np.concatenate(each) for each in zip(*said, strict=True)))
        self._remember(at, values[:, -1], verdict.score)
        return verdict

    def _learn(self, times: Times, values: Floats, late: NDArray[np.bool_], at: np.datetime64) -> None:
        """Learn from the whole days before the last midnight, once a day."""
        midnight = at.astype("datetime64[D]").astype("datetime64[h]")
        if midnight == self._learned_at:
            return
        stop = values.shape[1] - 1 - int((at - midnight).astype(np.int64))
        span = min(WINDOW, stop // DAY * DAY)
        self._learned_at = midnight
        self._learned = []
        if span < FIRST:
            return
        with ThreadPoolExecutor(THREADS) as pool:
            self._learned = list(
                pool.map(
                    lambda p: learned(values[p, stop - span : stop], times[p, stop - span : stop], late[p]),
                    _parts(len(values)),
                )
            )

    def _remember(self, at: np.datetime64, seen: Floats, score: Floats) -> None:
        steps = 1 if self._newest_at is None else int((at - self._newest_at).astype(np.int64))
        self._newest_at = at
        signs = np.where(np.abs(np.nan_to_num(score)) >= self.threshold, np.sign(np.nan_to_num(score)), 0)
        _push(self._told.signs, steps, 0, signs.astype(np.int8))
        _push(self._told.seen, steps, np.nan, seen)


def _push(kept: NDArray[Any], steps: int, nothing: float, newest: NDArray[Any]) -> None:
    """Move what is `kept` [S, k] on by `steps`, in place, with the newest at its end."""
    steps = min(max(steps, 1), kept.shape[1])
    kept[:, :-steps] = kept[:, steps:]
    kept[:, -steps:] = nothing
    kept[:, -1] = newest


def _parts(series: int) -> list[slice]:
    return [slice(k, k + CHUNK) for k in range(0, series, CHUNK)]


def _nothing(series: int) -> Verdict:
    none, zero = np.full(series, np.nan), np.zeros(series, np.int64)
    return Verdict(none, none, none, none, zero, zero, zero)
