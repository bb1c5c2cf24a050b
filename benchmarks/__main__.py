"""Runs the benchmarks: `python -m benchmarks [ingest|bills|allocate|graph|serve|anomalies …] [--rows N] [--rounds N]`."""

import argparse
import importlib
import shutil
import sys
from pathlib import Path

NAMES = ("ingest", "bills", "allocate", "graph", "serve", "pricing", "operations", "budgets", "anomalies")
BOX = Path(__file__).parent / ".data"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[*NAMES, []], default=list(NAMES), metavar="|".join(NAMES)
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="leave the generated data for the next time")
    given = parser.parse_args()
    missed = 0
    for name in given.names:
        for ratio in importlib.import_module(f"benchmarks.{name}").run(BOX, given.rows, given.rounds):
            met = max(ratio.ratios) <= ratio.bar
            missed += not met
            print(f"{'met ' if met else 'MISS'}  {ratio}", flush=True)
    if not given.keep:
        shutil.rmtree(BOX, ignore_errors=True)
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
