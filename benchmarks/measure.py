"""Times things in alternation, so that a noisy machine is noisy to all of them."""

import gc
import json
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


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


@dataclass(frozen=True)
class Memory(Ratio):
    """Peak resident memory in gigabytes, round by round."""

    def __str__(self) -> str:
        return f"{self.name}: at most {max(self.ratios):.2f} GB resident (bar {self.bar} GB)"


@dataclass(frozen=True)
class Runs:
    """What each run of one piece of work took: wall seconds, and peak resident gigabytes."""

    seconds: list[float] = field(default_factory=list)
    gigabytes: list[float] = field(default_factory=list)


Work = Mapping[str, Callable[[Path, Path], None]]


def in_processes(module: str, work: Work, source: Path, box: Path, rounds: int) -> dict[str, Runs]:
    """Run each piece of work on `source` in a process of its own, in turns; `module` calls `own_process`."""
    found = {name: Runs() for name in work}
    for _ in range(rounds):
        for name, runs in found.items():
            target = box / "target"
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
            command = [sys.executable, "-m", module, name, str(source), str(target / name)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            shutil.rmtree(target)
            seconds, gigabytes = json.loads(done.stdout.splitlines()[-1])
            runs.seconds.append(seconds)
            runs.gigabytes.append(gigabytes)
    return found


def own_process(work: Work) -> None:
    """Do the work that the command line names; print its seconds and gigabytes."""
    name, source, target = sys.argv[1:]
    start = time.perf_counter()
    work[name](Path(source), Path(target))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps([seconds, peak / 1e9]))
