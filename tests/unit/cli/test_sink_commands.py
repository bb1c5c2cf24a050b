"""Live sinks on the command line: sent, shown, and what stands in the way."""

import json
from pathlib import Path

import pytest

from unit.cli.conftest import Run

CALL = {"id": "a", "time": "2026-10-01T09:00:00Z", "provider": "openai", "model": "gpt-4o"}


@pytest.fixture
def metered(run: Run, workspace: Path, tmp_path: Path) -> Path:
    """A workspace with two sinks and an operation."""
    (workspace / "apportion.yaml").write_text(
        "sinks:\n"
        "  - {format: json, file: out/operations.jsonl}\n"
        "  - {format: influx, url: 'http://127.0.0.1:9/write?token=x', name: influx, token: {env: NO_TOKEN}}\n"
    )
    lines = tmp_path / "calls.jsonl"
    lines.write_text(json.dumps(CALL))
    assert run("operations", "import", lines).code == 0
    return workspace


def test_what_waits_is_sent_and_what_stands_in_the_way_is_said(run: Run, metered: Path) -> None:
    said = run("operations", "follow", "--once")
    assert said.code == 2
    assert said.out == "out/operations.jsonl: 1 operations sent.\n"
    assert "NO_TOKEN" in said.err
    [line] = (metered / "out" / "operations.jsonl").read_text().splitlines()
    assert json.loads(line)["operation_id"] == "a"
    file, influx = run("operations", "sinks", "--format", "json").rows
    assert (file["sent"], file["waiting"], file["failing"]) == (1, 0, False)
    assert (influx["sent"], influx["waiting"], influx["failing"]) == (0, 1, True)


def test_the_doctor_looks_at_sinks(run: Run, metered: Path) -> None:
    assert "sink influx: 1 operations wait, 0 were sent; nobody follows" in run("doctor").out
    run("operations", "follow", "--once")
    said = run("doctor").out
    assert "sink out/operations.jsonl: 0 operations wait, 1 were sent" in said
    assert "sink influx: 1 operations wait, 0 were sent; $NO_TOKEN: There is no secret here." in said


def test_without_sinks_there_is_nothing_to_follow(run: Run, workspace: Path) -> None:
    assert run("operations", "follow").code == 3
    assert run("operations", "sinks", "--format", "json").rows == []


def test_sinks_that_share_a_name_are_refused_with_their_line(run: Run, workspace: Path) -> None:
    text = "sinks:\n  - {format: csv, file: a.csv}\n  - {format: json, file: b, name: a.csv}\n"
    (workspace / "apportion.yaml").write_text(text)
    said = run("operations", "sinks")
    assert (said.code, "line 3: sinks[1]: another sink is called 'a.csv'" in said.err) == (2, True)
