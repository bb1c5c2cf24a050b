"""Times things in alternation, so that a noisy machine is noisy to all of them."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """Times of one thing as multiples of another's, round by round."""

    name: str
    bar: float
    seconds: Sequence[float]
    baseline: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        return [s / b for s, b in zip(self.seconds, self.baseline, strict=True)]

    def __str__(self) -> str:
        ratios = self.ratios
        return (
            f"{self.name}: {statistics.median(ratios):.2f} times the baseline "
            f"(spread {min(ratios):.2f} to {max(ratios):.2f}, bar {self.bar}); "
            f"{statistics.median(self.seconds):.2f} s against {statistics.median(self.baseline):.2f} s"
        )


def alternate(things: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Wall seconds of each thing in each round; they take turns."""
    times: dict[str, list[float]] = {name: [] for name in things}
    for _ in range(rounds):
        for name, thing in things.items():
            gc.collect()
            start = time.perf_counter()
            thing()
            times[name].append(time.perf_counter() - start)
    return times
