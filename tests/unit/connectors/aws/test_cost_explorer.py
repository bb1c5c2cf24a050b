"""Cost Explorer: which months are asked for, what is asked, and what the answers become as charges."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.connectors import Offer, Place, SourceFile
from apportion.connectors.aws.cost_explorer import CostExplorerConnector
from apportion.connectors.stores import Changed, Patience
from apportion.core.errors import BadInput, NotFound, Terminal, Transient
from apportion.engine import connect
from apportion.ingestion import ingest_bill
from apportion.ledger import Ledger
from servers.costs import Costs, group, page, span
from servers.faults import Fault, Proxy

NOW = datetime(2026, 10, 20, 8, tzinfo=UTC)
LAMBDA, EC2, PLANS = (
    "AWS Lambda",
    "Amazon Elastic Compute Cloud - Compute",
    "Savings Plans for AWS Compute usage",
)
CORE, SHOP = "111111111111", "222222222222"
ASK = "AWSInsightsIndexService.GetCostAndUsage"


class Explorer(CostExplorerConnector):
    """Without waiting between attempts."""

    patience = Patience(attempts=3, sleep=lambda _: None)


@pytest.fixture
def proxy(costs: Costs, proxied: Callable[[str], Proxy]) -> Proxy:
    return proxied(costs.endpoint)


@pytest.fixture
def place(proxy: Proxy) -> Place:
    return Place("", {"endpoint": proxy.endpoint}, now=lambda: NOW)


def silent(_said: str) -> None:
    pass


def asked(proxy: Proxy) -> list[dict[str, Any]]:
    return [json.loads(r.body) for r in proxy.seen if r.headers.get("x-amz-target") == ASK]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def fetched(place: Place, folder: Path, by: str = "account") -> tuple[Offer, list[dict[str, str]]]:
    """The first offer, and the rows of its file."""
    connector = Explorer(by=by)
    offer = connector.offers(place)[0]
    (file,) = connector.fetch(place, offer, folder, silent)
    return offer, rows(file.path)


def test_all_months_are_looked_at_with_one_question(costs: Costs, proxy: Proxy, place: Place) -> None:
    costs.answer(
        page(
            span("2026-08-01", group(["Usage"], "0")),
            span("2026-09-01", group(["Usage"], "100"), group(["Tax"], "20")),
            span("2026-10-01", group(["Usage"], "60"), estimated=True),
        )
    )
    september, october = Explorer().offers(place)
    assert (september.period, september.final) == ("2026-09", True)
    assert (october.period, october.final) == ("2026-10", False)
    assert [stored.key for stored in september.objects] == ["2026-09/Tax", "2026-09/Usage"]
    (question,) = asked(proxy)
    assert question["TimePeriod"] == {"Start": "2025-10-01", "End": "2026-10-21"}
    assert question["Granularity"] == "MONTHLY"
    assert question["GroupBy"] == [{"Type": "DIMENSION", "Key": "RECORD_TYPE"}]


def test_a_month_is_asked_for_by_day_one_kind_of_line_after_the_other(
    costs: Costs, proxy: Proxy, place: Place, tmp_path: Path
) -> None:
    costs.answer(
        page(span("2026-09-01", group(["Tax"], "20"), group(["Usage"], "100"))),
        page(span("2026-09-30", group(["Tax", CORE], "20"))),
        page(
            span("2026-09-01", group([LAMBDA, CORE], "10"), group([LAMBDA, SHOP], "0")),
            more="next",
            names={CORE: "core"},
        ),
        page(span("2026-09-02", group([EC2, SHOP], "90")), names={SHOP: "shop"}),
    )
    _, found = fetched(place, tmp_path)
    assert [
        (r["day"][:10], r["record_type"], r["service"], r["account"], r["account_name"]) for r in found
    ] == [
        ("2026-09-01", "Usage", LAMBDA, CORE, "core"),
        ("2026-09-02", "Usage", EC2, SHOP, "shop"),
        ("2026-09-30", "Tax", "Tax", CORE, ""),
    ]
    assert {r["billing_account"] for r in found} == {"123456789012"}
    _, tax, first, second = asked(proxy)
    assert tax["Filter"] == {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Tax"]}}
    assert tax["TimePeriod"] == {"Start": "2026-09-01", "End": "2026-10-01"}
    assert [g["Key"] for g in first["GroupBy"]] == ["SERVICE", "LINKED_ACCOUNT"]
    assert (first["Granularity"], second["NextPageToken"]) == ("DAILY", "next")


def test_the_month_in_progress_is_asked_for_until_today(
    costs: Costs, proxy: Proxy, place: Place, tmp_path: Path
) -> None:
    costs.answer(
        page(span("2026-10-01", group(["Usage"], "5"), estimated=True)),
        page(span("2026-10-01", group([LAMBDA, CORE], "5"), estimated=True)),
    )
    _, found = fetched(place, tmp_path)
    assert asked(proxy)[-1]["TimePeriod"] == {"Start": "2026-10-01", "End": "2026-10-21"}
    assert [r["estimated"] for r in found] == ["yes"]


# A month with a savings plan of 36 a month, of which 30 are used, covering what costs 50 on demand.
KINDS = {
    "Usage": [(LAMBDA, ["100"])],
    "SavingsPlanCoveredUsage": [(EC2, ["50", "30"])],
    "SavingsPlanNegation": [(EC2, ["-50", "0"])],
    "SavingsPlanRecurringFee": [(PLANS, ["36", "6"])],
    "Tax": [("Tax", ["20"])],
    "Credit": [(LAMBDA, ["-5"])],
    "Enterprise Discount Program Discount": [(LAMBDA, ["-10"])],
    "Refund": [(EC2, ["-1"])],
    "Other": [(LAMBDA, ["2"])],
}


def september(
    costs: Costs, kinds: dict[str, list[tuple[str, list[str]]]], *, estimated: bool = False
) -> None:
    totals = [group([kind], *lines[0][1]) for kind, lines in kinds.items()]
    days = [
        page(span("2026-09-03", *(group([service, CORE], *c) for service, c in lines), estimated=estimated))
        for _, lines in sorted(kinds.items())
    ]
    costs.answer(page(span("2026-09-01", *totals, estimated=estimated)), *days)


def load(ledger: Ledger, place: Place, folder: Path, **settings: Any) -> Any:
    connector = Explorer(**settings)
    (offer,) = connector.offers(place)
    files = connector.fetch(place, offer, folder, silent)
    (record,) = ingest_bill(ledger, "aws", connector, files, offer=offer, now=place.now)
    return record


def charges(ledger: Ledger, columns: str) -> list[tuple[Any, ...]]:
    con = connect()
    ledger.snapshot().register(con)
    return con.execute(f"SELECT {columns} FROM charges ORDER BY ALL").fetchall()


def test_kinds_of_line_become_charges(costs: Costs, place: Place, tmp_path: Path) -> None:
    september(costs, KINDS)
    ledger = Ledger(tmp_path / "ledger")
    load(ledger, place, tmp_path / "fetched")
    found = charges(ledger, "x_LineItemType, ChargeCategory, BilledCost, EffectiveCost, PricingCategory")
    assert [(kind, category, int(b), int(e), p) for kind, category, b, e, p in found] == [
        ("Credit", "Credit", -5, -5, None),
        ("Enterprise Discount Program Discount", "Credit", -10, -10, None),
        ("Other", "Adjustment", 2, 2, None),
        ("Refund", "Usage", -1, -1, "Other"),
        ("SavingsPlanCoveredUsage", "Usage", 0, 30, "Committed"),
        ("SavingsPlanRecurringFee", "Purchase", 36, 0, "Standard"),
        ("SavingsPlanRecurringFee", "Usage", 0, 6, "Committed"),
        ("Tax", "Tax", 20, 20, None),
        ("Usage", "Usage", 100, 100, "Other"),
    ]


def test_billed_and_effective_cost_are_what_the_console_shows(
    costs: Costs, place: Place, tmp_path: Path
) -> None:
    september(costs, KINDS)
    ledger = Ledger(tmp_path / "ledger")
    record = load(ledger, place, tmp_path / "fetched")
    unblended = 100 + 50 - 50 + 36 + 20 - 5 - 10 - 1 + 2
    amortized = 100 + 30 + 0 + 6 + 20 - 5 - 10 - 1 + 2
    assert charges(ledger, "sum(BilledCost), sum(EffectiveCost)") == [
        (Decimal(unblended), Decimal(amortized))
    ]
    assert {c.kind: c.amount for c in record.controls}["SavingsPlanNegation"] == Decimal(-50)


def test_a_charge_names_day_service_and_account(costs: Costs, place: Place, tmp_path: Path) -> None:
    september(costs, {"Usage": [(EC2, ["100"])]})
    ledger = Ledger(tmp_path / "ledger")
    load(ledger, place, tmp_path / "fetched")
    (found,) = charges(
        ledger,
        "ServiceName, ServiceCategory, SubAccountId, BillingAccountId, strftime(ChargePeriodStart, '%Y-%m-%d'),"
        "strftime(ChargePeriodEnd, '%Y-%m-%d'), ListCost, ContractedCost, BillingCurrency, ConsumedQuantity,"
        "PricingQuantity, PricingUnit, SubAccountName",
    )
    assert found == (
        EC2, "Compute", CORE, "123456789012", "2026-09-03", "2026-09-04", None, Decimal(100), "USD", None,
        Decimal(1), "Units", CORE,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("usage", "tax", "billed"),
    [
        (["100", "100", "90", "90"], ["20", "20", "20", "20"], 110),
        (["100", "100", "90", "90"], ["20", "20", "", ""], 120),
        (["100", "100", "0", "0"], ["20", "20", "0", "0"], 120),
    ],
    ids=["every row has net costs", "one has none", "all are 0"],
)
def test_net_costs_are_taken_for_all_or_for_none(
    costs: Costs, place: Place, tmp_path: Path, usage: list[str], tax: list[str], billed: int
) -> None:
    september(costs, {"Usage": [(LAMBDA, usage)], "Tax": [("Tax", tax)]})
    ledger = Ledger(tmp_path / "ledger")
    load(ledger, place, tmp_path / "fetched")
    assert charges(ledger, "sum(BilledCost), sum(EffectiveCost), sum(x_SourceCost)") == [
        (Decimal(billed), Decimal(billed), Decimal(120))
    ]


def test_a_quantity_is_kept_where_it_has_one_unit(costs: Costs, place: Place, tmp_path: Path) -> None:
    lines = [
        group([LAMBDA, CORE], "1", quantity="5.5", unit="GB-Seconds"),
        group([EC2, CORE], "2", quantity="7"),
        group(["Amazon Glacier", CORE], "0", quantity="9"),
    ]
    costs.answer(page(span("2026-09-01", group(["Usage"], "3"))), page(span("2026-09-03", *lines)))
    _, found = fetched(place, tmp_path)
    assert [(r["service"], r["usage_quantity"], r["usage_unit"]) for r in found] == [
        (LAMBDA, "5.5", "GB-Seconds"),
        (EC2, "", ""),
    ]


@pytest.mark.parametrize(
    ("by", "groups", "key", "value", "column", "expected"),
    [
        ("tag:team", {"Type": "TAG", "Key": "team"}, "team$core", "core", "tags", '{"team": "core"}'),
        ("tag:team", {"Type": "TAG", "Key": "team"}, "team$", "", "tags", ""),
        (
            "cost_category:Product",
            {"Type": "COST_CATEGORY", "Key": "Product"},
            "Product$Shop",
            "Shop",
            "tags",
            '{"aws:cost_category:Product": "Shop"}',
        ),
        ("region", {"Type": "DIMENSION", "Key": "REGION"}, "eu-west-1", "", "region", "eu-west-1"),
        ("region", {"Type": "DIMENSION", "Key": "REGION"}, "NoRegion", "", "region", ""),
    ],
)
def test_costs_may_be_asked_for_by_something_else_than_account(
    costs: Costs, proxy: Proxy, place: Place, tmp_path: Path, by: str, groups: dict[str, str], key: str,
    value: str, column: str, expected: str,
) -> None:  # fmt: skip
    costs.answer(
        page(span("2026-09-01", group(["Usage"], "3"))), page(span("2026-09-03", group([LAMBDA, key], "3")))
    )
    _, (row,) = fetched(place, tmp_path, by)
    assert row[column] == expected
    assert asked(proxy)[-1]["GroupBy"][1] == groups


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"by": "team"}, "Write account, region, tag:KEY or cost_category:NAME"),
        ({"by": "tag:"}, "Write account"),
        ({"months": 15}, "Give 1 to 14"),
        ({"months": 0}, "0 months"),
    ],
)
def test_what_cannot_be_asked_is_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Explorer(**settings)


def test_a_month_is_new_where_its_totals_are_or_where_it_became_final(costs: Costs, place: Place) -> None:
    seen = []
    for cost, estimated in (("100", True), ("100", True), ("101", True), ("101", False)):
        costs.forget()
        costs.answer(page(span("2026-09-01", group(["Usage"], cost), estimated=estimated)))
        seen.append(Explorer().offers(place)[0].fingerprint)
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3


def test_days_that_do_not_add_up_to_the_month_have_changed(
    costs: Costs, place: Place, tmp_path: Path
) -> None:
    costs.answer(
        page(span("2026-09-01", group(["Usage"], "100"))),
        page(span("2026-09-03", group([LAMBDA, CORE], "99"))),
    )
    with pytest.raises(Changed, match="2026-09/Usage changed while they were being read"):
        fetched(place, tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_account_without_cost_is_said(costs: Costs, place: Place) -> None:
    with pytest.raises(NotFound, match="knows of no cost"):
        Explorer().offers(place)


def test_what_passes_is_asked_again(costs: Costs, proxy: Proxy, place: Place) -> None:
    costs.answer(page(span("2026-09-01", group(["Usage"], "100"))))
    throttled = json.dumps({"__type": "ThrottlingException", "message": "Rate exceeded"})
    proxy.plan(Fault(ASK, status=400, body=throttled), Fault(ASK, status=500))
    assert [offer.period for offer in Explorer().offers(place)] == ["2026-09"]


def test_what_does_not_pass_in_the_middle_leaves_nothing_and_the_next_fetch_completes(
    costs: Costs, proxy: Proxy, place: Place, tmp_path: Path
) -> None:
    september(costs, {"Tax": [("Tax", ["20"])], "Usage": [(LAMBDA, ["100"])]})
    connector = Explorer()
    (offer,) = connector.offers(place)

    def fail(said: str) -> None:
        if "Usage" in said:
            proxy.plan(Fault(ASK, status=503, times=3))

    with pytest.raises(Transient, match="answered 503"):
        connector.fetch(place, offer, tmp_path, fail)
    assert not list(tmp_path.iterdir())
    (file,) = connector.fetch(place, offer, tmp_path, silent)
    assert len(rows(file.path)) == 2


@pytest.mark.parametrize(
    ("kind", "message", "said"),
    [
        ("AccessDeniedException", "User: arn:… is not authorized", r"Allow the action ce:GetCostAndUsage"),
        ("AccessDeniedException", "User not enabled for cost explorer access", "Open Cost Explorer once"),
        ("UnrecognizedClientException", "The security token is invalid", r"Set AWS_ACCESS_KEY_ID"),
        ("DataUnavailableException", "Data unavailable", "needs a day to prepare"),
        ("ValidationException", "Start date is too old", r"Start date is too old Check 'months'"),
    ],
)
def test_a_refusal_says_what_to_do(
    costs: Costs, proxy: Proxy, place: Place, kind: str, message: str, said: str
) -> None:
    proxy.plan(Fault(ASK, status=400, body=json.dumps({"__type": kind, "message": message})))
    with pytest.raises(Terminal, match=rf"Cost Explorer: .*{said}"):
        Explorer().offers(place)
    assert len(asked(proxy)) == 1


def test_pages_that_ran_out_mean_that_the_costs_changed(costs: Costs, proxy: Proxy, place: Place) -> None:
    proxy.plan(
        Fault(ASK, status=400, body=json.dumps({"__type": "InvalidNextTokenException", "message": ""}))
    )
    with pytest.raises(Changed):
        Explorer().offers(place)


@pytest.mark.usefixtures("no_credentials")
def test_without_credentials_it_says_where_they_come_from() -> None:
    with pytest.raises(Terminal, match="No credentials for AWS were found"):
        Explorer().offers(Place(""))


def test_an_account_that_cannot_be_reached_is_transient(place: Place, proxy: Proxy) -> None:
    proxy.close()
    with pytest.raises(Transient, match="AWS cannot be reached"):
        Explorer().offers(place)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("day,cost\n2026-09-01,1\n")
    with pytest.raises(BadInput, match=r"other\.csv: This was not fetched from Cost Explorer: it lacks"):
        Explorer().read([SourceFile(path, path.name, path.stat().st_size)], connect())
