"""AI operations: the same on page, table, CSV and API; what has no price is said; nothing yet says what to do."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from browser.visits import Site, Visit, downloaded, exact, grave, visiting
from served import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WORKSPACE = """\
company: Tern Freight
reporting: {currency: USD, time_zone: UTC}
tree:
  users: {mia: {project: search}, noor: {project: search}, kim: {project: desk}}
  projects: {search: {team: discovery}, desk: {team: support}}
rates:
  - {provider: tern, model: small, per_million: {input: 1, output: 4}}
  - {provider: tern, model: large, per_million: {input: 10, output: 40}}
"""
LOOKS = [("light", 1440), ("dark", 1440), ("light", 390)]
PAGES = {
    "overview": "/ai",
    "by customer": "/ai?by=customer&trend=success&daily=table",
    "tree": "/ai/tree",
    "tree of a project": "/ai/tree?of=team:support;project:desk&level=user",
    "calls": "/ai/tree?of=feature:summaries&level=call",
    "variants": "/ai/variants",
    "variants by model": "/ai/variants?of=prompt:answer&apart=model",
    "of one feature": "/ai?of=feature:tickets&by=model",
}


def operations() -> list[dict[str, Any]]:
    """Four days of two features: tickets have a variant twice as dear, summaries a model without a rate."""
    found = []
    for day in range(1, 5):
        for n in range(12):
            dear = n % 2 == 1
            found.append({
                "id": f"ticket-{day}-{n}", "time": f"2026-09-{day:02}T10:{n:02}:00Z", "customer": ("acme", "birch")[n % 2],
                "plan": "Team", "feature": "tickets", "user": "kim", "workflow": f"ticket {day}-{n // 2}",
                "provider": "tern", "model": "small", "input_tokens": 2000 if dear else 1000, "cache_read_tokens": 500,
                "output_tokens": 100, "prompt": "answer", "variant": "with examples" if dear else "brief",
                "success": n % 6 != 0, "units": 1, "unit": "ticket",
            })  # fmt: skip
        found.append({
            "id": f"summary-{day}", "time": f"2026-09-{day:02}T12:00:00Z", "customer": "acme", "plan": "Team",
            "feature": "summaries", "user": "mia", "provider": "tern", "model": "large" if day > 1 else "unheard-of",
            "input_tokens": 30000, "output_tokens": 500, "units": 1, "unit": "summary",
        })  # fmt: skip
    return found


@pytest.fixture(scope="module")
def metered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A workspace with operations and no bill: AI pages need no run."""
    workspace = tmp_path_factory.mktemp("metered")
    yield from serving(workspace, operations())


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from serving(tmp_path_factory.mktemp("bare"), [])


def serving(workspace: Path, told: list[dict[str, Any]]) -> Iterator[Site]:
    (workspace / "apportion.yaml").write_text(WORKSPACE, encoding="utf-8")
    server = Server(workspace)
    try:
        if told:
            status, said = server.post("/api/v1/operations", {"operations": told})
            assert status == 200, said
        yield Site(server.url, workspace)
    finally:
        server.stop()


@pytest.fixture(params=LOOKS, ids=lambda p: f"{p[0]}-{p[1]}")
def look(request: pytest.FixtureRequest, browser: Browser, metered: Site) -> Iterator[Visit]:
    scheme, width = request.param
    yield from visiting(browser, metered, scheme, width)


@pytest.fixture
def empty(browser: Browser, bare: Site) -> Iterator[Visit]:
    yield from visiting(browser, bare)


@pytest.fixture
def ai(browser: Browser, metered: Site) -> Iterator[Visit]:
    yield from visiting(browser, metered)


def told(visit: Visit, path: str) -> Any:
    return visit.page.request.get(f"{visit.site.address}/api/v1/operations/{path}").json()


@pytest.mark.parametrize("name", PAGES)
def test_an_ai_page_is_sound(look: Visit, name: str) -> None:
    page = look.open(PAGES[name])
    expect(page.get_by_test_id("headline")).to_be_visible()
    assert [said for said in look.complaints if "404" not in said] == []  # no run, no dimensions of cost
    assert grave(page) == []
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond <= 0, "the page scrolls sideways"
    assert page.locator("h1").count() == 1


def test_the_overview_is_the_apis(ai: Visit) -> None:
    page = ai.open("/ai")
    report = told(ai, "overview")
    expect(page.get_by_test_id("headline")).to_have_text(report["headline"])
    # 24 brief tickets take $0.0014 each, 24 with examples $0.0024, three summaries $0.32.
    assert exact(page.get_by_test_id("total-cost")) == Decimal(report["total"]["cost"]) == Decimal("1.0512")
    expect(page.get_by_test_id("not-in-cost")).to_contain_text("1 operation whose model has no rate")


def test_what_has_no_rate_is_named(ai: Visit) -> None:
    page = ai.open("/ai")
    page.get_by_test_id("not-in-cost").click()
    expect(page.get_by_role("rowheader", name="unheard-of")).to_be_visible()


def test_a_table_by_anything_is_its_csv(ai: Visit) -> None:
    page = ai.open("/ai")
    page.get_by_role("button", name="By customer").click()
    page.wait_for_url("**by=customer**")
    rows = page.get_by_role("table", name="AI cost by customer").locator("tbody tr")
    expect(rows.locator("th")).to_have_text(["acme", "birch"])
    shown = [exact(rows.nth(at)) for at in range(rows.count())]
    file = downloaded(page, "AI cost by customer")
    assert [Decimal(row["cost"]) for row in file] == shown
    assert sum(shown) == Decimal(told(ai, "overview")["total"]["cost"])


def test_each_feature_has_the_cost_of_its_own_unit(ai: Visit) -> None:
    page = ai.open("/ai")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="tickets"))
    expect(row).to_contain_text("per ticket")
    page.get_by_role("button", name="By customer").click()
    page.get_by_role("button", name="Per ticket").click()
    page.wait_for_url("**unit=ticket**")
    birch = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="birch"))
    expect(birch.locator(".per-unit")).to_contain_text("0.00240")


def test_a_row_opens_into_its_own_and_back(ai: Visit) -> None:
    page = ai.open("/ai")
    page.get_by_role("link", name="summaries").first.click()
    expect(page.get_by_role("table", name="AI cost by model")).to_be_visible()
    expect(page.get_by_test_id("headline")).to_contain_text("feature summaries")
    page.get_by_role("link", name="Any feature").click()
    expect(page.get_by_test_id("headline")).not_to_contain_text("feature summaries")


def test_every_level_of_the_tree_opens_into_the_next(ai: Visit) -> None:
    page = ai.open("/ai/tree")
    whole = exact(page.get_by_test_id("total-cost"))
    for level, name in (
        ("Teams", "support"),
        ("Projects", "desk"),
        ("Users", "kim"),
        ("Workflows", "ticket 1-0"),
    ):
        rows = page.get_by_role("table", name=level).locator("tbody tr")
        expect(rows.first).to_be_visible()
        assert sum(exact(rows.nth(at)) for at in range(rows.count())) == whole
        row = rows.filter(has=page.get_by_role("rowheader", name=name, exact=True))
        whole = exact(row)
        row.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("table", name=level)).to_have_count(0)
    # Two calls, one with each variant.
    rows = page.get_by_role("table", name="Calls").locator("tbody tr")
    assert [exact(rows.nth(at)) for at in range(rows.count())] == [Decimal("0.0024"), Decimal("0.0014")]
    page.get_by_role("navigation", name="The way down").get_by_role("link", name="desk").click()
    expect(page.get_by_role("table", name="Users")).to_be_visible()


def test_a_level_is_chosen_and_is_its_csv(ai: Visit) -> None:
    page = ai.open("/ai/tree")
    page.get_by_role("link", name="By user").click()
    page.wait_for_url("**level=user**")
    rows = page.get_by_role("table", name="Users").locator("tbody tr")
    expect(rows.locator("th")).to_have_text(["mia", "kim"])
    file = downloaded(page, "Users")
    assert [(row["name"], Decimal(row["cost"])) for row in file] == [
        (rows.nth(at).locator("th").inner_text(), exact(rows.nth(at))) for at in range(rows.count())
    ]


def test_a_cost_at_a_glance_leads_into_the_tree(ai: Visit) -> None:
    page = ai.open("/ai")
    page.get_by_role("link", name="Cost of tickets").click()
    page.wait_for_url("**/ai/tree?of=feature:tickets")
    ai.settle()
    assert exact(page.get_by_test_id("total-cost")) == Decimal("0.0912")


def test_what_better_costs_is_the_apis(ai: Visit) -> None:
    page = ai.open("/ai/variants")
    report = told(ai, "variants?prompt=answer")
    expect(page.get_by_test_id("headline")).to_have_text(report["headline"])
    rows = page.get_by_role("table", name="Variants of answer").locator("tbody tr")
    assert [exact(rows.nth(at)) for at in range(rows.count())] == [Decimal("0.0014"), Decimal("0.0024")]
    # Of 24 brief answers 8 failed, of those with examples none.
    expect(rows.nth(0)).to_contain_text("66.7%")
    expect(rows.nth(1).get_by_text("efficient")).to_be_visible()
    step = page.get_by_role("table", name="What better costs").locator("tbody tr")
    assert exact(step) == Decimal(report["steps"][0]["extra_cost"]) == Decimal("0.001")
    expect(step).to_contain_text("+33.3")
    drawn = page.get_by_role("img", name="brief $0.00140, 66.7%, efficient; with examples $0.00240, 100.0%")
    expect(drawn.locator("canvas")).to_be_visible()


def test_variants_are_their_csv_and_open_into_the_tree(ai: Visit) -> None:
    page = ai.open("/ai/variants?of=prompt:answer&apart=model")
    rows = page.get_by_role("table", name="Variants of answer").locator("tbody tr")
    file = downloaded(page, "Variants of answer")
    assert [row["name"] for row in file] == ["brief on small", "with examples on small"]
    rows.nth(1).get_by_role("link", name="with examples on small", exact=True).click()
    page.wait_for_url("**/ai/tree?of=**")
    ai.settle()
    assert exact(page.get_by_test_id("total-cost")) == Decimal("0.0576")


def test_what_variants_are_kept_apart_by_stays_in_the_address(ai: Visit) -> None:
    page = ai.open("/ai/variants")
    page.get_by_role("combobox", name="Apart by").click()
    page.get_by_role("option", name="customer").click()
    page.wait_for_url("**apart=customer**")
    expect(page.get_by_role("rowheader", name="brief on acme efficient")).to_be_visible()


def test_before_the_first_operation_the_three_ways_in_are_told(empty: Visit) -> None:
    page = empty.open("/ai")
    for way in ("From a Python application", "From OpenTelemetry", "From anything that speaks HTTP"):
        expect(page.get_by_role("heading", name=way)).to_be_visible()
    expect(page.get_by_text(f"curl {empty.site.address}/api/v1/operations")).to_be_visible()
    assert grave(page) == []
