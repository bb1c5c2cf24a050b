"""Breaks bills for as long as one likes: python -m tests.fuzz --seconds 300 [--seed 1] [--keep FOLDER]."""

import argparse
import logging
import subprocess
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from tempfile import gettempdir

sys.path.insert(0, str(Path(__file__).parents[1]))

from hypothesis import HealthCheck, Phase, given, seed, settings

from fuzz.allocations import allocations, judge_allocations
from fuzz.bills import BILLS
from fuzz.files import File, files
from fuzz.judging import judge

ROUND = 100
log = logging.getLogger("fuzz")


def main() -> int:
    """Rounds of examples, each in a process of its own, until the time is over; 1 where something was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=300)
    asked.add_argument("--seed", type=int, default=1, help="the first; each round takes the next")
    asked.add_argument(
        "--keep",
        type=Path,
        default=Path(gettempdir()) / "apportion-fuzz",
        help="for files that broke something",
    )
    asked.add_argument("--connector", choices=[*BILLS, "opencost"], action="append", help="these alone")
    asked.add_argument("--round", action="store_true", help=argparse.SUPPRESS)
    given_ = asked.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    connectors = given_.connector or [*BILLS, "opencost"]
    if given_.round:
        return one_round(connectors[0], given_.seed, given_.keep)
    given_.keep.mkdir(parents=True, exist_ok=True)
    end, number, broken = time.monotonic() + given_.seconds, 0, 0
    while time.monotonic() < end:
        connector = connectors[number % len(connectors)]
        words = [
            "--round",
            "--seed",
            str(given_.seed + number),
            "--connector",
            connector,
            "--keep",
            str(given_.keep),
        ]
        done = subprocess.run([sys.executable, "-m", "tests.fuzz", *words], check=False)
        broken += done.returncode != 0
        number += 1
        if done.returncode not in (0, 1):
            log.info(
                "%s, seed %s: the process ended with %s", connector, given_.seed + number - 1, done.returncode
            )
    log.info("%s rounds of %s examples, %s with findings", number, ROUND, broken)
    return int(broken > 0)


def one_round(connector: str, number: int, keep: Path) -> int:
    """ROUND examples of one connector; each different fault is told once, with the smallest file that has it."""
    outcomes: Counter[str] = Counter()
    faults: dict[str, tuple[str, bytes, str]] = {}

    @seed(number)
    @settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(allocations() if connector == "opencost" else files(connector))
    def check(file: File | tuple[str, bytes]) -> None:
        name, content = (file.name, file.content) if isinstance(file, File) else file
        (keep / f"last-{connector.replace(' ', '-')}").write_bytes(content)
        try:
            outcomes[judge(file) if isinstance(file, File) else judge_allocations(*file)] += 1
        except Exception as why:  # noqa: BLE001  that is what is looked for
            outcomes["FAULT"] += 1
            fault = f"{type(why).__name__} {str(why)[:60]}"
            if fault not in faults or len(content) < len(faults[fault][1]):
                faults[fault] = (name, content, traceback.format_exc(limit=-6))

    check()
    log.info("%s, seed %s: %s", connector, number, dict(outcomes))
    for n, (name, content, told) in enumerate(faults.values()):
        path = keep / f"{connector.replace(' ', '_')}-{number}-{n}-{name}"
        path.write_bytes(content)
        log.info("\n%s\n%s", path, told)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
