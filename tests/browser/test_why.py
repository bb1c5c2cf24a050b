"""From the overview to the line items of a customer, by clicks and by keys alone."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from browser.visits import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
DEEPEST = 6


def amount(page: Page, where: str) -> Decimal:
    return Decimal(page.locator(f"{where} data").first.get_attribute("value") or "")


def at_line_items(page: Page) -> bool:
    page.locator(".why .why-sum").wait_for()
    page.wait_for_load_state("networkidle")
    return page.get_by_test_id("line-item").count() > 0


def assert_level_adds_up(page: Page) -> None:
    """The parts shown are the whole amount, to the last digit."""
    parts = page.locator(".why tbody tr td:last-child data")
    values = [Decimal(part.get_attribute("value") or "") for part in parts.all()]
    assert values
    assert sum(values) == amount(page, ".why-amount")
    expect(page.locator(".why .whole")).to_be_visible()


def test_clicks_lead_from_the_overview_to_line_items(visit: Visit) -> None:
    page = visit.open("/")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Customers").click()
    page.get_by_role("rowheader", name="Acme Corp").get_by_role("link").click()
    page.get_by_test_id("total-cost").get_by_role("link").click()
    for _ in range(DEEPEST):
        if at_line_items(page):
            break
        assert_level_adds_up(page)
        depth = page.url.count("~")
        page.locator(".why tbody th a").first.click()
        page.wait_for_function("depth => location.href.split('~').length - 1 > depth", arg=depth)
    assert at_line_items(page)
    assert_level_adds_up(page)
    expect(page.get_by_test_id("line-item").first).to_contain_text(".csv:")


def test_keys_alone_lead_to_line_items_and_back(visit: Visit) -> None:
    page = visit.open("/")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Go to")).to_be_focused()
    page.keyboard.type("acme")
    expect(page.get_by_role("option").first).to_contain_text("Acme Corp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/acme*")
    visit.settle()
    tab_to(page, "Cost: ")
    page.keyboard.press("Enter")
    opener = page.url
    for _ in range(DEEPEST):
        if at_line_items(page):
            break
        page.locator(".why h2:focus").wait_for()
        depth = page.url.count("~")
        tab_to(page, "", within=".why tbody")
        page.keyboard.press("Enter")
        page.wait_for_function("depth => location.href.split('~').length - 1 > depth", arg=depth)
    assert at_line_items(page)
    depth = page.url.count("~")
    page.keyboard.press("Backspace")
    page.wait_for_function("depth => location.href.split('~').length - 1 < depth", arg=depth)
    page.keyboard.press("Escape")
    expect(page.locator(".why")).to_have_count(0)
    assert opener.split("?")[0] == page.url.split("?")[0]
    assert (page.evaluate("document.activeElement.getAttribute('aria-label')") or "").startswith("Cost: ")


def tab_to(page: Page, label: str, within: str = "main") -> None:
    """Press Tab until something inside `within` whose label begins with `label` has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "([label, within]) => { const e = document.activeElement;"
            " return !!e.closest(within) && (e.getAttribute('aria-label') ?? '').startsWith(label); }",
            [label, within],
        )
        if found:
            return
    pytest.fail(f"Tab never reached '{label}' in {within}.")


def test_arrows_walk_a_table(visit: Visit) -> None:
    page = visit.open("/customers")
    first, second = page.locator("main tbody tr").nth(0), page.locator("main tbody tr").nth(1)
    first.locator("th a").focus()
    page.keyboard.press("ArrowDown")
    expect(second.locator("th a")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(second.locator("td a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(first.locator("td a").first).to_be_focused()


def test_the_walk_is_in_the_address(visit: Visit) -> None:
    page = visit.open("/?why=perspective:customer;target:acme")
    expect(page.locator(".why h2")).to_contain_text("Acme Corp")
    page.locator(".why tbody th a").first.click()
    page.wait_for_url("**~rule:**")
    deep = page.url
    page.go_back()
    page.wait_for_url("**why=perspective:customer;target:acme")
    page.goto(deep)
    expect(page.locator(".why .crumbs")).to_contain_text("Acme Corp")
