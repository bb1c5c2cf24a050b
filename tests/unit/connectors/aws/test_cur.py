"""What the lines of a Cost and Usage Report mean: each kind of line by an example checked by hand."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from apportion.connectors import bill_connector
from apportion.core.errors import BadInput
from apportion.engine import connect
from apportion.ingestion import ingest_bill
from apportion.ledger import Ledger
from aws_bills import SNAKE, charges, line, load, report

PLAN = "arn:aws:savingsplans::100000000001:savingsplan/1"
RI = "arn:aws:ec2:us-east-1:100000000001:reserved-instances/1"


def test_an_hour_of_an_instance_costs_what_it_says(tmp_path: Path) -> None:
    hour = line(pricing_publicOnDemandCost="0.12", pricing_publicOnDemandRate="0.12", product_sku="SKU1")
    wanted = (
        "ChargeCategory",
        "ChargeFrequency",
        "BilledCost",
        "EffectiveCost",
        "ContractedCost",
        "ListCost",
    )
    assert charges(tmp_path, [hour], *wanted) == [("Usage", "Usage-Based", "0.1", "0.1", "0.1", "0.12")]


def test_quantities_units_and_service_are_those_of_focus(tmp_path: Path) -> None:
    wanted = ("PricingQuantity", "PricingUnit", "ConsumedUnit", "ServiceName", "ServiceCategory", "SkuMeter")
    assert charges(tmp_path, [line()], *wanted) == [
        ("1", "Hours", "Hours", "AmazonEC2", "Compute", "BoxUsage:m5.large")
    ]


@pytest.mark.parametrize(
    ("kind", "more", "category", "charge_class", "frequency"),
    [
        ("Tax", {}, "Tax", None, "One-Time"),
        ("Credit", {}, "Credit", None, "One-Time"),
        ("EdpDiscount", {}, "Credit", None, "One-Time"),
        ("Fee", {}, "Purchase", None, "One-Time"),
        ("RIFee", {"reservation/ReservationARN": RI}, "Purchase", None, "Recurring"),
        ("SavingsPlanUpfrontFee", {"savingsPlan/SavingsPlanARN": PLAN}, "Purchase", None, "One-Time"),
        ("Refund", {"bill/BillType": "Refund"}, "Usage", "Correction", "One-Time"),
        ("Refund", {"bill/BillType": "Refund", "lineItem/TaxType": "VAT"}, "Tax", "Correction", "One-Time"),
        ("Refund", {}, "Usage", None, "One-Time"),
        ("Refund", {"lineItem/UsageStartDate": "2026-08-03T00:00:00Z"}, "Usage", "Correction", "One-Time"),
        ("SomethingNew", {}, "Adjustment", None, "One-Time"),
    ],
)
def test_the_kind_of_line_decides_category_class_and_frequency(
    tmp_path: Path, kind: str, more: dict[str, str], category: str, charge_class: str | None, frequency: str
) -> None:
    lines = [{**line(lineItem_LineItemType=kind), **more}]
    found = charges(tmp_path, lines, "ChargeCategory", "ChargeClass", "ChargeFrequency", "x_LineItemType")
    assert found == [(category, charge_class, frequency, kind)]


def test_what_a_savings_plan_covers_is_not_billed_again_and_its_negation_vanishes(tmp_path: Path) -> None:
    covered = line(
        lineItem_LineItemType="SavingsPlanCoveredUsage",
        savingsPlan_SavingsPlanARN=PLAN,
        savingsPlan_SavingsPlanEffectiveCost="0.072",
    )
    negation = line(lineItem_LineItemType="SavingsPlanNegation", lineItem_UnblendedCost="-0.10")
    wanted = ("BilledCost", "EffectiveCost", "ContractedCost", "CommitmentDiscountStatus", "PricingCategory")
    assert charges(tmp_path, [covered, negation], *wanted) == [("0", "0.072", "0.1", "Used", "Committed")]


def test_lines_that_vanish_are_in_the_record_with_their_reason(tmp_path: Path) -> None:
    negation = line(lineItem_LineItemType="SavingsPlanNegation", lineItem_UnblendedCost="-0.10")
    (left_out,) = load(tmp_path, [line(), negation]).left_out
    assert (left_out.account, left_out.amount) == ("200000000002", Decimal("-0.1"))
    assert "covered usage" in left_out.reason


def test_a_plans_fee_is_a_purchase_and_what_nobody_used_of_it_a_row_of_its_own(tmp_path: Path) -> None:
    fee = line(
        lineItem_LineItemType="SavingsPlanRecurringFee",
        lineItem_UnblendedCost="1.00",
        savingsPlan_SavingsPlanARN=PLAN,
        savingsPlan_TotalCommitmentToDate="1.00",
        savingsPlan_UsedCommitment="0.75",
    )
    wanted = ("ChargeCategory", "BilledCost", "EffectiveCost", "CommitmentDiscountStatus", "ResourceId")
    assert charges(tmp_path, [fee], *wanted) == [
        ("Purchase", "1", "0", None, None),
        ("Usage", "0", "0.25", "Unused", PLAN),
    ]


def test_a_reservations_unused_hours_keep_their_share_of_upfront_and_recurring_fees(tmp_path: Path) -> None:
    fee = line(
        lineItem_LineItemType="RIFee",
        lineItem_UnblendedCost="0.60",
        reservation_ReservationARN=RI,
        reservation_UnusedAmortizedUpfrontFeeForBillingPeriod="0.10",
        reservation_UnusedRecurringFee="0.15",
    )
    used = line(
        lineItem_LineItemType="DiscountedUsage",
        lineItem_UnblendedCost="0",
        reservation_ReservationARN=RI,
        reservation_EffectiveCost="0.062",
    )
    wanted = ("ChargeCategory", "BilledCost", "EffectiveCost", "CommitmentDiscountStatus")
    assert charges(tmp_path, [fee, used], *wanted) == [
        ("Purchase", "0.6", "0", None),
        ("Usage", "0", "0.25", "Unused"),
        ("Usage", "0", "0.062", "Used"),
    ]


def test_an_unknown_list_price_is_empty_and_never_zero(tmp_path: Path) -> None:
    assert charges(tmp_path, [line()], "ListCost", "ListUnitPrice") == [(None, None)]


def test_net_costs_are_taken_for_every_metric_where_the_report_has_them(tmp_path: Path) -> None:
    usage = line(lineItem_NetUnblendedCost="0.094")
    covered = line(
        lineItem_LineItemType="SavingsPlanCoveredUsage",
        lineItem_NetUnblendedCost="0.094",
        savingsPlan_SavingsPlanARN=PLAN,
        savingsPlan_SavingsPlanEffectiveCost="0.072",
        savingsPlan_NetSavingsPlanEffectiveCost="0.0677",
    )
    fee = line(
        lineItem_LineItemType="SavingsPlanRecurringFee",
        lineItem_UnblendedCost="1.00",
        lineItem_NetUnblendedCost="0.94",
        savingsPlan_SavingsPlanARN=PLAN,
        savingsPlan_TotalCommitmentToDate="1.00",
        savingsPlan_UsedCommitment="0.75",
    )
    assert charges(tmp_path, [usage, covered, fee], "BilledCost", "EffectiveCost", "x_SourceCost") == [
        ("0.094", "0.094", "0.1"),
        ("0", "0.0677", "0.1"),
        ("0.94", "0", "1"),
        ("0", "0.235", "0"),  # a quarter of the fee after the discount
    ]


def test_without_all_net_columns_none_is_taken(tmp_path: Path) -> None:
    covered = line(
        lineItem_LineItemType="SavingsPlanCoveredUsage",
        lineItem_NetUnblendedCost="0.094",
        savingsPlan_SavingsPlanARN=PLAN,
        savingsPlan_SavingsPlanEffectiveCost="0.072",
    )
    usage = line(lineItem_NetUnblendedCost="0.094")
    assert charges(tmp_path, [usage, covered], "BilledCost", "EffectiveCost") == [
        ("0.1", "0.1"),
        ("0", "0.072"),
    ]


def test_a_last_second_is_the_first_moment_after(tmp_path: Path) -> None:
    fee = line(lineItem_LineItemType="RIFee", lineItem_UsageEndDate="2026-09-30T23:59:59Z")
    ((end,),) = charges(tmp_path, [fee], "strftime(ChargePeriodEnd, '%Y-%m-%d %H:%M:%S')")
    assert end == "2026-10-01 00:00:00"


def test_marketplace_charges_are_the_sellers(tmp_path: Path) -> None:
    bought = line(
        bill_BillingEntity="AWS Marketplace", lineItem_LegalEntity="Snow Ltd", bill_InvoicingEntity="AWS Inc"
    )
    wanted = ("PublisherName", "ServiceProviderName", "InvoiceIssuerName", "HostProviderName")
    assert charges(tmp_path, [bought], *wanted) == [("Snow Ltd", "Snow Ltd", "AWS Inc", "AWS")]


def test_tags_and_cost_categories_are_tags_and_empty_ones_are_none(tmp_path: Path) -> None:
    tagged = {
        **line(),
        "resourceTags/user:Team": 'a "quoted" name',
        "resourceTags/user:env": "",
        "resourceTags/aws:eks:cluster-name": "prod",
        "costCategory/Unit": "Retail",
    }
    ((tags,),) = charges(tmp_path, [tagged], "Tags")
    assert tags == {
        "Team": 'a "quoted" name',
        "aws:eks:cluster-name": "prod",
        "aws:cost_category:Unit": "Retail",
    }


def test_pods_get_their_share_of_the_instance_and_the_instance_keeps_the_rest(tmp_path: Path) -> None:
    host = line(lineItem_ResourceId="i-1")
    pods = [
        line(
            lineItem_ProductCode="AmazonEKS",
            lineItem_ResourceId=f"arn:pod/{name}",
            lineItem_UnblendedCost="0",
            splitLineItem_ParentResourceId="i-1",
            splitLineItem_SplitUsageRatio=ratio,
            splitLineItem_SplitCost=used,
            splitLineItem_UnusedCost=unused,
            **{"resourceTags_user:team": name},
        )
        for name, ratio, used, unused in (("a", "0.3", "0.03", "0.01"), ("b", "0.2", "0.02", "0.005"))
    ]
    wanted = ("ResourceId", "AllocatedResourceId", "EffectiveCost", "BilledCost", "AllocatedTags")
    assert charges(tmp_path, [host, *pods], *wanted) == [
        ("i-1", None, "0.035", "0.035", None),
        ("i-1", "arn:pod/a", "0.04", "0.04", {"team": "a"}),
        ("i-1", "arn:pod/b", "0.025", "0.025", {"team": "b"}),
    ]


def test_pods_never_get_more_than_their_instance_cost(tmp_path: Path) -> None:
    host = line(lineItem_ResourceId="i-1", lineItem_UnblendedCost="0.03")
    pod = line(
        lineItem_UnblendedCost="0", splitLineItem_ParentResourceId="i-1", splitLineItem_SplitCost="0.02"
    )
    found = charges(tmp_path, [host, pod, pod], "EffectiveCost")
    assert found == [("0",), ("0.015",), ("0.015",)]


def test_snake_case_and_maps_of_cur_2_mean_the_same(tmp_path: Path) -> None:
    names = {old: _snake(old) for old in line()}
    source = report(tmp_path / "cur.csv", [{names[k]: v for k, v in line().items()}])
    two = tmp_path / "cur2.parquet"
    duckdb.sql(
        f"COPY (SELECT *, MAP {{'user_team': 'red', 'aws_stack': 's'}} AS resource_tags, "
        f"MAP {{'unit': 'Retail'}} AS cost_category, MAP {{'region_code': 'eu-west-1'}} AS product "
        f"FROM read_csv('{source}', all_varchar = true)) TO '{two}'"
    )
    ingest_bill(Ledger(tmp_path / "ledger"), "aws", bill_connector("aws"), [two])
    con = connect()
    Ledger(tmp_path / "ledger").snapshot().register(con)
    found = con.execute("SELECT BilledCost, RegionId, Tags FROM charges").fetchall()
    assert found == [
        (Decimal("0.1"), "eu-west-1", {"team": "red", "aws:stack": "s", "aws:cost_category:unit": "Retail"})
    ]


def _snake(name: str) -> str:
    import re

    section, _, rest = name.partition("/")
    return f"{SNAKE[section]}_{re.sub('(?<!^)(?=[A-Z])', '_', rest).lower()}"


def test_sums_of_each_kind_of_line_equal_the_bills_own(tmp_path: Path) -> None:
    lines = [line(), line(lineItem_LineItemType="Tax", lineItem_UnblendedCost="0.02"), line()]
    controls = {c.kind: (c.rows, c.amount, c.charged) for c in load(tmp_path, lines).controls}
    assert controls == {
        "Usage": (2, Decimal("0.2"), Decimal("0.2")),
        "Tax": (1, Decimal("0.02"), Decimal("0.02")),
    }


def test_a_month_without_invoice_numbers_is_estimated_until_it_has_them(tmp_path: Path) -> None:
    assert (
        load(tmp_path / "open", [line(bill_BillingPeriodEndDate="2126-10-01T00:00:00Z")]).state == "estimated"
    )
    invoiced = [line(bill_InvoiceId="77"), line(bill_InvoiceId="77")]
    assert load(tmp_path / "closed", invoiced).state == "final"


def test_lines_are_numbered_truly_in_a_large_file_whose_lines_vanish_or_become_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apportion.connectors.csv_rows._PART", 2_000)
    negation = line(lineItem_LineItemType="SavingsPlanNegation", lineItem_UnblendedCost="-0.10")
    fee = line(
        lineItem_LineItemType="SavingsPlanRecurringFee",
        savingsPlan_SavingsPlanARN=PLAN,
        savingsPlan_TotalCommitmentToDate="1",
        savingsPlan_UsedCommitment="0",
    )
    odd = line(lineItem_LineItemDescription="two\nlines")
    lines = [
        {**each, "lineItem/ResourceId": f"line {number}"}
        for number, each in enumerate([negation, fee, odd, line()] * 20, start=2)
    ]
    found = charges(
        tmp_path, lines, "x_SourceLine", "ResourceId", "x_LineItemType", "CommitmentDiscountStatus"
    )
    assert len(found) == 80  # a quarter vanishes, a quarter becomes two
    assert all(place == f"line {number}" for number, place, _, unused in found if not unused)


def test_a_line_in_no_currency_is_rejected_and_left_out_of_both_sums(tmp_path: Path) -> None:
    record = load(tmp_path, [line(lineItem_CurrencyCode="13/13/2026"), *[line()] * 200])
    assert (record.rows, record.rejected_rows) == (200, 1)
    assert [(c.kind, c.rows, c.amount) for c in record.controls] == [("Usage", 200, Decimal(20))]
    assert record.rejects[0].reason == "not a currency of three capital letters"


def test_a_report_without_its_costs_says_what_is_missing(tmp_path: Path) -> None:
    bare = {k: v for k, v in line().items() if k != "lineItem/UnblendedCost"}
    with pytest.raises(BadInput, match="lacks line_item_unblended_cost"):
        load(tmp_path, [bare])
