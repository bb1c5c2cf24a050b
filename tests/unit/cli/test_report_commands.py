"""What AI providers say was used and paid, asked for on the command line."""

from pathlib import Path

import pytest

from servers.ai_admin import ANTHROPIC_COSTS, KEY, OPENAI_USAGE, Admin, charge
from unit.cli.conftest import Run

USED = {
    "object": "organization.usage.completions.result", "input_tokens": 1000, "input_cached_tokens": 0,
    "output_tokens": 200, "num_model_requests": 4, "model": "gpt-4o",
}  # fmt: skip


def test_what_was_used_is_fetched_once(
    run: Run, workspace: Path, ai_reports: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    ai_reports.tell(OPENAI_USAGE, "2025-09-01T10:00", USED)
    fetch = ("operations", "fetch", "openai", "--since", "2025-09-01", "--until", "2025-09-02")
    there = ("--endpoint", ai_reports.address)
    monkeypatch.delenv("OPENAI_ADMIN_KEY", raising=False)
    said = run(*fetch, *there)
    assert (said.code, "Set OPENAI_ADMIN_KEY in the environment." in said.err) == (2, True)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", KEY)
    assert "1 operations are new, 0 were known." in run(*fetch, *there).out
    again = run(*fetch, *there)
    assert "0 operations are new, 1 were known." in again.out
    assert KEY not in again.out + again.err
    assert "Write it like 2026-09-01" in run("operations", "fetch", "openai", "--since", "soon").err
    found = run("sql", "SELECT requests, cost FROM operations", "--format", "json").rows
    assert found == [{"requests": 4, "cost": "0.004500000000"}]
    calls = workspace / "calls.csv"
    calls.write_text("id,time,provider,model\na,2025-09-01T09:00:00Z,openai,gpt-4o\n")
    assert run("operations", "import", calls).code == 0
    refused = run(*fetch, *there)
    assert (refused.code, "1 calls of openai" in refused.err) == (4, True)
    assert run(*fetch, *there, "--beside").code == 0


def test_what_was_paid_is_a_source_like_any_other(
    run: Run, workspace: Path, ai_reports: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_KEY", KEY)
    (workspace / "apportion.yaml").write_text(
        "sources:\n  claude:\n    connector: anthropic\n    key: {env: CLAUDE_KEY}\n    months: 36\n"
        f"    access: {{endpoint: '{ai_reports.address}'}}\n"
        "dimensions:\n  ai_model: [{tag: model}]\n"
    )
    told = run("ingest")
    assert "Anthropic knows of no cost" in told.err
    yesterday = run("sql", "SELECT strftime(current_date - 1, '%Y-%m-%d') AS day", "--format", "json").rows[
        0
    ]["day"]
    ai_reports.tell(ANTHROPIC_COSTS, yesterday, charge("output_tokens", "250"))
    assert run("ingest").code == 0
    found = run("sql", "SELECT Tags['model'] AS model, BilledCost FROM charges", "--format", "json").rows
    assert found == [{"model": "claude-sonnet-4-5-20250929", "BilledCost": "2.500000000000"}]


def test_a_key_in_the_workspace_file_is_refused_and_not_repeated(run: Run, workspace: Path) -> None:
    (workspace / "apportion.yaml").write_text(f"sources:\n  claude: {{connector: anthropic, key: {KEY}}}\n")
    said = run("ingest")
    assert said.code == 2
    assert "The key itself does not belong here." in said.err
    assert KEY not in said.out + said.err
