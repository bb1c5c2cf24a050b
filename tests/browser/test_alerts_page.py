"""Alerts, their rules and what was sent: the same everywhere, and everything that people do with them."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.visits import Site, Visit, downloaded, grave, visiting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LOOKS = [("light", 1440), ("dark", 1440), ("light", 390)]


@pytest.fixture(params=LOOKS, ids=lambda p: f"{p[0]}-{p[1]}")
def look(request: pytest.FixtureRequest, browser: Browser, watched_site: Site) -> Iterator[Visit]:
    scheme, width = request.param
    yield from visiting(browser, watched_site, scheme, width)


def told(visit: Visit, path: str) -> Any:
    """What the API says."""
    answer = visit.page.request.get(f"{visit.site.address}/api/v1{path}")
    assert answer.ok, answer.text()
    return answer.json()


def alert(visit: Visit, rule: str) -> str:
    """The page of the one alert of a rule."""
    (one,) = told(visit, f"/alerts?rule={rule}")["alerts"]
    return f"/alerts/{one['alert_id']}"


def answer(page: Page, reason: str) -> None:
    box = page.get_by_role("dialog")
    box.get_by_label("Reason").fill(reason)
    box.get_by_label("Your name").fill("ana")
    box.get_by_label("Your name").press("Enter")
    expect(box).to_have_count(0)


def test_alerts_are_the_same_everywhere(watching: Visit) -> None:
    page = watching.open("/alerts")
    found = told(watching, "/alerts")
    titles = [one["title"] for one in found["alerts"]]
    assert page.get_by_role("table", name="Alerts").locator("tbody th a").all_inner_texts() == titles
    assert [row["title"] for row in downloaded(page, "Alerts")] == titles
    said = watching.site.command("alerts", "list", "--format", "json")
    assert all(one["alert_id"] in said for one in found["alerts"])
    expect(page.get_by_test_id("headline")).to_have_text(found["headline"])
    expect(
        page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link", name="Alerts")
    ).to_contain_text(str(len(titles)))


def test_an_alert_leads_to_what_it_is_about(watching: Visit) -> None:
    page = watching.open(alert(watching, "anomaly"))
    expect(page.get_by_role("table", name="Who was told")).to_contain_text("pager")
    page.get_by_role("link", name="See it").click()
    page.wait_for_url("**/anomalies/*")
    expect(page.get_by_test_id("headline")).to_contain_text("more than expected")


def test_taking_an_alert_needs_a_name_and_is_kept(watching: Visit) -> None:
    page = watching.open(alert(watching, "anomaly"))
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_role("dialog").get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Acknowledge").click()
    answer(page, "Looking at the export")
    became = page.get_by_role("table", name="What became of it")
    expect(became.locator("tbody tr").first).to_contain_text("Looking at the export")
    expect(became.locator("tbody tr").first).to_contain_text("ana")
    watching.open("/alerts?state=acknowledged")
    expect(page.get_by_role("table", name="Alerts").locator("tbody tr")).to_have_count(1)


def test_an_alert_is_muted_for_a_reason_and_unmuted(watching: Visit) -> None:
    page = watching.open("/alerts?rule=margin")
    row = page.get_by_role("table", name="Alerts").locator("tbody tr")
    row.get_by_role("button", name="Mute").click()
    page.get_by_role("dialog").get_by_label("For").select_option("a week")
    answer(page, "A trial, agreed with sales")
    expect(row).to_contain_text("muted")
    muted = told(watching, alert(watching, "margin"))
    assert muted["reason"] == "A trial, agreed with sales"
    row.get_by_role("button", name="Unmute").click()
    answer(page, "")
    expect(row.get_by_text("muted")).to_have_count(0)


def test_rules_say_what_holds_and_what_was_changed(watching: Visit) -> None:
    page = watching.open("/alerts/rules")
    rules = page.get_by_role("table", name="Rules")
    expect(rules.locator("tbody tr").filter(has_text="unallocated")).to_contain_text("changed")
    expect(rules.locator("tbody tr").filter(has_text="stale_source")).to_contain_text("off")
    margin = rules.locator("tbody tr").filter(has_text="gross margin")
    expect(margin).to_contain_text("below 30 % (warning) or 10 % (critical)")
    assert [row["says"] for row in downloaded(page, "Rules")] == rules.locator(".rule-says").all_inner_texts()
    margin.get_by_role("link", name="1", exact=True).click()
    page.wait_for_url("**/alerts?rule=margin")
    expect(page.get_by_role("table", name="Alerts")).to_contain_text("Acme Corp")


def test_a_test_says_whether_it_arrived_and_what_failed_is_sent_again(watching: Visit) -> None:
    page = watching.open("/alerts/messages")
    page.get_by_role("button", name="Test ops").click()
    channels = page.get_by_role("table", name="Channels")
    expect(channels.locator("tr").filter(has_text="ops").get_by_role("status")).to_have_text("sent")
    page.get_by_role("button", name="Test pager").click()
    expect(channels.locator("tr").filter(has_text="pager").get_by_role("status")).to_contain_text("failed")

    failed = page.get_by_role("table", name="Messages").locator("tbody tr").filter(has_text="failed").first
    again = failed.get_by_role("button", name="Send again")
    with page.expect_response("**/retry") as answered:
        again.click()
    assert answered.value.json()["state"] in {"failed", "waiting"}


def test_a_message_shows_its_text_and_attempts(watching: Visit) -> None:
    page = watching.open("/alerts/messages?channel=ops")
    found = told(watching, "/alerts/messages?channel=ops")["messages"]
    rows = page.get_by_role("table", name="Messages").locator("tbody tr")
    expect(rows).to_have_count(len(found))
    assert len(downloaded(page, "Messages")) == len(found)
    rows.filter(has_text="Acme Corp").get_by_role("link").click()
    box = page.get_by_role("dialog", name="Message")
    expect(box.get_by_role("list", name="Attempts")).to_contain_text("sent")
    expect(box.locator(".message-text")).to_contain_text("gross margin")
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "message=" not in url)


def test_where_nobody_looked_the_page_says_how(visit: Visit) -> None:
    page = visit.open("/alerts")
    expect(page.get_by_role("heading", name="Nobody has looked yet")).to_be_visible()


def test_jobs_say_how_they_went(watching: Visit) -> None:
    page = watching.open("/data")
    jobs = page.get_by_role("table", name="Jobs")
    names = [one["job"] for one in told(watching, "/jobs")["jobs"]]
    assert [row["job"] for row in downloaded(page, "Jobs")] == names
    expect(jobs.locator("tbody tr")).to_have_count(len(names))
    expect(jobs.locator("tbody tr").filter(has_text="evaluate the rules")).to_contain_text("ok")


@pytest.mark.parametrize("path", ["/alerts", "/alerts/rules", "/alerts/messages", "one", "/data"])
def test_a_page_is_sound(look: Visit, path: str) -> None:
    page = look.open(alert(look, "margin") if path == "one" else path)
    assert look.complaints == []
    assert grave(page) == []
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond <= 0, "the page scrolls sideways"


def test_a_dialog_is_sound(look: Visit) -> None:
    page = look.open("/alerts?rule=margin")
    page.get_by_role("button", name="Mute").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert grave(page) == []
