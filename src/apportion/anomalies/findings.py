"""What a step's verdicts amount to: which series are out of their range, by how much money, since when."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from apportion.anomalies.detector import CHANNELS, Floats, Memory
from apportion.anomalies.judging import Judged
from apportion.anomalies.pages import HOURS, pages
from apportion.anomalies.series import Panel, Series

BEGINS = 0.1
"""An excess begins with the first step that has so much of its largest."""


@dataclass(frozen=True)
class Finding:
    """One series out of its range. Steps are indices of the panel; amounts are estimates, in its currency.

    `worst` is the step that was farthest off, which the amounts are of; `excess` is what the steps from
    `since` to `step` cost more than expected (less, where it is negative).
    """

    number: int
    series: Series
    step: int
    worst: int
    since: int
    score: float
    expected: float
    lower: float
    upper: float
    current: float
    excess: float
    channel: str
    pages: bool = False

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
    range_of = _range(memory, judged, number, newest - lag)
    step, since = newest - lag, min(newest - lag, newest - int(verdict.since[number]))
    usual, seen = (part[number, since : step + 1].copy() for part in (memory.expected, memory.seen))
    usual[-1], seen[-1] = range_of[0], judged.seen[number, min(lag, judged.seen.shape[1] - 1)]
    usual = np.where(np.isnan(usual), range_of[0], usual)
    excess = (seen - usual) * np.sign(verdict.score[number])
    since += _begun(excess)
    worst = step - (excess.size - 1 - int(np.nanargmax(excess)))
    if worst != step:
        range_of = _range(memory, judged, number, worst)
    return Finding(
        number=number,
        series=panel.series[number],
        step=step,
        worst=worst,
        since=since,
        score=float(verdict.score[number]),
        expected=range_of[0],
        lower=range_of[1],
        upper=range_of[2],
        current=float(seen[worst - step - 1]),
        excess=float(np.nansum((seen - usual)[since - step - 1 :])),
        channel=CHANNELS[int(verdict.channel[number])],
        pages=_pages(panel, memory, judged, number),
    )


def _begun(excess: Floats) -> int:
    """How many of these steps came before the excess: a detector only says since when it may be."""
    known = np.nan_to_num(excess)
    return int(np.argmax(known >= BEGINS * known.max())) if known.max() > 0 else 0


def _range(memory: Memory, judged: Judged, number: int, step: int) -> tuple[float, float, float]:
    """What was expected of the judged step, with its ends: of one before the newest, as it was said then."""
    parts = ("expected", "lower", "upper")
    then = [float(getattr(memory, part)[number, step]) for part in parts]
    if step != judged.step and np.isfinite(then).all():
        return then[0], then[1], then[2]
    now = [float(getattr(judged.verdict, part)[number]) for part in parts]
    return now[0], now[1], now[2]


def _pages(panel: Panel, memory: Memory, judged: Judged, number: int) -> bool:
    """Whether its hours are worth waking somebody for."""
    if panel.freq != "H":
        return False
    hours = slice(max(0, judged.step - HOURS + 1), judged.step + 1)
    score = judged.verdict.score[[number]]
    values, upper = memory.seen[[number], hours], memory.upper[[number], hours]
    asked = panel.ground.asked
    return bool(pages(score, values, upper, threshold=0, excess=float(asked.page))[0])
