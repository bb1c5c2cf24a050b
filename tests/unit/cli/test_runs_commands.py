"""Runs on the command line: list, show, compare, pin, clean."""

import json
import os
import time
from pathlib import Path

import pytest

from unit.cli.conftest import Run
from unit.cli.test_commands import BILL


@pytest.fixture
def two_runs(run: Run, workspace: Path) -> tuple[str, str]:
    """The first run of a bill, and the one that followed its restatement."""
    bill = workspace / "bill.csv"
    for text in (BILL, BILL.replace("10.10,10.10", "11.10,11.10")):
        bill.write_text(text)
        assert run("ingest", "focus", bill, "--source", "aws").code == 0
        assert run("allocate").code == 0
    new, old = run("runs", "--format", "json").rows
    assert (new["standing"], old["standing"], old["pinned"]) == (True, False, False)
    return old["run_id"], new["run_id"]


def old_files(workspace: Path) -> None:
    """Let every data file and commit be a year old."""
    year = time.time() - 366 * 86_400
    for path in (workspace / "ledger").rglob("*"):
        if path.suffix == ".parquet":
            os.utime(path, (year, year))
        if path.suffix == ".json" and path.parent.name == "_delta_log":
            lines = [json.loads(line) for line in path.read_text().splitlines()]
            for line in lines:
                if "commitInfo" in line:
                    line["commitInfo"]["timestamp"] = int(year * 1000)
            path.write_text("\n".join(json.dumps(line) for line in lines))
            os.utime(path, (year, year))


def test_a_run_is_shown_with_its_rules_and_versions(run: Run, two_runs: tuple[str, str]) -> None:
    said = run("runs", "show", two_runs[0])
    assert said.code == 0
    for words in (two_runs[0], "not pinned", "can be repeated", "Perspective customer", "allocations"):
        assert words in said.out
    (record,) = run("runs", "show", two_runs[0], "--format", "json").rows
    assert record["reproducible"]
    assert "perspectives:" in record["rules"]


def test_the_difference_of_two_runs_names_the_bill_and_the_customer(
    run: Run, two_runs: tuple[str, str]
) -> None:
    said = run("runs", "diff", *two_runs)
    assert said.code == 0
    assert "1 part of the data changed. Cost that moves: customer $1.00 (7.1 %)" in said.out
    found = json.loads(run("runs", "diff", two_runs[0], "--format", "json").out)
    assert [(t["target"], t["change"]) for t in found["targets"] if t["perspective"] == "customer"] == [
        ("acme", "1.000000000000")
    ]
    assert [(d["table"], d["period"], d["difference"]) for d in found["data"]] == [
        ("charges", "2026-09", "1.000000000000")
    ]


def test_an_unknown_run_is_not_found(run: Run, two_runs: tuple[str, str]) -> None:
    assert run("runs", "show", "nothing").code == 3
    assert run("runs", "diff", two_runs[0], "nothing").code == 3
    assert run("runs", "pin", "nothing").code == 3


def test_cleaning_ends_old_runs_but_pinned_ones(run: Run, workspace: Path, two_runs: tuple[str, str]) -> None:
    old_files(workspace)
    assert run("runs", "pin", two_runs[0]).code == 0
    assert "nothing to clean" in run("clean").out
    assert run("runs", "pin", two_runs[0], "--unpin").code == 0
    planned = run("clean", "--dry-run")
    assert "would go" in planned.out
    assert two_runs[0] in planned.out
    assert run("runs", "diff", two_runs[0]).code == 0
    assert "are gone" in run("clean").out
    refused = run("runs", "diff", two_runs[0])
    assert refused.code == 4
    assert "removed by 'apportion clean'" in refused.err
    assert "cannot be repeated" in run("runs", "show", two_runs[0]).out
    assert run("report", "customers").code == 0


def test_a_retention_of_its_own_is_followed(run: Run, workspace: Path, two_runs: tuple[str, str]) -> None:
    old_files(workspace)
    settings = workspace / "apportion.yaml"
    settings.write_text(settings.read_text() + "\nretention: {days: 400}\n")
    assert "nothing to clean" in run("clean").out
