"""Operations one by one, other prices, rates, margin and true-up: the APIs' figures, narrowed, linked, and openly lacking."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from apportion.app import App
from browser import metered
from browser.visits import Site, Visit, downloaded, exact, grave, visiting
from served import Server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LOOKS = [("light", 1440), ("dark", 1440), ("light", 390)]
PAGES = [
    "/ai/operations?of=workflow:ticket+01-0&why=about:operation;id:ticket-01-1",
    "/ai/what-if?of=prompt:answer&at=tern/large|openai/gpt-4o-mini",
    "/ai/margin",
    "/ai/true-up?days-tern=table",
    "/ai/rates?provider=openai&model=gpt-5",
]


@pytest.fixture(scope="module")
def tern(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Operations, the bills beside them, and revenue."""
    workspace = metered.write(tmp_path_factory.mktemp("tern-ai"))
    app = App(workspace)
    app.post_operations(json.dumps(metered.operations()).encode())
    assert not app.ingest_declared().problems
    app.allocate()
    app.stop()
    server = Server(workspace)
    yield Site(server.url, workspace)
    server.stop()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    workspace = tmp_path_factory.mktemp("bare-ai")
    (workspace / "apportion.yaml").write_text("company: Nobody\n", encoding="utf-8")
    server = Server(workspace)
    yield Site(server.url, workspace)
    server.stop()


@pytest.fixture(params=LOOKS, ids=lambda p: f"{p[0]}-{p[1]}")
def look(request: pytest.FixtureRequest, browser: Browser, tern: Site) -> Iterator[Visit]:
    yield from visiting(browser, tern, *request.param)


@pytest.fixture
def ai(browser: Browser, tern: Site) -> Iterator[Visit]:
    yield from visiting(browser, tern)


@pytest.fixture
def empty(browser: Browser, bare: Site) -> Iterator[Visit]:
    yield from visiting(browser, bare)


def told(visit: Visit, path: str) -> Any:
    return visit.page.request.get(f"{visit.site.address}/api/v1/{path}").json()


def test_every_page_is_sound(look: Visit) -> None:
    for path in PAGES:
        page = look.open(path)
        expect(page.get_by_test_id("headline")).to_be_visible()
        assert look.complaints == [], path
        assert grave(page) == [], path
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, f"{path} scrolls sideways"
        assert page.locator("h1").count() == 1


def test_operations_are_listed_narrowed_and_what_lacks_a_price_is_named(ai: Visit) -> None:
    page = ai.open("/ai/operations")
    expect(page.get_by_test_id("headline")).to_have_text("105 operations in the last 30 days.")
    rows = page.get_by_role("table", name="Operations").locator("tbody tr")
    expect(rows).to_have_count(100)
    page.get_by_role("button", name="Load more").click()
    expect(rows).to_have_count(105)
    expect(page.get_by_role("button", name="Load more")).to_have_count(0)
    expect(page.get_by_test_id("lacking-unpriced")).to_contain_text("acme-ai/larch-9 (4)")
    expect(page.get_by_test_id("lacking-unknown")).to_contain_text("tern/small (1)")

    page.get_by_role("combobox", name="Filter by").click()
    page.get_by_role("option", name="language").click()  # a dimension of the operations' own
    expect(page.get_by_role("option", name="de 48 operations")).to_be_visible()
    page.get_by_role("combobox", name="Which language").press_sequentially("en")
    page.keyboard.press("Enter")
    page.wait_for_url("**of=language:en")
    expect(page.get_by_test_id("headline")).to_contain_text("48 operations, language en")
    expect(rows).to_have_count(48)
    assert {exact(rows.nth(at)) for at in range(48)} == {Decimal("0.0034")}
    file = downloaded(page, "Operations")
    assert [row["customer"] for row in file] == ["birch"] * 48
    page.get_by_role("link", name="Any language").click()

    page.get_by_role("navigation", name="Price").get_by_role("link", name="No rate").click()
    page.wait_for_url("**of=price_state:unpriced")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("no rate: acme-ai/larch-9")


def test_one_operation_is_explained_line_by_line(ai: Visit) -> None:
    page = ai.open("/ai/tree?of=workflow:ticket+01-0&level=call")
    rows = page.get_by_role("table", name="Calls").locator("tbody tr")
    rows.nth(1).get_by_role("link", name="Cost of ticket-01-0").click()  # the tree's calls lead there, too
    why = page.get_by_role("complementary", name="Why this number")
    assert exact(why.get_by_test_id("why-amount")) == Decimal("0.0014")
    lines = why.locator(".price-lines tbody tr")
    expect(lines).to_have_count(2)
    expect(lines.nth(0)).to_contain_text("1,000 tokens")
    expect(lines.nth(0)).to_contain_text("$1.00 / M tokens")
    expect(lines.nth(1)).to_contain_text("0.0004")
    expect(why.locator(".why-sum")).to_contain_text("$0.0014 ✓")
    expect(why.get_by_role("region", name="How it came out")).to_contain_text("no")
    expect(why.get_by_role("region", name="Where it belongs")).to_contain_text("desk")
    expect(why).to_contain_text("Infrastructure it carries$0.025")  # $0.60 of the day's 24 tickets
    card = told(ai, "operations/ticket-01-0")["price"]["card"]
    expect(why).to_contain_text(card)
    page.keyboard.press("Escape")
    expect(why).to_have_count(0)
    expect(rows.nth(1).get_by_role("link", name="Cost of ticket-01-0")).to_be_focused()

    page = ai.open("/ai/operations?of=model:larch-9&why=about:operation;id:odd/02+%25")
    expect(why).to_contain_text("No rate for acme-ai/larch-9.")
    why.get_by_role("link", name="customer acme: its operations").click()
    page.wait_for_url("**/ai/operations?of=customer:acme")
    assert ai.complaints == []


def test_a_long_prompt_on_a_cheap_model_stands_beside_a_short_one_on_a_dear_one(ai: Visit) -> None:
    page = ai.open("/ai/what-if?of=prompt:answer")
    # The cheapest in use is the one that answers already; of another, the table has every variant.
    page.get_by_role("combobox", name="At the prices of").click()
    page.get_by_role("option", name="tern/large").click()
    page.get_by_role("combobox", name="At the prices of").press_sequentially("4o-mini")
    page.get_by_role("option", name="openai/gpt-4o-mini", exact=True).click()
    page.wait_for_url("**at=tern/small|tern/large|openai/gpt-4o-mini")
    page.keyboard.press("Escape")
    ai.settle()
    models = "model=tern/small&model=tern/large&model=openai/gpt-4o-mini"
    report = told(ai, f"operations/what-if?prompt=answer&{models}&by=variant")
    rows = page.get_by_role("table", name="At other prices").locator("tbody tr")
    expect(rows).to_have_count(6)
    shown = [
        [Decimal(d.get_attribute("value") or "") for d in row.locator("data").all()] for row in rows.all()
    ]
    assert [row[:2] for row in shown] == [
        [Decimal(a["cost_now"]), Decimal(a["cost_then"])] for a in report["alternatives"]
    ]
    # A request with examples: 3,000 tokens in at $0.15 and 100 out at $0.60 for a million.
    assert shown[4][-1] == Decimal("0.00051")
    expect(page.get_by_test_id("even-so")).to_have_text(
        "A request of with examples, the dearest, would cost $0.000510 at openai/gpt-4o-mini: less than one of "
        "brief, the cheapest, costs now ($0.00140)."
    )
    words = page.get_by_role("region", name="In words")
    expect(words).to_contain_text("$2.07 more than the $0.23 that 96 operations cost now. None is left out.")
    expect(page.get_by_test_id("quality-note")).to_contain_text("Not compared: quality.")
    drawn = page.get_by_role(
        "img", name="with examples: Now $0.00340, tern/small $0.00340, tern/large $0.0340"
    )
    expect(drawn.locator("canvas")).to_be_visible()

    page = ai.open("/ai/what-if?at=acme-ai/larch-9|tern/large")
    expect(words).to_contain_text("105 that it has no rate for. First: no rate for")
    expect(page.get_by_role("row", name="summaries acme-ai/larch-9")).to_contain_text("0of 8")
    expect(page.get_by_role("img", name="acme-ai/larch-9 not priced")).to_be_visible()
    assert ai.complaints == []


def test_rates_say_what_has_none_and_what_holds(ai: Visit) -> None:
    page = ai.open("/ai/rates")
    expect(page.get_by_test_id("headline")).to_have_text(
        "4 operations have no price: there is no rate for acme-ai/larch-9."
    )
    expect(page.get_by_text("- provider: acme-ai")).to_contain_text("model: larch-9")
    rows = page.get_by_role("table", name="Rates on").locator("tbody tr")
    expect(rows.first).to_contain_text("own rate 1")
    expect(rows.first).to_contain_text("$1.00a million tokens")
    page.get_by_label("Model", exact=True).press_sequentially("gemini-2.5-pro")
    page.get_by_role("combobox", name="Provider").fill("google")
    page.wait_for_url("**provider=google**")
    holding = page.get_by_role("table", name="What google/gemini-2.5-pro costs")
    expect(holding).to_contain_text("calls that read more than 200,000 input tokens, for all their tokens")
    expect(holding).to_contain_text("genai-prices")
    page.get_by_role("combobox", name="Sent").click()
    page.get_by_role("option", name="In batches").click()
    expect(
        page.get_by_role("table", name="What google/gemini-2.5-pro costs").locator("tbody tr").first
    ).to_contain_text("$0.625")
    page = ai.open("/ai/rates?provider=openai&model=gpt-4o&on=2024-07-01")
    asked = told(ai, "rates/openai/gpt-4o?at=2024-07-01")["rates"]
    expect(
        page.get_by_role("table", name="What openai/gpt-4o costs on 1 Jul 2024").locator("tbody tr")
    ).to_have_count(len(asked))
    page = ai.open("/ai/rates?provider=acme-ai&model=larch-9")
    expect(page.get_by_role("region", name="What holds")).to_contain_text("no rate for acme-ai/larch-9")


def test_margin_and_true_up_are_the_apis(ai: Visit) -> None:
    page = ai.open("/ai/margin")
    report = told(ai, "operations/margin")
    expect(page.get_by_test_id("headline")).to_have_text(report["headline"])
    # Four days of tickets at $0.0576 and summaries at $0.32; revenue of four days is $4.40, infrastructure $2.40.
    assert exact(page.get_by_test_id("total-cost")) == Decimal("1.5104") == Decimal(report["total"]["cost"])
    assert exact(page.get_by_test_id("total-margin")) == Decimal("4.4") - Decimal("1.5104") - Decimal("2.4")
    rows = page.get_by_role("table", name="Cost, revenue and margin by customer").locator("tbody tr")
    expect(rows.nth(1)).to_contain_text("Birch & Sons")
    expect(rows.nth(1).locator(".loss").first).to_be_visible()
    file = downloaded(page, "Cost, revenue and margin by customer")
    assert [row["label"] for row in file] == ["Acme Corp", "Birch & Sons", ""]

    page.get_by_role("button", name="By feature").click()
    page.wait_for_url("**by=feature**")
    features = page.get_by_role("table", name="Cost, revenue and margin by feature").locator("tbody tr")
    expect(features.filter(has_text="tickets")).to_contain_text("0.40")  # what is called Answers
    features.filter(has_text="tickets").get_by_role("link", name="97 requests of tickets, one by one").click()
    page.wait_for_url("**/ai/operations?of=feature:tickets")
    page.get_by_role("navigation", name="AI pages").get_by_role("link", name="True-up").click()
    expect(page.get_by_test_id("left-out")).to_contain_text(
        "feature tickets: an invoice cannot be told apart by it."
    )

    trued = told(ai, "operations/true-up")
    expect(page.get_by_test_id("headline")).to_have_text(trued["headline"])
    models = page.get_by_role("table", name="tern by model").locator("tbody tr")
    expect(models.nth(0)).to_contain_text("large differs")
    assert exact(models.nth(0)) == Decimal("0.96")
    expect(models.nth(0)).to_contain_text("−10.0%")
    expect(models.nth(1)).to_contain_text("small agrees")
    expect(page.get_by_test_id("without-invoice")).to_contain_text("acme-ai")
    page.get_by_role("group", name="tern by day, UTC as").get_by_role("button", name="Table").click()
    days = page.get_by_role("table", name="Days").locator("tbody tr")
    assert [exact(row) for row in days.all()] == [
        Decimal(day["rated"]) for day in trued["providers"][0]["daily"]
    ]
    assert ai.complaints == []


def test_before_there_is_anything_each_page_says_what_to_do(empty: Visit) -> None:
    for path in ("/ai/operations", "/ai/what-if", "/ai/margin", "/ai/true-up"):
        page = empty.open(path)
        expect(page.get_by_role("heading", name="No AI operation has come in yet")).to_be_visible()
    page = empty.open("/ai/rates")
    expect(page.get_by_test_id("headline")).to_have_text(
        "No operation has come in yet; these are the rates that they will be priced by."
    )
    assert grave(page) == []
    page.keyboard.press("/")
    page.get_by_role("combobox", name="Go to").fill("invoice")
    expect(page.get_by_role("option", name="AI: True-up")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ai/true-up")
