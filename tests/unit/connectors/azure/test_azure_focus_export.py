"""Microsoft's FOCUS exports: what they do otherwise than FOCUS, and what it becomes."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apportion.core.errors import BadInput
from azure_bills import RESERVATION, Azure, details

D = Decimal

ROW = {
    "BilledCost": "1.2",
    "EffectiveCost": "1.2",
    "ListCost": "1.5",
    "ContractedCost": "1.2",
    "BillingCurrency": "EUR",
    "BillingAccountId": "/providers/Microsoft.Billing/billingAccounts/1/billingProfiles/2",
    "BillingPeriodStart": "2026-09-01T00:00Z",
    "BillingPeriodEnd": "2026-10-01T00:00Z",
    "ChargePeriodStart": "2026-09-21T00:00Z",
    "ChargePeriodEnd": "2026-09-22T00:00Z",
    "ChargeCategory": "Usage",
    "ChargeFrequency": "Usage-Based",
    "PricingCategory": "Standard",
    "SkuPriceId": "price-1",
    "ServiceName": "Virtual Machines",
    "ServiceCategory": "Compute",
    "SubAccountId": "/subscriptions/sub-1",
    "Tags": '{"team": "web"}',
    "CommitmentDiscountId": "",
    "x_ResourceGroupName": "shop",
}


def export(*rows: dict[str, str]) -> str:
    """A FOCUS export, each line an ordinary day but for what `rows` say."""
    lines = [{**ROW, **row} for row in rows]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(n for line in lines for n in line)), restval="")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def test_a_day_is_as_it_is(azure: Azure) -> None:
    azure.text(export({}))
    assert azure.columns("BilledCost, ListCost, ChargePeriodEnd, Tags['team']") == [
        (D("1.2"), D("1.5"), datetime(2026, 9, 22, tzinfo=UTC), "web")
    ]
    assert azure.columns(
        "ProviderName, ServiceProviderName, BillingAccountType, SubAccountType, SubAccountName"
    ) == [("Microsoft", "Microsoft", "Billing Profile", "Subscription", "/subscriptions/sub-1")]
    assert azure.value("SELECT x_Columns['x_ResourceGroupName'] FROM charges") == "shop"


@pytest.mark.parametrize(
    ("preview", "category"),
    [("On-Demand", "Standard"), ("Commitment-Based", "Committed"), ("Dynamic", "Dynamic"), ("Else", "Other")],
)
def test_the_preview_s_words_become_those_of_focus(azure: Azure, preview: str, category: str) -> None:
    azure.text(export({"PricingCategory": preview}))
    assert azure.value("SELECT PricingCategory FROM charges") == category


def test_the_preview_s_names_become_those_of_focus(azure: Azure) -> None:
    preview = {
        "UsageQuantity": "24",
        "UsageUnit": "Hours",
        "Region": "westeurope",
        "x_OnDemandUnitPrice": "0.05",
    }
    azure.text(export(preview))
    assert azure.columns("ConsumedQuantity, ConsumedUnit, RegionId, RegionName, ContractedUnitPrice") == [
        (D(24), "Hours", "westeurope", "westeurope", D("0.05"))
    ]


def test_the_preview_says_in_a_subcategory_what_was_unused(azure: Azure) -> None:
    commitment = {
        "CommitmentDiscountId": RESERVATION,
        "CommitmentDiscountType": "Reservation",
        "PricingCategory": "Commitment-Based",
        "BilledCost": "0",
    }
    azure.text(
        export(
            {**commitment, "ChargeSubcategory": "Used Commitment", "ResourceId": "/vm"},
            {**commitment, "ChargeSubcategory": "Unused Commitment"},
        )
    )
    assert azure.columns("CommitmentDiscountStatus, ResourceId, BilledCost, EffectiveCost") == [
        ("Used", "/vm", D(0), D("1.2")),
        ("Unused", RESERVATION, D(0), D("1.2")),
    ]


def test_buying_a_commitment_has_no_effective_cost(azure: Azure) -> None:
    bought = {
        "ChargeCategory": "Purchase",
        "CommitmentDiscountId": RESERVATION,
        "ChargeFrequency": "Usage-Based",
    }
    azure.text(export(bought))
    assert azure.columns("BilledCost, EffectiveCost, ChargeFrequency, CommitmentDiscountStatus") == [
        (D("1.2"), D(0), "One-Time", None)
    ]


def test_a_price_of_nothing_for_what_costs_something_is_unknown(azure: Azure) -> None:
    azure.text(export({"ListCost": "0", "ContractedCost": "0", "ListUnitPrice": "0"}))
    assert azure.columns("ListCost, ContractedCost, ListUnitPrice") == [(None, None, None)]


@pytest.mark.parametrize(
    ("billing_end", "charge_end"),
    [("2026-09-30T00:00Z", "2026-09-21T00:00Z"), ("2026-10-01T00:00:00Z", "2026-09-21T23:59:59Z")],
)
def test_periods_end_with_the_moment_behind_them(azure: Azure, billing_end: str, charge_end: str) -> None:
    azure.text(export({"BillingPeriodEnd": billing_end, "ChargePeriodEnd": charge_end}))
    assert azure.columns("BillingPeriodEnd, ChargePeriodEnd") == [
        (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 9, 22, tzinfo=UTC))
    ]


def test_columns_before_1_2_are_known_by_their_x_names(azure: Azure) -> None:
    azure.text(export({"x_InvoiceId": "G1", "x_PricingCurrency": "EUR", "x_SkuMeterName": "B2s"}))
    assert azure.columns("InvoiceId, PricingCurrency, SkuMeter") == [("G1", "EUR", "B2s")]


def test_the_same_costs_in_both_forms_are_refused(azure: Azure) -> None:
    paths = [azure.write(export({}), "focus.csv"), azure.write(details({}), "actual.csv")]
    with pytest.raises(BadInput, match="FOCUS export, which has their cost already"):
        azure.load(*paths)
