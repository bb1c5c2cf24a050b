"""From the console's number to the invoice, and where bills come from: the same on page, API and command line."""

import csv
import io
import json
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.visits import Visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ASKED = "source=aws&period=2026-09"


def exact(place: Locator) -> Decimal:
    return Decimal(place.locator("data").first.get_attribute("value") or "")


def steps(page: Page) -> list[Decimal]:
    rows = page.get_by_role("table", name="Steps").locator("tbody tr")
    return [exact(rows.nth(at)) for at in range(rows.count())]


@pytest.mark.parametrize("without", ["", "support"])
def test_a_bridge_is_the_same_everywhere(visit: Visit, without: str) -> None:
    page = visit.open(f"/bridge?{ASKED}{'&without=' + without if without else ''}")
    report = page.request.get(f"{visit.site.address}/api/v1/bridge?{ASKED}&without={without}").json()
    said = json.loads(
        visit.site.command(
            "bridge", "--source", "aws", "--period", "2026-09", "--without", without, "--format", "json"
        )
    )
    with page.expect_download() as loading:
        page.get_by_role("link", name="Steps as CSV").click()
    file = list(csv.DictReader(io.StringIO(loading.value.path().read_text(encoding="utf-8"))))
    api = [Decimal(step["amount"]) for step in report["steps"]]
    assert steps(page) == api
    assert api == [Decimal(step["amount"]) for step in said] == [Decimal(step["amount"]) for step in file]
    (bill,) = report["bridges"]
    for name, key in {"console": "console", "billed": "BilledCost", "effective": "EffectiveCost"}.items():
        assert exact(page.get_by_test_id(name)) == Decimal(bill[key])
    expect(page.get_by_test_id("headline")).to_have_text(report["headline"])
    assert bill["console"] != bill["BilledCost"] != bill["EffectiveCost"]


def test_the_rows_behind_a_step_add_up_to_it(visit: Visit) -> None:
    page = visit.open(f"/bridge?{ASKED}")
    page.get_by_role("link", name="Rows behind Net discounts").click()
    heading = page.get_by_role("heading", name="Rows behind: Net discounts")
    expect(heading).to_be_in_viewport()
    rows = page.get_by_role("table", name="Rows behind: Net discounts").locator("tbody tr")
    parts = [
        Decimal(rows.nth(at).locator("data").last.get_attribute("value") or "") for at in range(rows.count())
    ]
    assert len(parts) > 1
    assert sum(parts) == steps(page)[1]
    page.get_by_role("button", name="Close these rows").click()
    expect(heading).to_have_count(0)


def test_a_step_leads_to_the_lines_of_the_bill(visit: Visit) -> None:
    page = visit.open(f"/bridge?{ASKED}&step=net_discounts")
    row = page.get_by_role("link", name="Charges of Usage, Amazon RDS")
    whole = exact(row)
    row.click()
    page.wait_for_url("**line=Usage**")
    visit.settle()
    lines = page.get_by_role("table", name="Charges: Usage, Amazon RDS").locator("tbody tr")
    expect(lines.first).to_contain_text("2026-09.csv:")
    query = "/api/v1/bridge/charges?step=net_discounts&line_item_type=Usage&service=Amazon RDS&limit=1000"
    told = page.request.get(f"{visit.site.address}{query}&{ASKED}").json()
    assert sum(Decimal(charge["amount"]) for charge in told["charges"]) == whole == Decimal(told["amount"])


def test_a_hidden_part_is_named_and_comes_back(visit: Visit) -> None:
    page = visit.open(f"/bridge?{ASKED}")
    whole = exact(page.get_by_test_id("billed"))
    support = page.get_by_role("button", name="support")
    support.click()
    page.wait_for_url("**without=support**")
    visit.settle()
    expect(page.get_by_role("rowheader", name="Support hidden")).to_be_visible()
    assert exact(page.get_by_test_id("billed")) == whole - 60
    support.click()
    visit.settle()
    assert exact(page.get_by_test_id("billed")) == whole


def test_keys_alone_open_the_rows_behind_a_step(visit: Visit) -> None:
    page = visit.open(f"/bridge?{ASKED}")
    page.get_by_role("link", name="Rows behind Bill").or_(
        page.get_by_role("link", name="Rows behind AWS console")
    ).first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Rows behind Net discounts")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Close these rows")).to_be_focused()


def test_another_month_is_chosen_on_the_page(visit: Visit) -> None:
    page = visit.open("/bridge")
    page.get_by_role("combobox", name="Billing period").click()
    page.get_by_role("option", name="August 2026").click()
    page.wait_for_url("**period=2026-08**")
    expect(page.get_by_test_id("headline")).to_contain_text("aws in August 2026")


def test_a_bill_that_is_not_there_is_said_to_be_unknown(visit: Visit) -> None:
    page = visit.open("/bridge?source=nowhere")
    expect(page.get_by_role("alert")).to_contain_text("nowhere")
    assert all("404" in complaint for complaint in visit.complaints)
    visit.complaints.clear()


def test_the_data_page_lists_the_sources_of_the_command_line(visit: Visit) -> None:
    page = visit.open("/data")
    (said,) = json.loads(visit.site.command("sources", "--format", "json"))
    row = page.get_by_role("table", name="Sources").locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("August \u2013 September 2026")
    expect(row).to_contain_text(said["state"])
    row.get_by_role("link", name="aws").click()
    page.wait_for_url("**/data/sources/aws")
    expect(page.get_by_role("table", name="Billing periods").locator("tbody tr")).to_have_count(
        said["periods"]
    )


def test_invoices_of_a_source_add_up_to_its_bill(visit: Visit) -> None:
    page = visit.open("/data/sources/aws")
    rows = page.get_by_role("table", name="Invoices").locator("tbody tr")
    expect(rows).to_have_count(2)
    query = "SELECT sum(BilledCost) AS billed FROM charges"
    (said,) = json.loads(visit.site.command("sql", query, "--format", "json"))
    assert exact(rows.nth(0)) + exact(rows.nth(1)) == Decimal(said["billed"])
