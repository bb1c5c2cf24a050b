"""The statement through every step: the same on page, CSV, API and command line."""

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from browser.visits import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def exact(place: Locator) -> Decimal:
    return Decimal(place.locator("data").first.get_attribute("value") or "")


def said(visit: Visit, table: str, metric: str = "EffectiveCost") -> Any:
    """What the command line says of the customers' perspective."""
    asked = ("--table", table, "--perspective", "customer", "--metric", metric, "--format", "json")
    return json.loads(visit.site.command("reconcile", *asked))


@pytest.mark.parametrize("metric", ["EffectiveCost", "BilledCost"])
def test_a_statement_is_the_same_everywhere(visit: Visit, metric: str) -> None:
    page = visit.open(f"/reconciliation?metric={metric}")
    rows = page.get_by_role("table", name="Each bill", exact=True).locator("tbody tr")
    shown = [
        [Decimal(cell.get_attribute("value") or "") for cell in rows.nth(at).locator("data").all()[:4]]
        for at in range(rows.count())
    ]
    names = ("charged", "allocated", "idle", "unallocated")
    command = [[Decimal(row[name]) for name in names] for row in said(visit, "rows", metric)]
    address = f"{visit.site.address}/api/v1/reconciliation?perspective=customer&metric={metric}"
    api = [[Decimal(row[name]) for name in names] for row in page.request.get(address).json()["rows"]]
    with page.expect_download() as loading:
        page.get_by_role("link", name="Each bill as CSV").click()
    found = csv.DictReader(io.StringIO(loading.value.path().read_text(encoding="utf-8")))
    file = [[Decimal(row[name]) for name in names] for row in found]
    assert shown == command == api == file
    assert len(shown) == 2


def test_each_step_says_its_sum_and_that_nothing_is_missing(visit: Visit) -> None:
    page = visit.open("/reconciliation")
    (total,) = said(visit, "totals")
    for step in ("charged", "spread", "claimed", "arrived"):
        assert exact(page.get_by_test_id(f"step-{step}")) == Decimal(total[step])
    expect(page.get_by_text("difference 0 \u2713")).to_have_count(3)
    expect(page.get_by_test_id("headline")).to_contain_text("Every cent is accounted for: 2 statements")


def test_a_rules_amount_leads_to_its_reason(visit: Visit) -> None:
    page = visit.open("/reconciliation?period=2026-09")
    claimed = page.get_by_role("link", name="Claimed of shared")
    whole = exact(claimed)
    claimed.click()
    assert exact(page.get_by_test_id("why-amount")) == whole > 0
    page.keyboard.press("Escape")
    rest = page.get_by_role("link", name="Unallocated of no rule")
    left = exact(rest)
    rest.click()
    expect(page.locator(".why h2")).to_contain_text("Unallocated")
    assert exact(page.get_by_test_id("why-amount")) == left > 0


def test_another_perspective_states_the_same_charges(visit: Visit) -> None:
    page = visit.open("/reconciliation")
    charged = exact(page.get_by_test_id("step-charged"))
    page.get_by_role("combobox", name="Perspective").click()
    page.get_by_role("option", name="team").click()
    page.wait_for_url("**perspective=team**")
    visit.settle()
    expect(page.get_by_role("rowheader", name="tagged")).to_be_visible()
    assert exact(page.get_by_test_id("step-charged")) == charged
