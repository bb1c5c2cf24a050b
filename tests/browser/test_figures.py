"""The same number on the card, in the table, in the CSV, from the API and from the command line."""

import csv
import io
import json
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, expect

from browser.visits import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def exact(place: Locator) -> Decimal:
    return Decimal(place.locator("data").first.get_attribute("value") or "")


@pytest.mark.parametrize("metric", ["EffectiveCost", "BilledCost"])
@pytest.mark.parametrize("window", ["30d", "2026-08"])
def test_a_customers_cost_is_one_number(visit: Visit, metric: str, window: str) -> None:
    asked = f"window={window}&metric={metric}"
    page = visit.open(f"/customers/acme?{asked}")
    card = exact(page.get_by_test_id("total-cost"))

    visit.open(f"/customers?{asked}")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Acme Corp"))
    table = exact(row.get_by_role("link", name="Cost of Acme Corp"))

    with page.expect_download() as loading:
        page.get_by_role("link", name="Margin by customer as CSV").click()
    rows = list(csv.DictReader(io.StringIO(loading.value.path().read_text(encoding="utf-8"))))
    file = next(Decimal(found["cost"]) for found in rows if found["customer_id"] == "acme")

    answer = page.request.get(f"{visit.site.address}/api/v1/costs/customers/acme?{asked}").json()
    api = Decimal(answer["customer"]["cost"])

    said = json.loads(
        visit.site.command("report", "customers", "--format", "json", "--window", window, "--metric", metric)
    )
    command = next(Decimal(found["cost"]) for found in said if found["customer_id"] == "acme")

    assert card == table == file == api == command
    assert card > 0


def test_what_is_shown_is_the_number_rounded(visit: Visit) -> None:
    page = visit.open("/customers/acme")
    card = page.get_by_test_id("total-cost")
    value = exact(card)
    assert card.inner_text() == f"${value:,.2f}"


def test_a_loss_has_a_sign_and_not_only_a_colour(visit: Visit) -> None:
    page = visit.open("/customers")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Acme Corp"))
    margin = row.get_by_role("link", name="Gross margin of Acme Corp")
    assert exact(margin) < 0
    assert margin.inner_text().startswith("\u2212")
    assert margin.evaluate("e => getComputedStyle(e).color") != row.evaluate("e => getComputedStyle(e).color")


def test_the_overview_and_its_findings_agree_with_the_api(visit: Visit) -> None:
    page = visit.open("/")
    report = page.request.get(f"{visit.site.address}/api/v1/overview").json()
    assert exact(page.get_by_test_id("total-cost")) == Decimal(report["cost"])
    expect(page.get_by_test_id("headline")).to_have_text(report["headline"])
    for finding in report["findings"]:
        expect(page.get_by_text(finding["title"], exact=True)).to_be_visible()


def test_the_explorers_rows_are_the_apis(visit: Visit) -> None:
    page = visit.open("/explorer?group=team&filter=environment:production")
    asked = 'group_by=team&filter={"and":[{"environment":["production"]}]}'
    report = page.request.get(f"{visit.site.address}/api/v1/costs/query?{asked}").json()
    rows = page.locator("main table tbody tr")
    shown = {rows.nth(at).locator("th").inner_text(): exact(rows.nth(at)) for at in range(rows.count())}
    assert shown == {row["keys"]["team"]: Decimal(row["amount"]) for row in report["rows"]}
    assert exact(page.get_by_test_id("total-cost")) == Decimal(report["total"])


def test_every_statement_balances_on_the_data_page(visit: Visit) -> None:
    page = visit.open("/data")
    said = json.loads(visit.site.command("reconcile", "--format", "json"))
    assert {Decimal(row["difference"]) for row in said} == {Decimal(0)}
    statements = page.get_by_role("table", name="Reconciliation").locator("tbody tr")
    expect(statements).to_have_count(len(said))
    expect(statements.locator(".whole")).to_have_count(len(said))


def test_evidence_stands_beside_every_margin(visit: Visit) -> None:
    for path, api in (
        ("/", "/overview"),
        ("/customers", "/costs/customers"),
        ("/customers/birch", "/costs/customers/birch"),
    ):
        page = visit.open(path)
        report = page.request.get(f"{visit.site.address}/api/v1{api}").json()
        known = report.get("totals") or report.get("customer") or report
        parts = [Decimal(known[kind]) for kind in ("direct", "measured", "assumed")]
        note = page.locator(".figures .evidence-note")
        expect(note).to_have_count(1)
        label = note.get_by_role("img").get_attribute("aria-label") or ""
        assert all(f"${part:,.2f}" in label for part in parts)


def test_the_evidence_of_a_margin_is_a_door(visit: Visit) -> None:
    page = visit.open("/customers?why=about:gross_margin;customer:acme")
    measured = page.locator(".why").get_by_role("link", name="measured: split by use")
    whole = exact(measured)
    measured.click()
    expect(page.locator(".why h2")).to_contain_text("measured")
    assert exact(page.get_by_test_id("why-amount")) == whole > 0
