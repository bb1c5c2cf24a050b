"""AI operations on the command line: each report as a table for people and as rows for programs."""

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from apportion.app import App
from apportion.pricing import Priced
from unit.cli.conftest import Run

CENT = 10**10
CALLS = [
    ("a", "2026-10-01T09:00:00+00:00", 3, {"feature": "chat", "customer": "acme", "success": True}),
    ("b", "2026-10-02T09:00:00+00:00", 1, {"feature": "chat", "customer": "birch", "success": False}),
    ("c", "2026-10-03T09:00:00+00:00", 2, {"feature": "search", "customer": "acme", "project": "finder"}),
]


@pytest.fixture
def metered(workspace: Path) -> Path:
    """A workspace with three operations."""
    from apportion.metering.store import microseconds, row

    (workspace / "apportion.yaml").write_text("tree:\n  projects: {finder: {team: discovery}}\n")
    app = App(workspace)
    rows = []
    for name, at, cents, more in CALLS:
        time = datetime.fromisoformat(at)
        known: Any = {"id": name, "time": time, "provider": "openai", "model": "gpt-4o", **more}
        known |= {"input_tokens": 1000, "output_tokens": 100, "prompt": "answer", "variant": name}
        rows.append(row(known, "api", microseconds(time), Priced("priced", cents * CENT, "USD", "list")))
    app.meter.store.insert([rows])
    app.stop()
    return workspace


def test_overview_leads_with_the_answer(run: Run, metered: Path) -> None:
    said = run("ai", "overview", "--window", "2026-10")
    assert said.code == 0, said.err
    assert said.out.startswith("3 operations cost $0.060 in October 2026: $0.020 each.")
    assert "RatedCost in USD, 2026-10-01 to 2026-11-01 (not included), UTC days" in said.out


def test_overview_as_rows_has_the_days_too(run: Run, metered: Path) -> None:
    said = run("ai", "overview", "--window", "2026-10", "--where", "customer=acme", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [(r["key"], r["cost"]) for r in rows if r["what"] == "feature"] == [
        ("chat", "0.030000000000"),
        ("search", "0.020000000000"),
    ]
    assert [r["cost"] for r in rows if r["what"] == "day"] == ["0.030000000000", "", "0.020000000000"]


def test_a_filter_that_is_none_is_said(run: Run, metered: Path) -> None:
    assert run("ai", "overview", "--where", "acme").code == 2
    said = run("ai", "overview", "--where", "colour=red")
    assert (said.code, "no dimension 'colour'" in said.err) == (2, True)


def test_before_the_first_operation_it_says_how_to_send_one(run: Run, workspace: Path) -> None:
    said = run("ai", "overview")
    assert (said.code, "/v1/traces" in said.err) == (3, True)


def test_by_groups_by_several_dimensions(run: Run, metered: Path) -> None:
    said = run("ai", "by", "feature", "customer", "--window", "2026-10", "--format", "json")
    assert [(r["feature"], r["customer"], r["cost"]) for r in said.rows] == [
        ("chat", "acme", "0.030000000000"),
        ("search", "acme", "0.020000000000"),
        ("chat", "birch", "0.010000000000"),
    ]
    table = run("ai", "by", "team", "--window", "2026-10").out
    assert "discovery" in table
    assert table.startswith("(none) cost most in October 2026: $0.040, 66.7 % of $0.060 in 2 groups by team.")


def test_tree_opens_a_node_into_the_next_level(run: Run, metered: Path) -> None:
    whole = run("ai", "tree", "--window", "2026-10", "--format", "json").rows
    assert [(r["team"], r["cost"]) for r in whole] == [
        ("(none)", "0.040000000000"),
        ("discovery", "0.020000000000"),
    ]
    assert "finder" in run("ai", "tree", "--team", "discovery", "--window", "2026-10").out
    calls = run("ai", "tree", "--project", "finder", "--window", "2026-10")
    assert calls.out.startswith("team discovery › project finder\nProject finder cost $0.020 in October 2026")


def test_variants_say_which_is_worth_its_cost(run: Run, metered: Path) -> None:
    said = run("ai", "variants", "answer", "--window", "2026-10")
    assert said.out.startswith(
        "a costs $0.020 (200.0 %) more a request than b, for 100.0 points more success"
    )
    rows = run("ai", "variants", "answer", "--window", "2026-10", "--format", "json").rows
    assert [(r["name"], r["efficient"], r["success_bounds_low"]) for r in rows] == [
        ("b", True, "0.00"),
        ("c", None, None),
        ("a", True, "20.65"),
    ]
    assert run("ai", "variants", "none", "--window", "2026-10").code == 3


def test_what_if_prices_the_same_counts_anew(run: Run, metered: Path) -> None:
    said = run("ai", "what-if", "--model", "gpt-4o-mini", "--by", "feature", "--window", "2026-10")
    assert said.out.startswith("3 operations would have cost $0.00063 at gpt-4o-mini instead of $0.060")
    words = ("--model", "openai/gpt-4o-mini", "--by", "feature", "--window", "2026-10", "--format", "json")
    rows = run("ai", "what-if", *words).rows
    assert [(r["feature"], r["cost_then"]) for r in rows] == [
        ("chat", "0.000420000000"),
        ("search", "0.000210000000"),
    ]


def test_sql_sees_customers_operations_beside_revenue(run: Run, metered: Path) -> None:
    query = "SELECT month, customer, cost, margin FROM customer_metrics ORDER BY customer"
    rows = run("sql", query, "--format", "json").rows
    assert [(r["customer"], r["cost"], r["margin"]) for r in rows] == [
        ("acme", "0.050000000000", "-0.050000000000"),
        ("birch", "0.010000000000", "-0.010000000000"),
    ]


def test_list_goes_on_where_it_ended(run: Run, metered: Path) -> None:
    first = run("ai", "list", "--window", "2026-10", "--limit", "2", "--format", "json")
    assert [r["operation_id"] for r in first.rows] == ["c", "b"]
    rest = run("ai", "list", "--window", "2026-10", "--cursor", first.err.split()[-1], "--format", "json")
    assert [(r["operation_id"], r["cost"]) for r in rest.rows] == [("a", "0.030000000000")]
    assert run("ai", "list", "--where", "price_state=priced").code == 0
