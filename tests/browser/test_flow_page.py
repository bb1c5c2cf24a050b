"""Where cost flows: the same on page, table, CSV and API, and every band is a door."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.visits import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def exact(place: Locator) -> Decimal:
    return Decimal(place.locator("data").first.get_attribute("value") or "")


def told(visit: Visit, asked: str = "") -> Any:
    return visit.page.request.get(f"{visit.site.address}/api/v1/flow?{asked}").json()


def shown(page: Page, table: str) -> set[Decimal]:
    """Every amount of a table but the last column, which sums its row."""
    rows = page.get_by_role("table", name=table).locator("tbody tr")
    cells = [rows.nth(at).locator("td:not(:last-child) data").all() for at in range(rows.count())]
    return {Decimal(cell.get_attribute("value") or "") for row in cells for cell in row}


@pytest.mark.parametrize("asked", ["", "metric=BilledCost&window=2026-08", "perspective=team&limit=4"])
def test_a_flow_is_the_same_everywhere(visit: Visit, asked: str) -> None:
    page = visit.open(f"/flow?{asked}")
    report = told(visit, asked)
    expect(page.get_by_test_id("headline")).to_have_text(report["headline"])
    to = report["to"]
    stages = {node["id"]: node["stage"] for node in report["nodes"]}
    for begins, name in (("provider", "From provider to service"), ("origin", f"From service to {to}")):
        bands = [band for band in report["bands"] if stages[band["source"]] == begins]
        assert shown(page, name) == {Decimal(band["amount"]) for band in bands}
    with page.expect_download() as loading:
        page.get_by_role("link", name=f"From service to {to} as CSV").click()
    file = list(csv.DictReader(io.StringIO(loading.value.path().read_text(encoding="utf-8"))))
    assert [(row["source"], row["target"], row["amount"]) for row in file] == [
        (band["source"], band["target"], band["amount"]) for band in report["bands"]
    ]


def test_nothing_is_lost_on_the_way(visit: Visit) -> None:
    page = visit.open("/flow")
    rows = page.get_by_role("table", name="Nothing is lost on the way").locator("tbody tr")
    expect(rows).to_have_count(len(told(visit)["columns"]))
    expect(rows.locator(".whole")).to_have_count(rows.count())
    assert {exact(rows.nth(at)) for at in range(rows.count())} == {Decimal(told(visit)["total"])}


def test_a_band_leads_to_the_reason_for_its_amount(visit: Visit) -> None:
    page = visit.open("/flow")
    band = page.get_by_role("link", name="search of search to Birch & Sons")
    whole = exact(band)
    band.click()
    assert exact(page.get_by_test_id("why-amount")) == whole > 0


def test_a_click_on_the_drawing_opens_the_reason(visit: Visit) -> None:
    page = visit.open("/flow")
    canvas = page.locator(".chart canvas").first
    canvas.click(position={"x": 30, "y": 60})  # the largest band of the only provider begins at the top
    page.locator(".why").wait_for()
    amounts = {Decimal(part["amount"]) for kind in ("bands", "nodes") for part in told(visit)[kind]}
    assert exact(page.get_by_test_id("why-amount")) in amounts


def test_who_it_ends_at_is_chosen_on_the_page(visit: Visit) -> None:
    page = visit.open("/flow")
    page.get_by_role("combobox", name="Ends at each").click()
    page.get_by_role("option", name="team").click()
    page.wait_for_url("**perspective=team**")
    visit.settle()
    expect(page.get_by_role("rowheader", name="platform")).to_be_visible()
