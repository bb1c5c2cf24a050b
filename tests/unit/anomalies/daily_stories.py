"""Series as stories, and a walk of the detector through them."""

from typing import Any

import numpy as np

from apportion.anomalies import Daily
from apportion.anomalies.detector import Detector, Memory, Verdict

MONDAY = np.datetime64("2026-03-02")


def steady(days: int, usual: float = 100.0, noise: float = 0.05, seed: int = 1) -> Any:
    """A service that costs about `usual` every day."""
    return usual * np.exp(np.random.default_rng(seed).normal(0, noise, days))


def office(days: int, usual: float = 100.0, noise: float = 0.05, seed: int = 1) -> Any:
    """One that costs half at the weekend; the first day is a Monday."""
    return steady(days, usual, noise, seed) * np.where(np.arange(days) % 7 >= 5, 0.5, 1.0)


def walk(
    *series: Any, known: Any = None, start: np.datetime64 = MONDAY, detector: Detector | None = None
) -> list[Verdict]:
    """The verdict of each day, the first ones None-like (NaN); `known` [3] are shares of late days seen."""
    values = np.stack(series)
    detector = detector or Daily()
    detector.reset(*values.shape, "D")
    late = np.full(len(values), known is not None)
    times = np.broadcast_to(start + np.arange(values.shape[1]), values.shape)
    nothing = Verdict(*(np.full(len(values), np.nan) for _ in Verdict._fields))
    said = [nothing] * detector.start
    for day in range(detector.start, values.shape[1]):
        seen = values[:, : day + 1].copy()
        for lag, share in enumerate(known or ()):
            seen[:, day - lag] *= share
        said.append(detector.judge(times[:, : day + 1], seen, late))
    return said


def reports(said: list[Verdict], series: int = 0) -> list[int]:
    """The days on which something was reported of a series."""
    return [day for day, verdict in enumerate(said) if abs(verdict.score[series]) >= 5]


def memory_of(said: list[Verdict], values: Any) -> Memory:
    """What a process would have kept of a walk."""
    four = [np.stack([verdict[k] for verdict in said], axis=1).astype(float) for k in range(4)]
    return Memory(values[:, : len(said)], *four)
