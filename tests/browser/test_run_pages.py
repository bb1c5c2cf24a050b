"""What each run was made from, and whose cost it moved: the page says what API and command line say."""

import json
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from browser import company
from browser.visits import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def exact(place: Locator) -> Decimal:
    return Decimal(place.locator("data").first.get_attribute("value") or "")


def runs(visit: Visit) -> list[str]:
    return [run["run_id"] for run in json.loads(visit.site.command("runs", "--format", "json"))]


def moves(page: Page) -> dict[str, tuple[Decimal, ...]]:
    rows = page.get_by_role("table", name="Whose cost moves").locator("tbody tr")
    found = {}
    for at in range(rows.count()):
        name = rows.nth(at).locator("th").inner_text().removesuffix(" new").removesuffix(" gone")
        cells = rows.nth(at).locator("td data").all()
        found[name] = tuple(Decimal(cell.get_attribute("value") or "") for cell in cells)
    return found


def test_the_run_that_stands_says_whose_cost_it_moved(visit: Visit) -> None:
    page = visit.open("/runs")
    rows = page.get_by_role("table", name="Runs").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("stands")
    expect(rows.first).to_contain_text("changed")  # the rules were
    rows.first.locator("th a").click()
    page.wait_for_url("**/runs/2*")
    visit.settle()
    newest, before = runs(visit)
    address = f"{visit.site.address}/api/v1/runs/{before}/diff?with={newest}"
    report = page.request.get(address).json()
    expect(page.get_by_test_id("difference")).to_have_text(report["headline"])
    expected = {
        row["target"].strip("()"): tuple(Decimal(row[name]) for name in ("before", "after", "change"))
        for row in report["targets"]
        if row["perspective"] == "customer"
    }
    assert moves(page) == expected
    assert sum(change for *_, change in expected.values()) == 0
    assert expected["unallocated"][2] < 0 < expected["birch"][2]
    expect(page.get_by_role("rowheader", name="shared")).to_be_visible()


def test_an_amount_of_the_standing_run_is_a_door(visit: Visit) -> None:
    page = visit.open(f"/runs/{runs(visit)[0]}")
    after = page.get_by_role("link", name="After of birch")
    whole = exact(after)
    after.click()
    assert exact(page.get_by_test_id("why-amount")) == whole


def test_the_first_run_has_none_to_compare_with(visit: Visit) -> None:
    page = visit.open(f"/runs/{runs(visit)[1]}")
    expect(page.get_by_text("nothing to compare with")).to_be_visible()
    page.get_by_text("Rules as they stood").click()
    expect(page.get_by_label("apportion.yaml of this run")).to_contain_text("company: Tern Freight")


def test_an_unknown_run_is_said_to_be_unknown(visit: Visit) -> None:
    page = visit.open("/runs/nothing")
    expect(page.get_by_role("alert")).to_contain_text("nothing")
    assert all("404" in complaint for complaint in visit.complaints)
    visit.complaints.clear()


def test_a_plan_says_whose_cost_the_next_run_would_move(visit: Visit) -> None:
    company.write_rules(visit.site.workspace, shared=False)
    try:
        page = visit.open("/runs/plan")
        expect(page.get_by_text("apportion allocate", exact=True)).to_be_visible(timeout=60_000)
        report = page.request.get(f"{visit.site.address}/api/v1/plan").json()
    finally:
        company.write_rules(visit.site.workspace)
    expect(page.get_by_test_id("headline")).to_have_text(report["headline"])
    assert report["moved"]
    assert moves(page) == {
        row["target"].strip("()"): tuple(Decimal(row[name]) for name in ("before", "after", "change"))
        for row in report["targets"]
        if row["perspective"] == "customer"
    }
    expect(page.get_by_role("rowheader", name="shared")).to_contain_text("customer")


def test_a_plan_without_a_change_says_so(visit: Visit) -> None:
    page = visit.open("/runs/plan")
    expect(page.get_by_test_id("headline")).to_contain_text("Nothing", timeout=60_000)
    expect(page.get_by_role("button", name="customer nothing moves")).to_be_visible()
