"""The tree under a customer's cost: every level adds up, opens on its own, and stays in the address."""

from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.visits import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
DEEPEST = 6


def exact(place: Locator) -> Decimal:
    return Decimal(place.locator("data").first.get_attribute("value") or "")


def innermost(page: Page) -> Locator:
    """The level that was opened last."""
    return page.locator(".branches").last


def parts(level: Locator) -> list[Decimal]:
    rows = level.locator("> ul > li > .tree-row .tree-amount")
    return [exact(rows.nth(at)) for at in range(rows.count())]


def test_each_level_adds_up_to_the_amount_above_it(visit: Visit) -> None:
    page = visit.open("/customers/acme")
    whole = exact(page.get_by_test_id("total-cost"))
    page.get_by_role("link", name="Why, as a tree").click()
    page.wait_for_url("**/explain/customer/acme*")
    visit.settle()
    assert exact(page.get_by_test_id("tree-amount")) == whole
    for depth in range(1, DEEPEST):
        level = innermost(page)
        assert sum(parts(level)) == whole
        expect(level.locator("> .tree-sum .whole")).to_be_visible()
        first = level.locator("> ul > li").first
        toggle = first.locator("> .tree-row button[aria-expanded]")
        if toggle.count() == 0:
            break
        whole = parts(level)[0]
        toggle.click()
        expect(page.locator(".branches")).to_have_count(depth + 1)
        visit.settle()
    assert depth > 2
    expect(innermost(page)).to_contain_text(".csv:")


def test_open_branches_are_in_the_address(visit: Visit) -> None:
    page = visit.open("/explain/customer/acme?open=0,0.0")
    expect(page.locator(".branches")).to_have_count(3)
    page.reload()
    visit.settle()
    expect(page.locator(".branches")).to_have_count(3)
    page.get_by_role("button", name="Close all").click()
    expect(page.locator(".branches")).to_have_count(1)
    assert "open=" not in page.url


def test_keys_alone_open_and_close_branches(visit: Visit) -> None:
    page = visit.open("/explain/customer/acme")
    toggles = page.locator(".tree button[aria-expanded]")
    toggles.first.focus()
    page.keyboard.press("ArrowDown")
    expect(toggles.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(toggles.first).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowLeft")
    expect(toggles.first).to_have_attribute("aria-expanded", "false")


def test_it_prints_without_the_frame(visit: Visit) -> None:
    page = visit.open("/explain/customer/acme?open=0")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.locator(".branches").nth(1)).to_be_visible()


def test_a_team_is_explained_by_its_perspective(visit: Visit) -> None:
    page = visit.open("/explain/team/search")
    report = page.request.get(f"{visit.site.address}/api/v1/explain?perspective=team&target=search").json()
    assert exact(page.get_by_test_id("tree-amount")) == Decimal(report["node"]["amount"]) > 0
