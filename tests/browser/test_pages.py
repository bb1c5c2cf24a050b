"""Every page, in every look: no complaint, no request away, nothing axe finds serious, nothing cut off."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browser.visits import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PAGES = {
    "overview": "/",
    "overview as a table": "/?daily=table",
    "customers": "/customers",
    "customer": "/customers/acme",
    "services": "/services",
    "service": "/services/shared-db",
    "teams": "/teams",
    "explorer": "/explorer?group=service&compare=previous_period&filter=team:search",
    "explorer over time": "/explorer?group=team&grain=day",
    "flow": "/flow",
    "flow to teams": "/flow?perspective=team&limit=4",
    "why a band": "/flow?why=perspective:customer;target:acme;service:search",
    "explanation": "/explain/customer/acme?open=0,0.0,1",
    "reconciliation": "/reconciliation",
    "reconciliation of a bill": "/reconciliation?perspective=team&source=aws&period=2026-09",
    "runs": "/runs",
    "plan": "/runs/plan",
    "bridge": "/bridge",
    "rows behind a step": "/bridge?step=net_discounts&without=support&line=Usage&of=Amazon+RDS",
    "data health": "/data",
    "source": "/data/sources/aws",
    "why": "/customers/acme?why=perspective:customer;target:acme",
    "why a margin": "/customers?why=about:gross_margin;customer:acme",
    "no such page": "/nowhere",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound(any_look: Visit, name: str) -> None:
    page = any_look.open(PAGES[name])
    assert any_look.complaints == []
    assert any_look.left_the_machine() == []
    found = Axe().run(page).response["violations"]
    grave = [
        f"{one['id']}: {one['nodes'][0]['target']}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert grave == []
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond <= 0, "the page scrolls sideways"
    assert page.locator("h1").count() == 1


def test_the_policy_lets_no_script_in(visit: Visit) -> None:
    policy = visit.page.request.get(f"{visit.site.address}/").headers["content-security-policy"]
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"


def test_the_scheme_follows_the_system_until_someone_chooses(visit: Visit) -> None:
    page = visit.open("/")
    scheme = "document.documentElement.dataset.mantineColorScheme"
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"() => {scheme} === 'dark'")
    page.get_by_role("button", name="Colours: System").click()
    page.wait_for_function(f"() => {scheme} === 'light'")
    page.reload()
    visit.settle()
    assert page.evaluate(scheme) == "light"


def test_window_and_order_stay_in_the_address(visit: Visit) -> None:
    page = visit.open("/customers")
    page.get_by_test_id("window").click()
    page.get_by_role("button", name="August 2026").click()
    expect(page.locator(".meta").first).to_contain_text("1 \u2013 31 Aug 2026")
    page.get_by_role("columnheader", name="Revenue").get_by_role("button").click()
    names = page.locator("main tbody th").all_inner_texts()
    assert names == ["Cedar Labs", "Birch & Sons", "Acme Corp"]
    page.reload()
    visit.settle()
    assert "window=2026-08" in page.url
    assert page.locator("main tbody th").all_inner_texts() == names


def test_a_window_that_is_none_is_explained_with_a_way_back(any_look: Visit) -> None:
    page = any_look.open("/customers?window=nonsense")
    expect(page.get_by_role("alert")).to_contain_text("'nonsense' is not a window.")
    page.get_by_role("button", name="Show the last 30 days").click()
    expect(page.get_by_role("rowheader", name="Acme Corp")).to_be_visible()


def test_an_unknown_customer_is_said_to_be_unknown(visit: Visit) -> None:
    page = visit.open("/customers/nobody")
    expect(page.get_by_role("alert")).to_contain_text("nobody")
    assert all("404" in complaint for complaint in visit.complaints)
    visit.complaints.clear()


def test_control_k_goes_anywhere(visit: Visit) -> None:
    page = visit.open("/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Go to")).to_be_focused()
    page.keyboard.type("health")
    expect(page.get_by_role("option").first).to_contain_text("Data health")
    page.keyboard.press("Enter")
    page.wait_for_url("**/data")
    expect(page.get_by_role("table", name="Reconciliation")).to_be_visible()
