"""kill -9 at any moment: readers see one whole version or the other, and the next command succeeds."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

TOTALS = "SELECT count(*) AS n, sum(BilledCost) AS billed FROM charges"
HEAD = "BilledCost,EffectiveCost,BillingCurrency,BillingPeriodStart,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,Tags"
ROWS, KILLS = 30_000, 10


def bill(cost: str) -> str:
    """A month of equal charges, each naming one of nine customers."""
    lines = (
        f"{cost},{cost},USD,2026-09-01T00:00:00Z,2026-09-{i % 30 + 1:02}T00:00:00Z,2026-09-{i % 30 + 1:02}T01:00:00Z,"
        f'Usage,"{{""customer"": ""c{i % 9}""}}"'
        for i in range(ROWS)
    )
    return "\n".join([HEAD, *lines, ""])


def command(workspace: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "apportion", "-w", str(workspace), *words]


def run(workspace: Path, *words: str) -> str:
    done = subprocess.run(
        command(workspace, *words),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(workspace: Path, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(workspace, *words, "--format", "json"))
    return found


def killed_after(seconds: float, workspace: Path, *words: str) -> None:
    process = subprocess.Popen(
        command(workspace, *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.slow
def test_killed_at_random_moments_nothing_is_half_done(tmp_path: Path) -> None:
    workspace, dice = tmp_path / "ws", random.Random(7)
    run(workspace, "init", str(workspace))
    bills = [tmp_path / "one.csv", tmp_path / "two.csv"]
    known, took = [], 0.0
    for path, cost in zip(bills, ("1.000000000001", "2.5"), strict=True):
        path.write_text(bill(cost))
        start = time.monotonic()
        run(workspace, "ingest", "focus", str(path), "--source", "s")
        took = time.monotonic() - start
        known.append(rows(workspace, "sql", TOTALS))
    run(workspace, "allocate")
    for i in range(KILLS):
        words = ["allocate"] if i % 3 == 2 else ["ingest", "focus", str(bills[i % 2]), "--source", "s"]
        killed_after(dice.uniform(0.3, 1.1) * took, workspace, *words)
        assert rows(workspace, "sql", TOTALS) in known
        assert all(r["difference"] == "0.000000000000" for r in rows(workspace, "reconcile"))
    run(workspace, "ingest", "focus", str(bills[0]), "--source", "s")
    run(workspace, "allocate")
    assert rows(workspace, "sql", TOTALS) == known[0]
    charged = {r["charged"] for r in rows(workspace, "reconcile") if r["metric"] == "BilledCost"}
    assert charged == {known[0][0]["billed"]}
