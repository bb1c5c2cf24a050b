"""Walks detectors over series, from where the last walk ended."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apportion.anomalies.detector import Detector, Floats, Memory, Verdict
from apportion.anomalies.series import Panel

Said = Callable[[str], None]
Vintages = Sequence[Floats]
"""For 0, 1 and 2 steps before [S, n]: what was known of that amount at each step; NaN where nobody knows."""
LAGS = 2
"""So many steps before the newest may be judged again."""
Make = Callable[[], Detector]
BACKFILL = {"D": 90, "H": 14 * 24}
"""Steps that are judged at first, or again where nothing is remembered of a series."""
ENOUGH = 30
"""Steps of which something should be remembered; of less than half, a series is walked again."""
SHOWN = {"D": 10, "H": 24}
"""Progress is said every so many steps."""


@dataclass(frozen=True)
class Judged:
    """What is said of one step of a panel, and of which amounts: `seen` [S, 3], the newest first."""

    step: int
    verdict: Verdict
    seen: Floats


def nothing_said(series: int, steps: int) -> Memory:
    """A memory without anything in it."""
    return Memory(*(np.full((series, steps), np.nan) for _ in Memory._fields))


def judge_panel(
    make: Make, panel: Panel, memory: Memory, known: int, said: Said, then: Vintages = ()
) -> list[Judged]:
    """The verdicts of all steps from `known` on: so many were judged before, none if it is 0.

    `memory` [S, n] is filled with what is said. Series that nothing is remembered of are first walked
    through the steps before, without a word about them, so that their usual range is known. `then` are
    amounts as they were known when they were new: each step is judged by them, not by what became of them.
    """
    steps = panel.values.shape[1]
    everyone = np.arange(len(panel.series))
    begin = max(make().start, (known or steps) - BACKFILL[panel.freq])
    if known:
        remembered = np.count_nonzero(~np.isnan(memory.expected[:, begin:known]), axis=1)
        strangers = np.flatnonzero(2 * remembered < min(ENOUGH, known - begin))
        for judged in _walk(make(), panel, strangers, memory, begin, known):
            _remember(memory, strangers, judged)
    found = []
    for judged in _walk(make(), panel, everyone, memory, known or begin, steps, then):
        _remember(memory, everyone, judged)
        found.append(judged)
        if len(found) % SHOWN[panel.freq] == 0:
            said(f"judging {panel.at(judged.step):%Y-%m-%d %H:%M}")
    return found


def _walk(
    detector: Detector,
    panel: Panel,
    rows: NDArray[np.int64],
    memory: Memory,
    first: int,
    end: int,
    then: Vintages = (),
) -> Iterator[Judged]:
    if not rows.size or first >= end:
        return
    detector.reset(rows.size, panel.values.shape[1], panel.freq)
    detector.resume(Memory(*(part[rows, :first] for part in memory)))
    times = np.broadcast_to(panel.times, (rows.size, panel.times.size))
    values, late = panel.values[rows], panel.late[rows]
    for step in range(first, end):
        now = values[:, : step + 1]
        if then:
            now = now.copy()
            for before, amounts in enumerate(then[: step + 1]):
                known = amounts[rows, step]
                now[:, step - before] = np.where(np.isfinite(known), known, now[:, step - before])
        seen = now[:, max(0, step - LAGS) : step + 1][:, ::-1].copy()
        yield Judged(step, detector.judge(times[:, : step + 1], now, late), seen)


def _remember(memory: Memory, rows: NDArray[np.int64], judged: Judged) -> None:
    at, verdict = judged.step, judged.verdict
    memory.seen[rows, at] = judged.seen[:, 0]
    for part in ("score", "expected", "lower", "upper"):
        getattr(memory, part)[rows, at] = getattr(verdict, part)
