"""Prices on the command line: the list, one model's, and what rates of one's own do."""

import csv
import io
import shutil
from pathlib import Path

import pytest
import yaml

from books import Books, charge
from unit.cli.conftest import Run


@pytest.fixture
def discounted(workspace: Path) -> Path:
    file = workspace / "apportion.yaml"
    file.write_text("rates:\n  - {provider: openai, discount: 12, valid_from: 2026-07-01}\n")
    return workspace


def test_show_says_price_source_and_validity(run: Run, workspace: Path) -> None:
    said = run("rates", "show", "openai.chat", "gpt-4o-2024-08-06", "--at", "2026-11-01", "--format", "json")
    assert [(row["kind"], row["price"], row["unit"]) for row in said.rows if row["counted"]] == [
        ("input", "2.5", "million tokens"),
        ("cache_read", "1.25", "million tokens"),
        ("output", "10", "million tokens"),
    ]
    assert {row["source"].split()[0] for row in said.rows} == {"genai-prices"}


def test_show_applies_ones_own_rates_on_their_days(run: Run, discounted: Path) -> None:
    prices = {
        day: run("rates", "show", "openai", "gpt-4o", "--batch", "--at", day, "--format", "json").rows[0]
        for day in ("2026-06-30", "2026-07-01")
    }
    assert [row["price"] for row in prices.values()] == ["1.25", "1.1000"]
    assert prices["2026-07-01"]["source"].endswith("less 12 % (apportion.yaml, rates 1)")


def test_show_refuses_what_has_no_rate_and_says_why(run: Run, workspace: Path) -> None:
    said = run("rates", "show", "openai", "gpt-4o", "--tier", "scale", "--at", "2026-11-01")
    assert said.code == 3
    assert "no rate for openai/gpt-4o under these conditions: scale" in said.err


def test_show_works_outside_a_workspace(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("APPORTION_WORKSPACE")
    monkeypatch.chdir(tmp_path)
    said = run("rates", "show", "anthropic", "claude-sonnet-4-5", "--at", "2026-11-01", "--format", "csv")
    assert said.code == 0
    assert "above 200,000 input tokens" in said.out  # all columns, however narrow the terminal
    assert run("-w", tmp_path / "none", "rates", "show", "openai", "gpt-4o").code == 3


def test_list_narrows_by_provider_model_and_day(run: Run, discounted: Path) -> None:
    said = run("rates", "list", "--provider", "aws.bedrock", "--format", "json")
    assert {row["provider"] for row in said.rows} == {"aws"}
    said = run(
        "rates", "list", "--provider", "openai", "--model", "gpt-4o", "--at", "2026-06-30", "--format", "csv"
    )
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert {row["model"] for row in rows} == {"gpt-4o"}
    assert {row["when"] for row in rows} == {"", "priority", "fast", "batch"}
    said = run("rates", "list", "--provider", "openai", "--model", "gpt-4o", "--at", "2026-07-01")
    assert "discount" in said.out
    assert "rates of card" in said.out


def test_list_refuses_what_is_not_a_day(run: Run, workspace: Path) -> None:
    said = run("rates", "list", "--at", "yesterday")
    assert (said.code, "'yesterday' is not a day" in said.err) == (2, True)


def test_check_explains_ones_own_rates(run: Run, discounted: Path) -> None:
    [row] = run("rates", "check", "--at", "2026-06-30", "--format", "json").rows
    assert (row["does"], row["note"]) == ("12 % off the list", "does not hold on 2026-06-30")
    assert "12 % off the list" in run("rates", "check").out


def test_check_without_rates_of_ones_own_has_nothing_to_show(run: Run, workspace: Path) -> None:
    assert "Nothing to show" in run("rates", "check").out


CLUSTER = """
dimensions: {service: [{tag: service}]}
perspectives:
  service:
    to: service
    rules: [{name: own, match: {service: "*"}, method: direct}]
rates:
  - {provider: vllm, cluster_cost: {perspective: service, target: llm}, weights: {output: 5}}
"""
CALL = '{{"id": "{}", "time": "2026-09-03T09:30:00Z", "provider": "{}", "model": "{}", "input_tokens": 1000, '
CALL += '"cache_read_tokens": 0, "output_tokens": 200}}\n'


@pytest.fixture
def called(run: Run, discounted: Path, tmp_path: Path) -> Path:
    """Two calls: one by a rate with a discount, one of a model that nobody knows."""
    file = tmp_path / "calls.jsonl"
    file.write_text(CALL.format("a", "openai", "gpt-4o") + CALL.format("b", "acme-ai", "larch-2"))
    assert run("operations", "import", file).code == 0
    return discounted


def test_operations_are_priced_again_by_a_card_of_before(run: Run, called: Path) -> None:
    assert "no rate for acme-ai/larch-2" in run("rates", "unpriced").out
    (called / "apportion.yaml").write_text("rates: [{provider: openai, discount: 50}]\n")
    [by_old] = run("rates", "cards", "--format", "json").rows
    assert (by_old["operations"], by_old["current"], by_old["first_day"]) == (1, False, "2026-09-03")
    [row] = run("rates", "rerate", "--apply", "--format", "json").rows
    assert (row["before"], row["after"]) == ("0.003960000000", "0.002250000000")
    assert row["card_before"] == by_old["version"]
    now, before = run("rates", "cards", "--format", "json").rows
    assert (now["operations"], now["current"], before["operations"]) == (1, True, 0)

    said = run("rates", "list", "--provider", "openai", "--card", before["version"], "--format", "json")
    assert said.rows[0]["price"] == "12"
    shown = ("rates", "show", "openai", "gpt-4o", "--at", "2026-09-03", "--card", before["version"])
    assert "less 12 %" in run(*shown, "--format", "json").rows[0]["source"]
    assert f"card {before['version']}" in run(*shown).out
    [row] = run("rates", "rerate", "--card", before["version"], "--format", "json").rows
    assert (row["before"], row["after"]) == ("0.002250000000", "0.003960000000")
    said = run("rates", "rerate", "--card", "0123")
    assert (said.code, "No rate card '0123' ever priced anything here" in said.err) == (3, True)


def test_derive_shows_prices_of_a_cluster_and_keeps_them(
    run: Run, workspace: Path, tmp_path: Path, books: Books
) -> None:
    (workspace / "apportion.yaml").write_text(CLUSTER)
    rules = yaml.safe_load(CLUSTER)
    books.bill([charge("12", "2026-09-03", "2026-09-04", service="llm")])
    books.allocate({name: rules[name] for name in ("dimensions", "perspectives")})
    shutil.move(books.root / "ledger", workspace / "ledger")
    calls = tmp_path / "calls.jsonl"
    calls.write_text(CALL.format("a", "vllm", "llama-3"))
    assert run("operations", "import", calls).code == 0
    said = run("rates", "derive")
    [row] = run("rates", "derive", "--format", "json").rows
    assert row["prices"] == {"input": "6000", "output": "30000"}
    assert "--apply keeps these prices" in said.out
    assert "September 2026 is not complete" in run("rates", "derive", "--apply").out
    assert run("rates", "rerate", "--apply").code == 0
    [row] = run("rates", "derive", "--format", "json").rows
    assert (row["rated"], row["difference"], row["status"]) == ("12.000000000000", "0.000000000000", "so far")
