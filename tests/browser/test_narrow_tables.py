"""Tables in little room: nothing is cut off without a sign, and on a phone rows show all they have."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from browser.beside import LimitedSite, visited
from browser.visits import Visit, grave

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PHONE = 390
SEARCH = "/budgets/team_ai?entity=%7B%22team%22:%22search%22%7D"
LARGE = {"revenue": "57546123.77", "cost": "46987123.09", "gross_margin": "-51571123.64"}


@pytest.fixture
def ana(browser: Browser, limited_site: LimitedSite) -> Iterator[Visit]:
    """The owner, with a phone."""
    with visited(browser, limited_site, "ana@tern.example", "light", PHONE) as visit:
        yield visit


def row(page: Page, table: str, words: str) -> Locator:
    rows = page.get_by_role("table", name=table, exact=True).get_by_role("row")
    return rows.filter(has_text=words).last


def all_there(cells: Locator) -> None:
    """They are seen without scrolling sideways."""
    assert cells.count()
    for cell in cells.all():
        box = cell.bounding_box()
        assert box, "it is not shown"
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE


def wide(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("width", [1280, 1440])
def test_large_amounts_do_not_widen_the_page(visit: Visit, width: int) -> None:
    def enlarged(route: Route) -> None:
        answer = route.fetch()
        report: dict[str, Any] = answer.json()
        for one in report["by_customer"]:
            one.update(LARGE)
        route.fulfill(response=answer, body=json.dumps(report))

    visit.page.set_viewport_size({"width": width, "height": 900})
    visit.page.route("**/api/v1/overview*", enlarged)
    page = visit.open("/")
    table = page.get_by_role("table", name="Costliest customers")
    expect(table).to_contain_text("57,546,123.77")
    assert wide(page) <= 0
    expect(table.get_by_role("columnheader", name="Evidence")).to_be_hidden()
    expect(table.get_by_role("columnheader", name="Margin", exact=True)).to_be_visible()


def test_a_table_that_scrolls_sideways_says_so(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 320, "height": 900})
    page = visit.open("/customers")
    place = page.locator(".table-place").filter(has=page.get_by_role("table", name="Margin by customer"))
    sign = place.get_by_text("scroll sideways")
    expect(sign).to_be_visible()
    place.locator(".table-scroll").evaluate("one => { one.scrollLeft = one.scrollWidth; }")
    expect(sign).to_be_hidden()
    visit.page.set_viewport_size({"width": 1440, "height": 900})
    expect(sign).to_be_hidden()


def test_a_budget_is_seen_whole_on_a_phone(ana: Visit) -> None:
    page = ana.open("/budgets")
    found = row(page, "Budgets", "team search")
    cells = found.get_by_role("cell")
    all_there(cells)
    assert cells.evaluate_all("all => all.map(one => one.dataset.label)")[1:] == [
        "Used",
        "Spent, USD",
        "Held, USD",
        "Left, USD",
        "Limit, USD",
        "Resets",
        "State",
    ]
    page.get_by_role("columnheader", name="Spent").get_by_role("button").click()
    expect(page.get_by_role("table", name="Budgets").get_by_role("rowheader").first).to_contain_text("All AI")
    assert grave(page) == []


def test_people_and_what_was_done_are_seen_whole_on_a_phone(ana: Visit) -> None:
    page = ana.open("/access")
    for name in ("Change the role: fay", "New password: fay", "Disable: fay"):
        all_there(page.get_by_role("button", name=name))
    ana.open("/access/audit")
    all_there(row(page, "Audit log", "add person").get_by_role("cell"))


def test_amounts_above_their_estimate_add_up(ana: Visit) -> None:
    for path, body in (
        ("reserve", {"id": "above", "estimate": "0.0040", "team": "search"}),
        ("settle", {"id": "above", "cost": "0.01923445"}),
    ):
        answer = ana.page.request.post(f"{ana.site.address}/api/v1/budgets/{path}", data=body)
        assert answer.ok, answer.text()
    page = ana.open(SEARCH)
    cells = row(page, "Above their estimate", "above").get_by_role("cell")
    all_there(cells)
    held, cost, above = (Decimal(text) for text in cells.locator("data").all_inner_texts())
    assert (held, cost, above) == (Decimal("0.004"), Decimal("0.01923445"), cost - held)
