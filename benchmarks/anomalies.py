"""Judging days of many series: one new day, 90 days of backfill, and what it needs of memory."""

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from apportion.anomalies.daily import Daily
from apportion.anomalies.detector import Detector, Memory
from benchmarks.measure import Memory as Peak
from benchmarks.measure import Ratio

SERIES = 10_000
KNOWN, BACKFILL = 400, 90
ROWS_A_SERIES = 1000  # of `--rows`: ten million are 10,000 series


def company(series: int, days: int) -> tuple[Any, Any, Any]:
    """Dates, amounts and late feeds of services: weekly shapes, growth, first-of-month charges, rare jobs."""
    rng = np.random.default_rng(11)
    step = np.arange(days)
    dates = np.datetime64("2025-01-06") + step
    amounts = np.exp(rng.normal(5, 1.6, (series, 1)) + rng.normal(0, 0.06, (series, days)))
    amounts *= np.where(step % 7 >= 5, rng.uniform(0.3, 1.0, (series, 1)), 1.0)
    amounts *= np.exp(rng.normal(0, 0.001, (series, 1)) * step)
    invoiced = np.arange(series) % 10 == 0
    amounts[invoiced] *= np.where(dates == dates.astype("datetime64[M]").astype("datetime64[D]"), 8.0, 1.0)
    rare = np.arange(series) % 8 == 1
    amounts[rare] *= rng.random((rare.sum(), days)) < 0.2
    amounts[rng.random((series, days)) < 0.002] *= 4
    return np.broadcast_to(dates, amounts.shape), amounts, rng.random(series) < 0.25


def walked(detector: Detector, times: Any, amounts: Any, late: Any, first: int, end: int) -> Memory:
    """What a detector says of the days from `first` to `end`, and knows only from there."""
    detector.reset(*amounts.shape, "D")
    said = Memory(amounts[:, :end], *(np.full((len(amounts), end), np.nan) for _ in range(4)))
    for day in range(first, end):
        found = detector.last(times[:, : day + 1], amounts[:, : day + 1], late)
        for part, of_day in zip(said[1:], found, strict=True):
            part[:, day] = of_day
    return said


def seconds(thing: Callable[[], object]) -> float:
    begun = time.perf_counter()
    thing()
    return time.perf_counter() - begun


def run(box: Path, rows: int = 10_000_000, rounds: int = 3) -> list[Ratio]:
    """Measure with one series for every thousand of `rows`; `box` is not needed."""
    del box
    series = max(100, rows // ROWS_A_SERIES)
    times, amounts, late = company(series, KNOWN + BACKFILL)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    end = amounts.shape[1]
    memory = walked(Daily(), times, amounts, late, KNOWN, end - 1)
    detector = Daily()
    day, backfill = [], []
    for _ in range(rounds):
        detector.reset(*amounts.shape, "D")
        detector.resume(memory)
        day.append(seconds(lambda: detector.judge(times, amounts, late)))
        backfill.append(seconds(lambda: walked(Daily(), times, amounts, late, KNOWN, end)))
    scale = 1 if sys.platform == "darwin" else 1024
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * scale / 1e9
    one = [1.0] * rounds
    return [
        Ratio(f"a new day of {series:,} series, in seconds", 2.0 * series / SERIES, day, one),
        Ratio(f"{BACKFILL} days of {series:,} series, in seconds", 60.0 * series / SERIES, backfill, one),
        Peak(f"judging {series:,} series, beyond the amounts themselves", 0.5, [grown], [1.0]),
    ]
