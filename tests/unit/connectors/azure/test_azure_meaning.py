"""What lines of Azure's cost details mean, each with numbers that a reader can check by hand."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from azure_bills import COVERED, DAY, PURCHASE, RESERVATION, SAVINGS_PLAN, UNUSED, VM, Azure, details

D = Decimal


def test_a_day_of_a_machine(azure: Azure) -> None:
    azure.text(details({}))
    assert azure.columns("BilledCost, EffectiveCost, ContractedCost, ListCost") == [
        (D("1.2"), D("1.2"), D("1.2"), D("1.5"))
    ]
    assert azure.columns("ChargePeriodStart, ChargePeriodEnd, BillingPeriodStart, BillingPeriodEnd") == [
        (
            datetime(2026, 9, 21, tzinfo=UTC),
            datetime(2026, 9, 22, tzinfo=UTC),
            datetime(2026, 9, 1, tzinfo=UTC),
            datetime(2026, 10, 1, tzinfo=UTC),
        )
    ]
    assert azure.columns("ServiceName, ServiceCategory, ServiceSubcategory, RegionId, RegionName") == [
        ("Virtual Machines", "Compute", "Virtual Machines", "westeurope", "West Europe")
    ]
    assert azure.columns("ResourceName, ResourceType, SubAccountName, Tags['team']") == [
        ("web-1", "Microsoft.Compute/virtualMachines", "Shop", "web")
    ]
    assert azure.columns("x_Columns['x_ResourceGroupName'], x_Columns['x_SkuMeterCategory']") == [
        ("shop", "Virtual Machines")
    ]


def test_what_a_reservation_covers_is_not_billed_again(azure: Azure) -> None:
    azure.text(details({}, COVERED), "amortized.csv")
    assert azure.columns("BilledCost, EffectiveCost, ContractedCost, ListCost, PricingCategory") == [
        (D("1.2"), D("1.2"), D("1.2"), D("1.5"), "Standard"),
        (D(0), D("0.72"), D("1.2"), None, "Committed"),
    ]
    names = "CommitmentDiscountId, CommitmentDiscountName, CommitmentDiscountCategory, CommitmentDiscountType"
    assert azure.columns(f"{names}, CommitmentDiscountStatus")[1] == (
        RESERVATION, "web machines", "Usage", "Reservation", "Used",
    )  # fmt: skip


def test_a_savings_plan_is_a_commitment_to_spend(azure: Azure) -> None:
    plan = {**COVERED, "PricingModel": "SavingsPlan", "benefitId": SAVINGS_PLAN}
    azure.text(details(plan))
    names = "CommitmentDiscountCategory, CommitmentDiscountType, CommitmentDiscountQuantity"
    assert azure.columns(f"BilledCost, EffectiveCost, {names}, CommitmentDiscountUnit") == [
        (D(0), D("0.72"), "Spend", "Savings Plan", D("0.72"), "EUR")
    ]


@pytest.mark.parametrize("kind", ["UnusedReservation", "UnusedSavingsPlan"])
def test_unused_commitment_is_usage_of_the_commitment_itself(azure: Azure, kind: str) -> None:
    azure.text(details({**UNUSED, "ChargeType": kind}))
    assert azure.columns(
        "ChargeCategory, CommitmentDiscountStatus, ResourceId, BilledCost, EffectiveCost, x_LineItemType"
    ) == [("Usage", "Unused", RESERVATION, D(0), D("0.72"), kind)]


def test_the_month_as_both_exports_give_it(azure: Azure) -> None:
    # Amortized: 1.20 on demand, 0.72 covered, 0.72 unused. Actual: 1.20 on demand, 0 covered, 43.80 bought.
    amortized = azure.write(details({}, COVERED, UNUSED), "AmortizedCost.csv")
    free = {**COVERED, "CostInBillingCurrency": "0", "EffectivePrice": "0"}
    actual = azure.write(details({}, free, PURCHASE), "ActualCost.csv")
    (record,) = azure.load(amortized, actual)
    assert azure.rows("SELECT sum(BilledCost), sum(EffectiveCost), count(*) FROM charges") == [
        (D("1.2") + D("43.8"), D("1.2") + D("0.72") + D("0.72"), 4)
    ]
    assert [(left.rows, left.amount) for left in record.left_out] == [(2, D("1.2"))]


def test_over_its_term_a_reservation_costs_what_it_was_bought_for(azure: Azure) -> None:
    # Bought for 1.44 and good for two days: 0.72 a day, used on one and unused on the other.
    amortized = azure.write(details(COVERED, UNUSED), "AmortizedCost.csv")
    actual = azure.write(details({**PURCHASE, "CostInBillingCurrency": "1.44"}), "ActualCost.csv")
    azure.load(amortized, actual)
    of = f"FROM charges WHERE CommitmentDiscountId = '{RESERVATION}'"
    assert azure.rows(f"SELECT sum(BilledCost), sum(EffectiveCost) {of}") == [(D("1.44"), D("1.44"))]


def test_actual_costs_alone_count_what_was_bought_when_it_was(azure: Azure) -> None:
    record = azure.text(details({}, PURCHASE), "export.csv")
    assert azure.columns("ChargeCategory, BilledCost, EffectiveCost") == [
        ("Usage", D("1.2"), D("1.2")),
        ("Purchase", D("43.8"), D("43.8")),
    ]
    assert any("has actual costs only" in note for note in record.notes)


def test_amortized_costs_alone_say_that_billed_cost_lacks_purchases(azure: Azure) -> None:
    record = azure.text(details({}, COVERED), "export.csv")
    assert any("BilledCost lacks purchases" in note for note in record.notes)


def test_actual_costs_of_a_month_without_amortized_ones_are_taken_whole(azure: Azure) -> None:
    august = {
        "Date": "08/21/2026",
        "BillingPeriodStartDate": "08/01/2026",
        "BillingPeriodEndDate": "08/31/2026",
    }
    amortized = azure.write(details({}, COVERED), "AmortizedCost.csv")
    actual = azure.write(details({}, {**PURCHASE, **august}, august), "ActualCost.csv")
    azure.load(amortized, actual)
    assert azure.rows(
        "SELECT x_BillingPeriod, sum(BilledCost), sum(EffectiveCost) FROM charges GROUP BY 1 ORDER BY 1"
    ) == [("2026-08", D(45), D(45)), ("2026-09", D("1.2"), D("1.92"))]


def test_what_was_bought_keeps_the_way_it_is_paid(azure: Azure) -> None:
    azure.text(details(PURCHASE, {**PURCHASE, "Frequency": "OneTime"}))
    assert azure.columns("ChargeFrequency, PricingCategory, ChargeClass, ResourceType") == [
        ("Recurring", "Standard", None, None),
        ("One-Time", "Standard", None, None),
    ]


def test_a_refund_corrects_a_purchase(azure: Azure) -> None:
    refund = {**PURCHASE, "ChargeType": "Refund", "CostInBillingCurrency": "-43.8", "Quantity": "-1"}
    azure.text(details(refund), "ActualCost.csv")
    assert azure.columns("ChargeCategory, ChargeClass, BilledCost, ContractedCost") == [
        ("Purchase", "Correction", D("-43.8"), D("-43.8"))
    ]


@pytest.mark.parametrize(
    ("kind", "category"),
    [("Tax", "Tax"), ("RoundingAdjustment", "Adjustment"), ("Something new", "Adjustment"), ("", "Usage")],
)
def test_kinds_of_line(azure: Azure, kind: str, category: str) -> None:
    azure.text(details({"ChargeType": kind, "CostInBillingCurrency": "0.01"}))
    ((found, billed, frequency),) = azure.columns("ChargeCategory, BilledCost, ChargeFrequency")
    assert (found, billed) == (category, D("0.01"))
    assert frequency == ("Usage-Based" if category == "Usage" else "One-Time")


def test_taxes_have_no_price(azure: Azure) -> None:
    azure.text(details({"ChargeType": "Tax", "CostInBillingCurrency": "0.23"}))
    assert azure.columns("ListCost, ContractedCost, PricingQuantity, SkuPriceId, PricingCategory") == [
        (D("0.23"), D("0.23"), None, None, None)
    ]


def test_a_customer_agreement_has_profiles_and_costs_at_public_prices(azure: Azure) -> None:
    agreement = {
        "BillingProfileId": "AB12-CD34",
        "BillingProfileName": "Shop",
        "PaygCostInBillingCurrency": "1.6",
    }
    azure.text(details({**agreement, "invoiceSectionName": "Retail"}))
    assert azure.columns("BillingAccountId, BillingAccountName, BillingAccountType, ListCost") == [
        ("AB12-CD34", "Shop", "Billing Profile", D("1.6"))
    ]
    assert azure.value("SELECT x_Columns['x_InvoiceSectionName'] FROM charges") == "Retail"


def test_prices_in_another_currency_are_converted_by_the_bill_s_own_rate(azure: Azure) -> None:
    # 24 hours at 0.05 USD are 1.20 USD; at 0.9 EUR a dollar, 1.08 EUR.
    dollars = {
        "PricingCurrency": "USD",
        "ExchangeRatePricingToBilling": "0.9",
        "CostInPricingCurrency": "1.2",
    }
    azure.text(details({**dollars, "CostInBillingCurrency": "1.08"}))
    assert azure.columns(
        "ContractedUnitPrice, ContractedCost, PricingCurrency, PricingCurrencyEffectiveCost"
    ) == [(D("0.045"), D("1.08"), "USD", D("1.2"))]


def test_without_a_rate_prices_in_another_currency_stay_unknown(azure: Azure) -> None:
    azure.text(details({"PricingCurrency": "USD"}))
    assert azure.columns("BilledCost, ContractedCost, ListCost") == [(D("1.2"), None, None)]


def test_a_price_of_nothing_for_what_costs_something_is_unknown(azure: Azure) -> None:
    azure.text(details({"PayGPrice": "0", "UnitPrice": "0"}))
    assert azure.columns("ListCost, ContractedCost, ListUnitPrice") == [(None, None, None)]


def test_spot_is_dynamic(azure: Azure) -> None:
    azure.text(details({"PricingModel": "Spot"}, {"MeterName": "B2s Spot"}))
    assert azure.columns("PricingCategory") == [("Dynamic",), ("Dynamic",)]


def test_the_marketplace_has_other_publishers(azure: Azure) -> None:
    offer = {
        "PublisherType": "Marketplace",
        "PublisherName": "Acme",
        "Product": "Acme Search",
        "MeterCategory": "",
    }
    azure.text(details(offer))
    assert azure.columns("PublisherName, ServiceName, ServiceCategory, ProviderName, HostProviderName") == [
        ("Acme", "Acme Search", "Other", "Microsoft", None)
    ]


def test_legacy_reservations_are_found_by_their_ids(azure: Azure) -> None:
    legacy = {
        **COVERED,
        "PricingModel": "",
        "benefitId": "",
        "ReservationId": "res-1",
        "ProductOrderId": "order-1",
    }
    azure.text(details(legacy))
    assert azure.columns("CommitmentDiscountId, BilledCost, EffectiveCost") == [
        (RESERVATION, D(0), D("0.72"))
    ]


def test_sums_by_kind_are_the_bill_s_own(azure: Azure) -> None:
    record = azure.text(details({}, {}, COVERED, UNUSED), "AmortizedCost.csv")
    assert {c.kind: (c.rows, c.amount, c.charged) for c in record.controls} == {
        "Usage": (3, D("3.12"), D("3.12")),
        "UnusedReservation": (1, D("0.72"), D("0.72")),
    }


def test_the_machine_is_the_resource(azure: Azure) -> None:
    azure.text(details({}))
    assert azure.value("SELECT ResourceId FROM charges") == VM == DAY["ResourceId"]
