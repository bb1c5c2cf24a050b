"""Operations out and in again: as FOCUS they are a bill with the same total, as CSV the same operations."""

import csv
import io
import json
from pathlib import Path

import pytest

from unit.cli.conftest import Run

CALLS = [
    {"id": "a", "time": "2026-10-01T09:00:00Z", "provider": "openai", "model": "gpt-4o", "customer": "acme",
     "project": "finder", "input_tokens": 1001, "cache_read_tokens": 600, "output_tokens": 203},
    {"id": "b/1", "time": "2026-10-02T23:59:59.9Z", "provider": "anthropic", "model": "claude-sonnet-4-5",
     "customer": "birch", "input_tokens": 77_777, "cache_write_tokens": 100, "cache_read_tokens": 7,
     "output_tokens": 13, "dimensions": {"ring": "canary, one"}},
    {"id": "c", "time": "2026-10-03T00:00:00Z", "provider": "acme-ai", "model": "larch-2", "customer": "acme",
     "input_tokens": 10, "output_tokens": 3},
]  # fmt: skip
COST = "0.236986350000"
"""(401 × 2.50 + 600 × 1.25 + 203 × 10) less 10 %, and 77,670 × 3 + 7 × 0.30 + 100 × 3.75 + 13 × 15, a million."""
RULES = "rates:\n  - {provider: openai, discount: 10}\ntree:\n  projects: {finder: {team: discovery}}\n"


@pytest.fixture
def metered(run: Run, workspace: Path, tmp_path: Path) -> Path:
    """A workspace with three operations, one of them without a price."""
    (workspace / "apportion.yaml").write_text(RULES)
    lines = tmp_path / "calls.jsonl"
    lines.write_text("\n".join(map(json.dumps, CALLS)))
    assert run("operations", "import", lines).code == 0
    return workspace


def test_as_focus_they_are_a_bill_with_the_same_total(run: Run, metered: Path, tmp_path: Path) -> None:
    out = tmp_path / "ai.csv"
    said = run("operations", "export", "--format", "focus", "--window", "2026-10", "--out", out)
    assert (said.code, said.out) == (0, "")
    assert said.err.splitlines()[-2:] == [
        f"3 operations in {out}.",
        "1 have no cost and are left out: see 'apportion rates unpriced'.",
    ]
    assert run("validate", out, "--focus-version", "1.3").code == 0
    assert run("ingest", "focus", out, "--source", "ai").code == 0
    [billed] = run("sql", "SELECT sum(BilledCost) AS cost FROM charges", "--format", "json").rows
    [rated] = run("sql", "SELECT sum(cost) AS cost FROM operations", "--format", "json").rows
    assert billed == rated == {"cost": COST}


def test_as_csv_they_can_be_imported_elsewhere(run: Run, metered: Path, tmp_path: Path) -> None:
    out = tmp_path / "operations.csv"
    assert run("operations", "export", "--since", "2026-10-01", "--out", out).code == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / "apportion.yaml").write_text(RULES)
    assert run("-w", other, "operations", "import", out).out.startswith("3 operations are new, 0 were known.")
    same = "SELECT * EXCLUDE (received, source, team) FROM operations ORDER BY operation_id"
    here = run("sql", same, "--format", "json").rows
    assert run("-w", other, "sql", same, "--format", "json").rows == here


def test_standard_output_has_nothing_but_what_is_asked_for(run: Run, metered: Path) -> None:
    said = run("operations", "export", "customer=acme", "team=discovery", "--window", "2026-10")
    [row] = csv.DictReader(io.StringIO(said.out))
    assert (row["operation_id"], row["team"], said.err) == ("a", "discovery", "1 operations.\n")


def test_days_are_from_since_to_before_until(run: Run, metered: Path) -> None:
    days = ("--since", "2026-10-02", "--until", "2026-10-03")
    lines = run("operations", "export", "--format", "json", *days).out.splitlines()
    assert [json.loads(line)["operation_id"] for line in lines] == ["b/1"]
    assert run("operations", "export", "--window", "30d", *days).code == 2


def test_a_file_is_there_whole_or_not_at_all(
    run: Run, metered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apportion.metering.export import CsvRows

    out = tmp_path / "operations.csv"
    out.write_text("what was there before")

    def break_off(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(CsvRows, "encode", break_off)
    assert run("operations", "export", "--window", "2026-10", "--out", out).code != 0
    assert out.read_text() == "what was there before"
    assert list(tmp_path.glob(".*.part")) == []
    assert run("operations", "export", "--out", tmp_path / "nowhere" / "x.csv").code == 2


def test_an_operation_is_shown_with_its_price_line_by_line(run: Run, metered: Path) -> None:
    said = run("operations", "show", "b/1")
    assert said.code == 0, said.err
    assert said.out.startswith("A call of claude-sonnet-4-5 for birch that cost $0.23.")
    assert "cache_write" in said.out
    [found] = run("operations", "show", "a", "--format", "json").rows
    assert (found["operation"]["team"], found["price"]["exact"]) == ("discovery", True)
    lines = list(csv.DictReader(io.StringIO(run("operations", "show", "a", "--format", "csv").out)))
    assert [line["kind"] for line in lines] == ["input", "cache_read", "output"]
    assert run("operations", "show", "nobody").code == 3


def test_why_an_operation_has_no_price_is_shown(run: Run, metered: Path) -> None:
    said = run("operations", "show", "c")
    assert said.out.startswith(
        "A call of larch-2 for acme whose cost is not known: no rate for acme-ai/larch-2."
    )
