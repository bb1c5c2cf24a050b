"""What a step's verdicts amount to: which series are out of their range, by how much money, since when."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from apportion.anomalies.detector import CHANNELS, Memory
from apportion.anomalies.judging import Judged
from apportion.anomalies.series import Panel, Series


@dataclass(frozen=True)
class Finding:
    """One series out of its range. Steps are indices of the panel; amounts are estimates, in its currency.

    `excess` is what the steps from `since` to `step` cost more than expected (less, where it is negative).
    """

    number: int
    series: Series
    step: int
    since: int
    score: float
    expected: float
    lower: float
    upper: float
    current: float
    excess: float
    channel: str

    @property
    def direction(self) -> int:
        return 1 if self.score > 0 else -1


def findings(
    panel: Panel, memory: Memory, judged: Judged, threshold: float, least: float
) -> Iterator[Finding]:
    """The series that a step's verdicts call anomalous, and that cost at least `least` more or less."""
    verdict = judged.verdict
    for number in np.flatnonzero(np.abs(np.nan_to_num(verdict.score)) >= threshold):
        found = _finding(panel, memory, judged, int(number))
        if found.excess * found.direction >= least:
            yield found


def _finding(panel: Panel, memory: Memory, judged: Judged, number: int) -> Finding:
    verdict, newest = judged.verdict, judged.step
    lag = int(verdict.lag[number])
    step, since = newest - lag, min(newest - lag, newest - int(verdict.since[number]))
    usual, seen = (part[number, since : step + 1].copy() for part in (memory.expected, memory.seen))
    usual[-1], seen[-1] = verdict.expected[number], judged.seen[number, min(lag, judged.seen.shape[1] - 1)]
    usual = np.where(np.isnan(usual), verdict.expected[number], usual)
    return Finding(
        number=number,
        series=panel.series[number],
        step=step,
        since=since,
        score=float(verdict.score[number]),
        expected=float(verdict.expected[number]),
        lower=float(verdict.lower[number]),
        upper=float(verdict.upper[number]),
        current=float(seen[-1]),
        excess=float(np.nansum(seen - usual)),
        channel=CHANNELS[int(verdict.channel[number])],
    )
