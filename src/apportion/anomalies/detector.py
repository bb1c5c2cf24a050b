"""What every detector has in common: what it is given, and what it says."""

from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Frequency = Literal["D", "H"]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Times = NDArray[np.datetime64]
CHANNELS = ("point", "run", "slow", "total")
"""What a verdict rests on: one step, several in a row, a slow rise, or the sum of several steps."""


class Verdict(NamedTuple):
    """What is said of the newest step of every series; arrays of shape [S].

    `score` is signed, its sign the direction; from the threshold of the detector on it is an anomaly. NaN
    where nothing can be said yet. `expected`, `lower` and `upper` are the usual amount of one step, in the
    unit of the series. `lag` is how many steps before the newest the judged one lies (0: the newest itself),
    `since` how many steps before the newest it began, `channel` an index into CHANNELS.
    """

    score: Floats
    expected: Floats
    lower: Floats
    upper: Floats
    lag: NDArray[np.int64]
    since: NDArray[np.int64]
    channel: NDArray[np.int64]


class Memory(NamedTuple):
    """What was said of each step when it was the newest; arrays of shape [S, n], NaN where nothing was said.

    `seen` is the amount as it was known then: later loads may have changed it.
    """

    seen: Floats
    score: Floats
    expected: Floats
    lower: Floats
    upper: Floats


class Detector(Protocol):
    """Judges the newest step of many series at once, from nothing but what was known then.

    All that it keeps from step to step can be rebuilt from a Memory, so that a process which was stopped
    goes on where another one ended.
    """

    threshold: float
    start: int
    """The first step that it judges."""

    def reset(self, n_series: int, n_steps: int, freq: Frequency) -> None:
        """Forget everything; `n_steps` is how many there may be, at most."""

    def resume(self, memory: Memory) -> None:
        """Go on after the steps of `memory`; to be called after `reset`."""

    def judge(self, times: Times, values: Floats, late: NDArray[np.bool_]) -> Verdict:
        """Judge the newest step: `times` [S, t+1], `values` [S, t+1] as known now, `late` [S].

        `late` marks series whose newest amounts are still short of what they will be. NaN in `values` is a
        step that nothing is known of.
        """

    def last(
        self, times: Times, values: Floats, late: NDArray[np.bool_]
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """The first four of `judge`."""
