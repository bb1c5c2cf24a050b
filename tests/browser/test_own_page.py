"""A customer's own page: what is theirs, to the credit, and nothing of anybody else."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, Response, expect

from browser.beside import LimitedSite, log_in, told, visited
from browser.visits import Visit, grave

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
OF_OTHERS = ("birch", "cedar", "Birch", "Cedar", "613.7", "61.37", "payments")
MONEY = ("cost", "margin", "revenue")


@pytest.fixture(scope="module")
def tokens(browser: Browser, limited_site: LimitedSite) -> dict[str, str]:
    """A token for the page of each."""
    with visited(browser, limited_site, "ana@tern.example") as ana:
        found = {}
        for customer in ("acme", "birch", "dune"):
            path = f"{limited_site.address}/api/v1/access/embed-tokens"
            answer = ana.page.request.post(path, data={"customer": customer})
            assert answer.ok, answer.text()
            found[customer] = answer.json()["token"]
        return found


@contextmanager
def embedded(
    browser: Browser, site: LimitedSite, fragment: str, query: str = "", width: int = 320
) -> Iterator[Visit]:
    with visited(browser, site, None, "light", width) as visit:
        visit.page.goto(f"{site.address}/embed/customer{query}#{fragment}")
        visit.settle()
        yield visit


def headline(page: Page | Frame) -> str:
    return page.get_by_test_id("headline").inner_text()


def test_who_belongs_to_a_customer_lands_on_its_page(browser: Browser, limited_site: LimitedSite) -> None:
    with visited(browser, limited_site, "acme-ops") as visit:
        page = visit.open("/customers")
        page.wait_for_url("**/my")
        usage = told(visit, "/customers/acme/usage")
        assert headline(page).startswith("920 of 1,000 credits used, 92.0%;")
        assert (Decimal(usage["used"]), Decimal(usage["included"])) == (920, 1000)
        expect(page.get_by_role("meter")).to_have_attribute("aria-valuenow", "92")
        expect(page.get_by_role("navigation")).to_have_count(0)
        expect(page.get_by_role("link", name="Buy credits")).to_have_attribute(
            "href", "https://shop.tern.example/acme"
        )
        page.get_by_test_id("me").click()
        expect(page.get_by_role("dialog")).to_contain_text("Customer: acme")


def test_on_a_phone_the_page_says_whose_it_is(browser: Browser, limited_site: LimitedSite) -> None:
    with visited(browser, limited_site, "acme-ops", "light", 390) as visit:
        expect(visit.open("/my").get_by_role("banner").get_by_text("Acme Corp", exact=True)).to_be_visible()


def test_of_a_customer_that_nobody_knows_nothing_is_known_yet(
    browser: Browser, limited_site: LimitedSite
) -> None:
    with visited(browser, limited_site, "acme-ops") as visit:
        unknown = {"status": 404, "json": {"title": "Not found", "status": 404, "detail": "There is none."}}
        visit.page.route("**/api/v1/customers/acme/usage", lambda route: route.fulfill(**unknown))
        page = visit.open("/my")
        expect(page.get_by_role("heading", name="Nothing is known of acme yet")).to_be_visible()
        expect(page.get_by_role("button", name="Try again")).to_have_count(0)


def test_chart_table_and_file_agree(browser: Browser, limited_site: LimitedSite) -> None:
    with visited(browser, limited_site, "acme-ops") as visit:
        page = visit.open("/my?daily=table")
        usage = told(visit, "/customers/acme/usage")
        days = page.get_by_role("table", name="Days").locator("data")
        shown = [Decimal(value) for value in days.evaluate_all("all => all.map(one => one.value)")]
        assert shown == [Decimal(day["credits"]) for day in usage["by_day"]]
        assert sum(shown) == 920
        with page.expect_download() as loading:
            page.get_by_role("button", name="By feature as CSV").click()
        rows = list(csv.DictReader(io.StringIO(loading.value.path().read_text(encoding="utf-8"))))
        assert {row["Feature"]: Decimal(row["Credits"]) for row in rows} == {"chat": 620, "summaries": 300}
        assert [row["Feature"] for row in rows] == [one["feature"] for one in usage["by_feature"]]


def test_nothing_of_another_customer_and_no_cost_comes_along(
    browser: Browser, limited_site: LimitedSite
) -> None:
    with visited(browser, limited_site, None) as visit:
        log_in(visit, "acme-ops")
        said: list[str] = []

        def heard(answer: Response) -> None:
            if "/api/" in answer.url:
                said.append(answer.text())

        visit.page.on("response", heard)
        for path in ("/my", "/customers/birch", "/credits/birch", "/budgets", "/access", "/alerts"):
            visit.open(path)
            visit.page.wait_for_url("**/my")
            said.append(visit.page.content())
        assert len(said) > 12
        everything = "\n".join(said)
        assert [word for word in OF_OTHERS if word in everything] == []
        assert [word for word in MONEY if f'"{word}' in everything] == []
        assert visit.complaints == [], "it asked for what is not theirs"


def test_the_page_stands_in_a_site_that_may_show_it(
    browser: Browser, limited_site: LimitedSite, tokens: dict[str, str]
) -> None:
    beside = limited_site.beside
    beside.framed = f"{limited_site.address}/embed/customer?theme=dark#token={tokens['acme']}"
    with visited(browser, limited_site, None) as visit:
        visit.page.goto(beside.address)
        frame = frame_of(visit.page)
        expect(frame.get_by_test_id("headline")).to_contain_text("920 of 1,000 credits")
        assert tokens["acme"] not in frame.url
        assert tokens["acme"] not in frame.evaluate("location.href + document.referrer")
        assert frame.evaluate(
            "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
        ) == ('[{},{},""]')
        assert frame.locator("html").get_attribute("data-mantine-color-scheme") == "dark"
        assert frame.evaluate("document.documentElement.scrollWidth") <= 320
        expect(frame.get_by_role("navigation")).to_have_count(0)
        assert visit.complaints == []


def test_no_other_site_can_show_it(
    browser: Browser, limited_site: LimitedSite, tokens: dict[str, str]
) -> None:
    with visited(browser, limited_site, None) as visit:
        page = visit.page
        shown = f"{limited_site.address}/embed/customer#token={tokens['acme']}"
        page.route("http://127.0.0.1:9/", lambda route: route.fulfill(body=framing(shown)))
        with page.expect_event("requestfailed", lambda asked: "/embed/customer" in asked.url):
            page.goto("http://127.0.0.1:9/")
        assert "credits" not in "".join(frame.content() for frame in page.frames)


def framing(address: str) -> str:
    return f"<!doctype html><html lang='en'><title>Other</title><iframe src='{address}'></iframe>"


def frame_of(page: Page) -> Frame:
    found = page.locator("iframe").element_handle().content_frame()
    assert found is not None
    return found


@pytest.mark.parametrize("fragment", ["", "token=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhY21lIn0.", "forged"])
def test_what_is_no_good_token_says_how_to_go_on(
    browser: Browser, limited_site: LimitedSite, tokens: dict[str, str], fragment: str
) -> None:
    given = f"token={tokens['acme'][:-4]}AAAA" if fragment == "forged" else fragment
    with embedded(browser, limited_site, given) as visit:
        expect(visit.page.get_by_role("alert")).to_contain_text("ask for a new link")
        assert grave(visit.page) == []


def test_a_new_token_takes_the_place_of_one_that_ended(
    browser: Browser, limited_site: LimitedSite, tokens: dict[str, str]
) -> None:
    with embedded(browser, limited_site, "token=ended-long-ago-and-no-good") as visit:
        expect(visit.page.get_by_role("alert")).to_be_visible()
        visit.page.evaluate("token => { location.hash = `token=${token}`; }", tokens["acme"])
        expect(visit.page.get_by_test_id("headline")).to_contain_text("920 of 1,000 credits")
        assert "token" not in visit.page.url


def test_beyond_the_plan_words_say_what_holds(
    browser: Browser, limited_site: LimitedSite, tokens: dict[str, str]
) -> None:
    with embedded(browser, limited_site, f"token={tokens['birch']}") as visit:
        assert headline(visit.page).startswith("613.7 of 500 credits used, 122.7%")
        expect(visit.page.get_by_text("calls are slower now: at most 5 calls a minute")).to_be_visible()


def test_without_a_plan_there_is_nothing_to_use_up(
    browser: Browser, limited_site: LimitedSite, tokens: dict[str, str]
) -> None:
    with embedded(browser, limited_site, f"token={tokens['dune']}") as visit:
        expect(visit.page.get_by_role("heading", name="You have no plan yet")).to_be_visible()


@pytest.mark.parametrize("query", ["?theme=light", "?theme=dark"])
@pytest.mark.parametrize("customer", ["acme", "birch"])
def test_a_page_is_sound(
    browser: Browser, limited_site: LimitedSite, tokens: dict[str, str], customer: str, query: str
) -> None:
    with embedded(browser, limited_site, f"token={tokens[customer]}", query) as visit:
        page: Any = visit.page
        assert page.locator("html").get_attribute("data-mantine-color-scheme") == query.partition("=")[2]
        assert grave(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement !== document.body")
        assert visit.complaints == []
