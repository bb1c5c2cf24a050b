"""Operations beside the ledger: the invoice divided by operations, and rates beside the invoice."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from apportion.api import create_app
from apportion.app import App
from apportion.connectors.usage import OperationsMeasure
from apportion.core.errors import BadInput, NotFound
from apportion.economics.operations import Asked, operations_margin, operations_true_up
from apportion.ingestion import OperationsUsage
from apportion.metering.settings import TrueUp

HEAD = (
    "BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ProviderName,PublisherName,"
    "InvoiceIssuerName,BillingAccountId,BillingCurrency,BilledCost,EffectiveCost,ListCost,ContractedCost,"
    "ChargeCategory,ChargeFrequency,ServiceCategory,ServiceName,Tags\n"
)
WORKSPACE = """
company: Fernway
sources:
  openai: {location: openai.csv}
  aws: {location: aws.csv}
measures:
  ai_cost:
    connector: operations
    dimensions: {customer: customer, ai_model: listed_model}
    where: {provider: openai}
dimensions:
  customer: [{tag: customer}]
  feature: [{tag: feature}]
  ai_model:
    - {tag: model, map: {gpt-4o-2024-08-06: gpt-4o}}
perspectives:
  customer:
    to: customer
    rules:
      - {name: models, match: {source: openai, ai_model: "*"}, method: proportional, measure: ai_cost}
  feature:
    to: feature
    rules:
      - {name: tagged, match: {feature: "*"}, method: direct}
revenue: {location: revenue.csv}
true_up:
  - {provider: openai, where: {source: openai}, model: ai_model}
overhead: {perspective: feature, percent: 10}
features:
  drafting: {revenue: ["AI add-on*"]}
"""
MILLION = {"input_tokens": 1_000_000, "output_tokens": 0}


def charge(day: int, amount: str, tags: dict[str, str], provider: str = "OpenAI") -> str:
    start, end = f"2026-10-{day:02}T00:00:00Z", f"2026-10-{day + 1:02}T00:00:00Z"
    written = json.dumps(tags).replace('"', '""')
    costs = ",".join([amount] * 4)
    return (
        f"2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,{start},{end},{provider},{provider},{provider},org-1,USD,"
        f'{costs},Usage,Usage-Based,AI and Machine Learning,{provider} API,"{written}"\n'
    )


def call(name: str, day: int, customer: str, model: str, **more: Any) -> dict[str, Any]:
    made = {"id": name, "time": f"2026-10-{day:02}T10:00:00Z", "provider": "openai", "model": model}
    return {**made, "customer": customer, "feature": "drafting", **MILLION, **more}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """On the 1st OpenAI charges 10 % off gpt-4o and as told for gpt-4o-mini; on the 2nd also what nobody metered.

    gpt-4o: $2.50 a million tokens; gpt-4o-mini: $0.15.
    """
    folder = tmp_path_factory.mktemp("fernway")
    (folder / "apportion.yaml").write_text(WORKSPACE)
    (folder / "openai.csv").write_text(
        HEAD
        + charge(1, "9.00", {"model": "gpt-4o-2024-08-06"})
        + charge(1, "0.15", {"model": "gpt-4o-mini"})
        + charge(2, "5.00", {"model": "o3"})
    )
    (folder / "aws.csv").write_text(
        HEAD
        + charge(1, "6.00", {"feature": "drafting"}, "AWS")
        + charge(1, "1.00", {"feature": "export"}, "AWS")
    )
    (folder / "revenue.csv").write_text(
        "customer_id,kind,amount,currency,start_date,end_date,description\n"
        "acme,overage,31,USD,2026-10-01,2026-11-01,AI add-on October\n"
        "acme,recurring,310,USD,2026-10-01,2026-11-01,Plan\n"
        "birch,recurring,62,USD,2026-10-01,2026-11-01,Plan\n"
    )
    app = App(folder)
    calls = [
        call("a", 1, "acme", "gpt-4o-2024-08-06"),
        call("b", 1, "acme", "gpt-4o", input_tokens=2_000_000),
        call("c", 1, "birch", "gpt-4o"),
        call("d", 1, "birch", "gpt-4o-mini"),
        call("e", 3, "birch", "gpt-4o"),
        call("f", 1, "birch", "larch-9", provider="openai"),
        call("g", 1, "birch", "claude-haiku-4-5", provider="anthropic", feature="search"),
    ]
    app.post_operations(json.dumps(calls).encode())
    done = app.ingest_declared()
    assert not done.problems
    app.allocate()
    yield app
    app.stop()


@pytest.fixture
def client(company: App) -> TestClient:
    return TestClient(create_app(company), base_url="http://127.0.0.1")


def test_an_invoice_is_divided_by_the_operations_of_each_model(company: App) -> None:
    rows = company.sql(
        "SELECT target, ai_model, sum(EffectiveCost)::VARCHAR AS cost FROM allocations "
        "WHERE perspective = 'customer' AND source = 'openai' GROUP BY ALL ORDER BY ALL",
        [],
    )
    assert [(r["target"], r["ai_model"], r["cost"].rstrip("0")) for r in rows] == [
        ("(unallocated)", "o3", "5."),  # nobody metered it
        ("acme", "gpt-4o", "6.75"),  # 3 of 4 million tokens of $9.00
        ("birch", "gpt-4o", "2.25"),
        ("birch", "gpt-4o-mini", "0.15"),
    ]


def test_rates_are_compared_with_the_invoice_by_model_and_day(client: TestClient) -> None:
    report = client.get("/api/v1/operations/true-up", params={"window": "2026-10"}).json()
    [openai] = report["providers"]
    assert (openai["billed_through"], Decimal(openai["not_yet"])) == ("2026-10-02", Decimal("2.5"))
    assert (Decimal(openai["rated"]), Decimal(openai["invoiced"])) == (Decimal("10.15"), Decimal("14.15"))
    found = {
        m["model"]: (m["state"], m["operations"], Decimal(m["variance"]), m["variance_pct"])
        for m in openai["models"]
    }
    assert found == {
        "o3": ("not metered", 0, 5, None),
        "gpt-4o": ("differs", 3, -1, "-10.00"),
        "larch-9": ("not invoiced", 1, 0, None),
        "gpt-4o-mini": ("agrees", 1, 0, "0.00"),
    }
    assert [(d["day"], Decimal(d["variance"])) for d in openai["daily"]] == [
        ("2026-10-01", -1),
        ("2026-10-02", 5),
    ]
    assert report["without"] == ["anthropic"]
    assert report["headline"] == (
        "openai charged $14.15 in October 2026, $4.00 (39.4 %) more than rated: mostly at o3, which is not "
        "metered; 1 operation without a known cost."
    )


def test_several_providers_are_one_sentence(company: App) -> None:
    openai, anthropic = (
        TrueUp(provider=provider, where={"source": source})
        for provider, source in (("openai", "openai"), ("anthropic", "aws"))
    )
    with company.operations_asked() as (con, facts):
        asked = Asked.of(facts, "2026-10")
        both = operations_true_up(con, asked, [openai, anthropic], company.rate_card, "run")
        alone = operations_true_up(con, asked, [anthropic], company.rate_card, "run")
        waiting = [TrueUp(provider=name, where={"source": "none yet"}) for name in ("openai", "anthropic")]
        early = operations_true_up(con, asked, waiting, company.rate_card, "run")
    assert both.headline == (
        "2 providers charged $21.15 in October 2026, $10.00 (89.7 %) more than rated; most of the difference is "
        "anthropic."
    )
    assert early.headline == (
        "openai has charged nothing yet; $12.65 are rated. anthropic has charged nothing yet; $1.00 are rated."
    )
    assert alone.headline == "anthropic charged $7.00 in October 2026, $6.00 (600.0 %) more than rated."


def test_an_invoice_cannot_be_told_apart_by_what_it_does_not_say(client: TestClient) -> None:
    answer = client.get("/api/v1/operations/true-up", params={"customer": "acme"})
    assert (answer.status_code, answer.json()["title"]) == (422, answer.json()["title"])
    assert "allocated by operations" in answer.json()["hint"]


@pytest.mark.parametrize(
    ("wrong", "where", "said"),
    [
        (
            "    where: {provider: openai}\n",
            "    where: {vendor: openai}\n",
            "operations have no field 'vendor'",
        ),
        ("model: ai_model}", "model: engine}", "there is no dimension 'engine'"),
        ("{perspective: feature, p", "{perspective: features, p", "there is no perspective 'features'"),
        ("{location: openai.csv}", "{location: openai.csv}\n  x: {}", "it needs a location"),
    ],
)
def test_a_mistake_in_the_settings_is_named(tmp_path: Path, wrong: str, where: str, said: str) -> None:
    assert wrong in WORKSPACE
    (tmp_path / "apportion.yaml").write_text(WORKSPACE.replace(wrong, where))
    with pytest.raises(BadInput, match=said):
        _ = App(tmp_path).workspace


def test_a_feature_with_allocated_cost_shares_it_among_its_calls(client: TestClient) -> None:
    report = client.get("/api/v1/operations/breakdown", params={"window": "2026-10", "by": "feature"}).json()
    found = {g["key"]["feature"]: g for g in report["groups"]}
    drafting, search = found["drafting"], found["search"]
    # $6.00 of the 1st for its five calls there; 10 % of $2.50 on the 3rd, on which nothing was charged yet
    assert (Decimal(drafting["overhead"]), drafting["overhead_is"]) == (Decimal("6.25"), "both")
    assert Decimal(drafting["full_cost"]) == Decimal(drafting["cost"]) + Decimal("6.25")
    assert (Decimal(search["overhead"]), search["overhead_is"]) == (Decimal("0.1"), "declared")


def test_a_filter_changes_nothing_of_what_a_call_carries(client: TestClient) -> None:
    asked = {"window": "2026-10", "customer": "acme"}
    listed = client.get("/api/v1/operations", params=asked).json()["operations"]
    assert [(o["operation_id"], o["overhead"], o["overhead_is"]) for o in listed] == [
        ("b", "1.200000000000", "allocated"),
        ("a", "1.200000000000", "allocated"),
    ]
    assert client.get("/api/v1/operations/b").json()["operation"]["overhead"] == "1.200000000000"
    later = client.get("/api/v1/operations/e").json()["operation"]
    assert (later["cost"], later["overhead"], later["overhead_is"]) == (
        "2.500000000000",
        "0.250000000000",
        "declared",
    )


def test_customers_cost_and_pay_on_the_same_days(client: TestClient) -> None:
    """Cost is known to the 2nd, and so is revenue; the call of the 3rd waits."""
    report = client.get("/api/v1/operations/margin", params={"window": "2026-10"}).json()
    assert (report["meta"]["to"], report["revenue_through"]) == ("2026-10-03", "2026-10-02")
    rows = {
        g["name"]: [Decimal(g[n]) for n in ("cost", "overhead", "revenue", "margin")]
        for g in report["groups"]
    }
    assert rows == {
        "acme": [Decimal("7.5"), Decimal("2.4"), 22, Decimal("12.1")],
        "birch": [Decimal("3.65"), Decimal("3.7"), 4, Decimal("-3.35")],
    }
    assert report["headline"] == (
        "AI costs $17.25, $6.10 of it infrastructure, against $26.00 of revenue from 2026-10-01 to 2026-10-03: "
        "66.4 % of it. 1 customer costs more than it earns, most of all birch."
    )


def test_a_feature_earns_what_is_said_to_be_its_own(client: TestClient) -> None:
    asked = {"window": "2026-10", "by": "feature"}
    report = client.get("/api/v1/operations/margin", params=asked).json()
    drafting, search = report["groups"]
    assert [Decimal(drafting[n]) for n in ("full_cost", "revenue", "margin", "customers_revenue")] == [
        Decimal("16.15"), 2, Decimal("-14.15"), 26,
    ]  # fmt: skip
    assert (search["name"], search["revenue"], search["margin"]) == ("search", None, None)
    alone = client.get("/api/v1/operations/margin", params={**asked, "feature": "search"}).json()
    assert (alone["total"]["revenue"], alone["total"]["margin"]) == (None, None)
    assert alone["headline"].endswith("nobody said what it earns, feature search.")
    refused = client.get("/api/v1/operations/margin", params={**asked, "model": "gpt-4o"})
    assert (refused.status_code, refused.json()["hint"]) == (422, "Filter by feature, or by nothing.")


def test_revenue_in_another_currency_is_not_taken_for_none(company: App) -> None:
    with company.operations_asked() as (con, facts):
        con.execute(
            "CREATE TEMP TABLE daily_revenue AS SELECT * REPLACE ('EUR' AS currency) FROM daily_revenue"
        )
        asked = Asked.of(facts, "2026-10")
        with pytest.raises(NotFound, match="Revenue is in EUR, operations are priced in USD"):
            operations_margin(con, asked)
        con.execute("INSERT INTO daily_revenue SELECT 'birch', DATE '2026-10-01', 'USD', 'one_off', 4")
        groups = {group.name: group for group in operations_margin(con, asked).groups}
    assert (groups["acme"].revenue, groups["acme"].margin) == (None, None)
    assert groups["birch"].revenue == 4


def test_days_on_which_nothing_was_metered_earn_nothing(company: App) -> None:
    """Revenue of September stands beside no operation, so a margin of it would be made of nothing."""
    with company.operations_asked() as (con, facts):
        con.execute("CREATE TEMP TABLE daily_revenue AS SELECT * FROM daily_revenue")
        con.execute("INSERT INTO daily_revenue SELECT 'acme', DATE '2026-09-30', 'USD', 'one_off', 1000")
        report = operations_margin(con, Asked.of(facts, "2026-09-01..2026-11-01"))
        assert (report.meta.start.isoformat(), report.total.revenue) == ("2026-10-01", 26)
        with pytest.raises(NotFound, match="no day in September 2026"):
            operations_margin(con, Asked.of(facts, "2026-09"))


def test_a_provider_that_charges_in_another_currency_is_named(company: App) -> None:
    with company.operations_asked() as (con, facts):
        con.execute("CREATE TEMP TABLE daily_costs AS SELECT * REPLACE ('EUR' AS currency) FROM daily_costs")
        entry = TrueUp(provider="openai", where={"source": "openai"})
        report = operations_true_up(con, Asked.of(facts, "2026-10"), [entry], company.rate_card, "run")
    assert report.headline == "openai charges in EUR; $12.65 are rated."


def test_a_measure_says_what_it_cannot_count(company: App) -> None:
    """The call of larch-9 has tokens and no price."""
    measure = company.workspace.measures["ai_cost"]
    assert isinstance(measure, OperationsMeasure)
    for quantity, left_out in (("cost", 1), ("tokens", 0), ("gpu_seconds", 6)):
        changed = measure.model_copy(update={"quantity": quantity})
        with company.operations_reader() as con:
            notes = OperationsUsage(changed, company.operations_reader)._notes(con)
        assert [int(note.split()[0]) for note in notes] == ([left_out] if left_out else [])
