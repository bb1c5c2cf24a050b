"""Anomalies: the same on page, CSV, API and command line; every amount leads on; what people say of one is kept."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.visits import Site, Visit, downloaded, exact, grave, visiting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LOOKS = [("light", 1440), ("dark", 1440), ("light", 390)]


@pytest.fixture(params=LOOKS, ids=lambda p: f"{p[0]}-{p[1]}")
def look(request: pytest.FixtureRequest, browser: Browser, watched_site: Site) -> Iterator[Visit]:
    scheme, width = request.param
    yield from visiting(browser, watched_site, scheme, width)


def told(visit: Visit, path: str = "") -> Any:
    """What the API says."""
    answer = visit.page.request.get(f"{visit.site.address}/api/v1/costs/anomalies{path}")
    assert answer.ok, answer.text()
    return answer.json()


def the_one(visit: Visit) -> str:
    """The page of the only anomaly there is."""
    (row,) = told(visit)["anomalies"]
    return f"/anomalies/{row['incident_id']}"


def test_an_anomaly_is_the_same_everywhere(watching: Visit) -> None:
    page = watching.open("/anomalies")
    row = page.get_by_role("table", name="Anomalies").locator("tbody tr")
    shown = [Decimal(cell.get_attribute("value") or "") for cell in row.locator("data").all()]
    names = ("current", "expected", "excess")
    (api,) = told(watching)["anomalies"]
    (file,) = downloaded(page, "Anomalies")
    command = json.loads(watching.site.command("anomalies", "list", "--format", "json"))
    (said,) = command["anomalies"] if isinstance(command, dict) else command
    assert shown == [Decimal(api[name]) for name in names] == [Decimal(file[name]) for name in names]
    assert Decimal(said["excess"]) == shown[-1] > 1700
    expect(page.get_by_test_id("headline")).to_have_text(told(watching)["sentence"])
    expect(row).to_contain_text("critical")
    expect(row).to_contain_text("28 Sep 2026")


def test_its_worst_day_is_explained_to_the_last_digit(watching: Visit) -> None:
    page = watching.open(the_one(watching))
    current = exact(page.get_by_test_id("current"))
    page.get_by_test_id("current").get_by_role("link").click()
    assert exact(page.get_by_test_id("why-amount")) == current > 600
    expect(page.locator(".why .whole")).to_be_visible()
    page.keyboard.press("Escape")
    assert watching.complaints == []


def test_every_level_and_driver_is_explained_by_the_same_charges(watching: Visit) -> None:
    page = watching.open(the_one(watching))
    for name in ("Where it is seen", "What made it"):
        links = page.get_by_role("table", name=name).locator("td a.door")
        assert links.count() > 1
        for at in range(0, links.count(), 3):
            amount = exact(links.nth(at).locator(".."))
            links.nth(at).click()
            assert exact(page.get_by_test_id("why-amount")) == amount
            page.keyboard.press("Escape")


def test_a_level_leads_to_the_explorer_that_shows_the_same_day(watching: Visit) -> None:
    page = watching.open(the_one(watching))
    one = told(watching, the_one(watching).removeprefix("/anomalies"))
    level, where = one["levels"][0], page.get_by_role("table", name="Where it is seen")
    where.locator("tbody th a").first.click()
    page.wait_for_url("**/explorer?**")
    watching.settle()
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["grain"] == ["day"]
    assert all(f"{field}:{value}" in asked["filter"][0] for field, value in level["fields"].items())
    amounts = [Decimal(cell.get_attribute("value") or "") for cell in page.locator("main td data").all()]
    assert Decimal(level["current"]) in amounts


def test_the_chart_is_a_table_and_a_file_too(watching: Visit) -> None:
    page = watching.open(f"{the_one(watching)}?steps=table")
    table = page.get_by_role("table", name="Days")
    chart = told(watching, the_one(watching).removeprefix("/anomalies"))["chart"]
    shown = [exact(row) for row in table.locator("tbody tr").all()]
    file = [Decimal(row["amount"]) for row in downloaded(page, "Days")]
    assert shown == file == [Decimal(step["amount"]) for step in chart]
    expect(table.get_by_text("anomalous")).to_have_count(3)


def test_who_bears_it_has_a_page_that_says_so(watching: Visit) -> None:
    page = watching.open(the_one(watching))
    page.get_by_role("table", name="Who bears it").get_by_role("link", name="acme").click()
    page.wait_for_url("**/customers/acme*")
    watching.settle()
    expect(page.get_by_test_id("going-on")).to_contain_text("1,800")


@pytest.mark.parametrize("path", ["/", "/services/export"])
def test_what_goes_on_is_said_where_it_concerns(watching: Visit, path: str) -> None:
    page = watching.open(path)
    expect(
        page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link", name="Anomalies")
    ).to_contain_text("1")
    page.get_by_test_id("going-on").get_by_role("link").first.click()
    page.wait_for_url("**/anomalies/*")
    expect(page.get_by_test_id("excess")).to_be_visible()


def test_a_service_that_costs_what_it_always_did_says_nothing(watching: Visit) -> None:
    page = watching.open("/services/search")
    expect(page.get_by_test_id("going-on")).to_have_count(0)


def test_what_is_asked_for_stays_in_the_address(watching: Visit) -> None:
    page = watching.open("/anomalies")
    page.get_by_role("button", name="Launch").click()
    page.wait_for_url("**kind=launch**")
    expect(page.get_by_role("heading", name="No anomaly is like this")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("table", name="Anomalies")).to_be_visible()
    watching.open("/anomalies?of=service:export&severity=critical&state=going_on")
    expect(page.get_by_role("table", name="Anomalies").locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Any service").click()
    page.wait_for_url("**/anomalies?severity=critical&state=going_on")


def says(page: Page, what: str, reason: str) -> None:
    page.get_by_role("button", name=what, exact=True).click()
    box = page.get_by_role("dialog")
    box.get_by_label("Reason").fill(reason)
    box.get_by_label("Your name").fill("ana")
    box.get_by_label("Your name").press("Enter")
    expect(box).to_have_count(0)


def test_expected_needs_a_reason_and_is_taken_back(watching: Visit) -> None:
    page = watching.open(the_one(watching))
    page.get_by_role("button", name="Expected \u2026").click()
    box = page.get_by_role("dialog", name="It is expected")
    expect(box).to_contain_text("mutes its like")
    box.get_by_role("button", name="It is expected").click()
    assert told(watching, the_one(watching).removeprefix("/anomalies"))["state"] == "open"
    page.keyboard.press("Escape")

    says(page, "Expected \u2026", "A load test")
    expect(page.locator(".said li").first).to_contain_text("A load test")
    expect(page.locator(".said li").first).to_contain_text("ana")
    watching.open("/")
    expect(page.get_by_test_id("going-on")).to_have_count(0)

    watching.open(the_one(watching))
    says(page, "Reopen", "It was none")
    expect(page.locator(".tags")).to_contain_text("open")
    assert [word["state"] for word in told(watching, the_one(watching).removeprefix("/anomalies"))["said"]][
        -2:
    ] == ["expected", "open"]


def test_an_anomaly_that_nobody_knows(watching: Visit) -> None:
    page = watching.open("/anomalies/ffffffffffff")
    expect(page.get_by_role("alert")).to_contain_text("There is no anomaly 'ffffffffffff'.")


def test_before_anybody_looked_the_page_says_how(visit: Visit) -> None:
    page = visit.open("/anomalies")
    expect(page.get_by_role("heading", name="Nobody has looked yet")).to_be_visible()
    expect(page.locator(".command")).to_contain_text("apportion anomalies look")


@pytest.mark.parametrize("name", ["list", "one", "table"])
def test_a_page_is_sound(look: Visit, name: str) -> None:
    one = the_one(look)
    paths = {"list": "/anomalies", "one": f"{one}?scale=usual", "table": f"{one}?steps=table"}
    page = look.open(paths[name])
    assert look.complaints == []
    assert grave(page) == []
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond <= 0, "the page scrolls sideways"
