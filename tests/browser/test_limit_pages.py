"""Budgets, plans and credits: the same everywhere, and changed for a reason by whoever may."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.beside import LimitedSite, told, visited
from browser.visits import Visit, downloaded, exact, grave

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LOOKS = [("light", 1280), ("dark", 1280), ("light", 390)]
SEARCH = "/budgets/team_ai?entity=%7B%22team%22:%22search%22%7D"


@pytest.fixture
def fay(browser: Browser, limited_site: LimitedSite) -> Iterator[Visit]:
    """From finance."""
    with visited(browser, limited_site, "fay") as visit:
        yield visit


def digits(page: Page, table: str, label: str) -> list[Decimal]:
    """All digits of the amounts in one column."""
    heads = page.get_by_role("table", name=table, exact=True).locator("thead th").all_inner_texts()
    place = next(n for n, head in enumerate(heads, 1) if head.split("\n")[0].rstrip("↓↑ ") == label)
    cells = page.get_by_role("table", name=table, exact=True).locator(f"tbody tr > :nth-child({place})")
    shown = cells.locator("data").evaluate_all("all => all.map(one => one.value)")
    return [Decimal(value) for value in shown]


def figure(page: Page, name: str) -> Decimal:
    return exact(page.locator(".figure").filter(has=page.get_by_text(name, exact=True)))


def test_budgets_are_the_same_everywhere(fay: Visit) -> None:
    page = fay.open("/budgets")
    rows = sorted(told(fay, "/budgets")["budgets"], key=lambda row: -Decimal(row["percent"]))
    for label, field in (("Spent", "spent"), ("Left", "remaining"), ("Limit", "limit")):
        assert digits(page, "Budgets", label) == [Decimal(row[field]) for row in rows]
    spent = sorted(Decimal(row["spent"]) for row in rows)
    assert sorted(Decimal(row["spent"]) for row in downloaded(page, "Budgets")) == spent
    said = json.loads(fay.site.command("budgets", "list", "--format", "json"))
    found = said["budgets"] if isinstance(said, dict) else said
    assert sorted(Decimal(one["spent"]) for one in found) == spent
    expect(page.get_by_test_id("headline")).to_contain_text("team search at 92.0%")


def test_a_budget_burns_down_day_by_day(fay: Visit) -> None:
    page = fay.open(f"{SEARCH}&burn=table")
    one = told(fay, SEARCH)
    assert digits(page, "Days", "So far") == [Decimal(day["total"]) for day in one["by_day"]]
    assert [Decimal(row["spent"]) for row in downloaded(page, "Days")] == [
        Decimal(day["spent"]) for day in one["by_day"]
    ]
    crossed = page.get_by_role("table", name="Thresholds reached").locator("tbody th").all_inner_texts()
    assert crossed == ["50.0%", "80.0%", "90.0%"]
    page.get_by_role("group", name="Spent so far as").get_by_role("button", name="Chart").click()
    expect(page.get_by_role("img", name="Spent so far by day")).to_be_visible()


def test_a_limit_is_adjusted_for_a_reason(fay: Visit) -> None:
    page = fay.open("/budgets")
    page.get_by_role("table", name="Budgets").get_by_role("link", name="All AI").click()
    page.get_by_role("button", name="Adjust the limit").click()
    box = page.get_by_role("dialog")
    box.get_by_label("Add, in USD").fill("250.50")
    box.get_by_role("button", name="Adjust it").click()
    expect(box).to_be_visible()  # it asks why
    box.get_by_label("Reason").fill("Launch week")
    box.get_by_label("Reason").press("Enter")
    expect(box).to_have_count(0)
    changes = page.get_by_role("table", name="Changes of the limit")
    expect(changes).to_contain_text("Launch week")
    expect(changes).to_contain_text("fay")
    assert figure(page, "Limit") == Decimal("1250.50") == Decimal(told(fay, "/budgets/all_ai")["limit"])


def test_credits_are_the_same_everywhere(fay: Visit) -> None:
    page = fay.open("/credits")
    rows: list[Any] = told(fay, "/credits")["credits"]
    percents = {row["name"]: row["percent"] for row in rows}
    shown = page.get_by_role("table", name="Customers").locator("tbody th a").all_inner_texts()
    assert shown[:2] == ["Birch & Sons", "Acme Corp"], "the fullest first"
    assert set(shown) == set(percents)
    left = {row["name"]: Decimal(row["balance"]) for row in rows if not row["unlimited"]}
    assert [left[name] for name in shown if name in left] == digits(page, "Customers", "Left")
    written = {row["customer"]: Decimal(row["used"]) for row in downloaded(page, "Customers")}
    assert written == {row["customer"]: Decimal(row["used"]) for row in rows}
    expect(page.get_by_test_id("headline")).to_contain_text("Birch & Sons at 122.7%")


def test_credits_are_granted_and_the_balance_follows(fay: Visit) -> None:
    page = fay.open("/credits/cedar")
    before = figure(page, "Left")
    page.get_by_role("button", name="Top up").click()
    box = page.get_by_role("dialog")
    box.get_by_label("Credits").fill("250")
    box.get_by_label("Reason").fill("order 4711")
    box.get_by_role("button", name="Top up").click()
    expect(box).to_have_count(0)
    expect(page.get_by_role("table", name="Grants")).to_contain_text("order 4711")
    assert figure(page, "Left") == before + 250 == Decimal(told(fay, "/credits/cedar")["balance"])
    entries = told(fay, "/credits/cedar")["entries"]
    assert [Decimal(row["credits"]) for row in downloaded(page, "Ledger")] == [
        Decimal(one["credits"]) for one in entries
    ]


def test_an_operation_is_paid_back_once(fay: Visit) -> None:
    page = fay.open("/credits/birch")
    page.get_by_role("button", name="Refund").click()
    box = page.get_by_role("dialog")
    box.get_by_label("Operation").fill("no-such-call")
    box.get_by_label("Reason").fill("answers were wrong")
    box.get_by_role("button", name="Refund").click()
    expect(box.get_by_role("alert")).to_be_visible()
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    assert figure(page, "Used") == Decimal("613.7")


def test_a_plan_is_changed_from_a_day_on(fay: Visit) -> None:
    page = fay.open("/credits/elm")
    expect(page.get_by_test_id("headline")).to_contain_text("has no plan")
    page.get_by_role("button", name="Change plan").click()
    box = page.get_by_role("dialog")
    box.get_by_label("Plan").select_option("Business")
    box.get_by_label("Reason").fill("signed today")
    box.get_by_role("button", name="Change it").click()
    expect(box).to_have_count(0)
    expect(page.get_by_test_id("headline")).to_contain_text("credits, 0.0%")
    expect(page.get_by_role("table", name="Plans by day")).to_contain_text("Business")


def test_a_page_rounds_a_share_in_one_way(fay: Visit) -> None:
    page = fay.open(SEARCH)
    shown = page.locator(".budget-head .budget-percent").inner_text()
    assert page.get_by_test_id("headline").inner_text().startswith(f"{shown} of ")
    tags = page.locator(".meta .tag-row .tag")
    left, right = (tag.bounding_box() for tag in tags.all())
    assert left
    assert right
    assert right["x"] - (left["x"] + left["width"]) >= 3, "they touch"


def test_a_grant_without_an_end_holds_until_it_is_used_up(fay: Visit) -> None:
    given = {"grant_id": "present-1", "kind": "promotion", "credits": "30", "reason": "present"}
    answer = fay.page.request.post(f"{fay.site.address}/api/v1/credits/dune/grants", data=given)
    assert answer.ok, answer.text()
    page = fay.open("/credits/dune")
    row = page.get_by_role("table", name="Grants").locator("tbody tr").filter(has_text="present")
    expect(row).to_contain_text("until used up")
    amount = row.locator("td data").nth(2).bounding_box()
    words = row.get_by_role("button", name="Take back").evaluate(
        "one => { const range = document.createRange(); range.selectNodeContents(one);"
        " return range.getBoundingClientRect().right; }"
    )
    assert amount
    assert abs(amount["x"] + amount["width"] - words) <= 1, "they do not end below each other"


def test_without_a_plan_no_new_credits_come(fay: Visit) -> None:
    page = fay.open("/credits")
    row = page.get_by_role("table", name="Customers").locator("tbody tr").filter(has_text="Dune Ltd")
    place = page.get_by_role("table", name="Customers").locator("thead th").all_inner_texts()
    at = next(n for n, head in enumerate(place) if head.startswith("New credits"))
    assert row.locator("th, td").nth(at).inner_text() == "\u2013"


def test_what_is_not_there_is_not_tried_again(fay: Visit) -> None:
    page = fay.open("/credits/nosuch")
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("There is no customer 'nosuch' here.")
    expect(notice).not_to_contain_text("untouched")
    expect(notice.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("look", LOOKS, ids=lambda p: f"{p[0]}-{p[1]}")
@pytest.mark.parametrize("path", ["/budgets", SEARCH, "/credits", "/credits/birch", "dialog"])
def test_a_page_is_sound(
    browser: Browser, limited_site: LimitedSite, path: str, look: tuple[str, int]
) -> None:
    with visited(browser, limited_site, "fay", *look) as visit:
        page = visit.open("/credits/acme" if path == "dialog" else path)
        if path == "dialog":
            page.get_by_role("button", name="Change plan").click()
            expect(page.get_by_role("dialog")).to_be_visible()
        assert grave(page) == []
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, "the page scrolls sideways"
        assert visit.complaints == []
