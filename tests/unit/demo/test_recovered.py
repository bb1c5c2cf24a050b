"""The analysis, which never sees the truth, recovers it: each customer to the cent, in every window and metric."""

import json
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from fernway import COSTS, Company

from apportion.app import App

pytestmark = pytest.mark.slow
CENT = Decimal("0.01")
EVERY_WINDOW = ("all", "last_30_days", "previous_30_days", "2026-08", "2026-09", "2026-10")
WINDOWS = {"all": "90d", "last_30_days": "30d", "2026-10": "2026-10"}


def cents(amount: str | Decimal) -> Decimal:
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


def sums(directory: Path, what: str, window: dict[str, Any], where: str) -> dict[str, dict[str, Decimal]]:
    """Both metrics of allocations by `what` within a window of the truth."""
    rows = App(directory).sql(
        f"SELECT {what} AS key, SUM(BilledCost) AS BilledCost, SUM(EffectiveCost) AS EffectiveCost"
        f" FROM allocations WHERE {where} AND day >= '{window['from']}' AND day < '{window['to']}' GROUP BY 1",
        [],
    )
    return {row["key"]: {metric: cents(row[metric]) for metric in COSTS} for row in rows}


def truthful(costs: dict[str, dict[str, str]]) -> dict[str, dict[str, Decimal]]:
    return {key: {metric: cents(cost[metric]) for metric in COSTS} for key, cost in costs.items()}


def billed(costs: dict[str, dict[str, Decimal]]) -> dict[str, dict[str, Decimal]]:
    """Without those that bear nothing at all, whom the results do not name."""
    return {key: cost for key, cost in costs.items() if any(cost.values())}


@pytest.mark.parametrize("name", EVERY_WINDOW)
def test_every_customer_costs_what_the_truth_says(quarter: Company, allocated: Path, name: str) -> None:
    window = quarter.window(name)
    found = sums(allocated, "target", window, "perspective = 'customer'")
    told = {customer: row["cost"] for customer, row in window["customers"].items()}
    told |= {"(idle)": window["statement"]["idle"], "(unallocated)": window["statement"]["unallocated"]}
    assert billed(found) == billed(truthful(told))


def test_every_customer_costs_by_service_what_the_truth_says(quarter: Company, allocated: Path) -> None:
    window = quarter.window()
    for method, kind in (("=", "direct"), ("<>", "shared")):
        where = f"perspective = 'customer' AND target_kind = 'allocated' AND evidence {method} 'direct'"
        found = sums(allocated, "target || '/' || service", window, where)
        told = {
            f"{customer}/{service}": kinds[kind]
            for customer, row in window["customers"].items()
            for service, kinds in row["services"].items()
        }
        assert billed(found) == billed(truthful(told))


@pytest.mark.parametrize("name", EVERY_WINDOW)
def test_every_team_costs_what_the_truth_says(quarter: Company, allocated: Path, name: str) -> None:
    window = quarter.window(name)
    found = sums(allocated, "target", window, "perspective = 'team'")
    found["(none)"] = found.pop("(unallocated)")
    assert found == truthful(window["teams"])


@pytest.mark.parametrize("name", EVERY_WINDOW)
def test_every_feature_costs_what_the_truth_says(quarter: Company, allocated: Path, name: str) -> None:
    window = quarter.window(name)
    found = sums(allocated, "target", window, "perspective = 'feature'")
    assert billed(found) == billed(truthful(window["features"]))


def test_the_platform_passes_cost_in_a_circle_and_no_share_of_it_is_lost(allocated: Path) -> None:
    found = App(allocated).sql(
        "SELECT DISTINCT regexp_extract(node, 'service=([^,]+)', 1) AS giver,"
        " regexp_extract(target, 'service=([^,]+)', 1) AS taker FROM steps"
        " WHERE perspective = 'customer' AND rule IN ('cluster', 'databases', 'observability')",
        [],
    )
    passed = {(row["giver"], row["taker"]) for row in found}
    platform = {"shared-cluster", "database-platform", "monitoring"}
    pairs = {(giver, taker) for giver in platform for taker in platform if giver != taker}
    assert pairs <= passed
    lost = App(allocated).sql(
        "SELECT day, node FROM steps GROUP BY perspective, day, node HAVING sum(weight) <> any_value(whole)",
        [],
    )
    assert lost == []


@pytest.mark.parametrize("name", WINDOWS)
def test_the_report_names_the_three_and_gives_everyones_margin(
    quarter: Company, allocated: Path, name: str
) -> None:
    command = [sys.executable, "-m", "apportion", "-w", str(allocated), "report", "customers"]
    command += ["--window", WINDOWS[name], "--format", "json"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = {row["customer_id"]: row for row in json.loads(said)}
    planted = {row["customer_id"] for row in quarter.truth["planted"]["losing_customers"]}
    assert {c for c, row in rows.items() if Decimal(row["gross_margin"]) < 0} == planted
    for customer, row in rows.items():
        told = quarter.window(name)["customers"][customer]
        assert cents(row["revenue"]) == cents(told["revenue"])
        for column in ("cost", "cost_of_revenue", "gross_margin"):
            assert cents(row[column]) == cents(told[column]["EffectiveCost"]), (customer, column)
