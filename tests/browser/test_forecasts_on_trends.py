"""Days to come on a trend are what the API and the command line say."""

import json
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from browser.visits import Visit, exact

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_trend_says_what_the_month_will_come_to(visit: Visit) -> None:
    page = visit.open("/teams?trend=table")
    report = page.request.get(f"{visit.site.address}/api/v1/costs/forecast").json()
    days = page.locator("table", has=page.get_by_text("Day to come")).locator("tbody tr")
    shown = [exact(days.nth(at)) for at in range(days.count())]
    assert shown == [Decimal(day["expected"]) for day in report["days"]][: len(shown)]
    assert len(shown) > 6
    said = json.loads(visit.site.command("forecast", "--format", "json"))
    assert said[-1]["forecast"] == report["totals"][0]["forecast"]
    visit.open("/teams")
    expect(page.locator(".forecast-note")).to_contain_text(report["headline"])


def test_a_window_that_is_over_has_no_forecast(visit: Visit) -> None:
    page = visit.open("/teams?window=2026-08")
    expect(page.locator("figure canvas").first).to_be_visible()
    expect(page.locator(".forecast-note")).to_have_count(0)
