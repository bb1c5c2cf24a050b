"""Rows of FOCUS bills that conform to each version, for tests that break one thing at a time."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from apportion import focus

Row = dict[str, str]

USAGE: Row = {
    "AvailabilityZone": "eu-central-1a",
    "BilledCost": "2.40",
    "BillingAccountId": "111122223333",
    "BillingAccountName": "juniper",
    "BillingAccountType": "Payer Account",
    "BillingCurrency": "USD",
    "BillingPeriodEnd": "2026-10-01T00:00:00Z",
    "BillingPeriodStart": "2026-09-01T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargeDescription": "Shop servers",
    "ChargeFrequency": "Usage-Based",
    "ChargePeriodEnd": "2026-09-02T00:00:00Z",
    "ChargePeriodStart": "2026-09-01T00:00:00Z",
    "ConsumedQuantity": "24",
    "ConsumedUnit": "Hours",
    "ContractedCost": "2.40",
    "ContractedUnitPrice": "0.10",
    "EffectiveCost": "2.40",
    "HostProviderName": "AWS",
    "InvoiceDetailId": "INV-9-1",
    "InvoiceId": "INV-9",
    "InvoiceIssuerName": "AWS",
    "ListCost": "2.88",
    "ListUnitPrice": "0.12",
    "PricingCategory": "Standard",
    "PricingCurrency": "USD",
    "PricingCurrencyContractedUnitPrice": "0.10",
    "PricingCurrencyEffectiveCost": "2.40",
    "PricingCurrencyListUnitPrice": "0.12",
    "PricingQuantity": "24",
    "PricingUnit": "Hours",
    "ProviderName": "AWS",
    "PublisherName": "AWS",
    "RegionId": "eu-central-1",
    "RegionName": "Frankfurt",
    "ResourceId": "i-checkout",
    "ResourceName": "checkout",
    "ResourceType": "Instance",
    "ServiceCategory": "Compute",
    "ServiceName": "Elastic Compute",
    "ServiceProviderName": "AWS",
    "ServiceSubcategory": "Virtual Machines",
    "SkuId": "SKU-1",
    "SkuMeter": "Box Usage",
    "SkuPriceDetails": '{"CoreCount": 4, "x_Tier": "one"}',
    "SkuPriceId": "SKU-1.PRICE",
    "SubAccountId": "444455556666",
    "SubAccountName": "shop",
    "SubAccountType": "Linked Account",
    "Tags": '{"team": "shop", "cost-center": "0042", "spot": true, "owner": null}',
}
_COMMITMENT: Row = {
    "CommitmentDiscountCategory": "Spend",
    "CommitmentDiscountId": "sp-1",
    "CommitmentDiscountName": "Savings Plan",
    "CommitmentDiscountQuantity": "2.40",
    "CommitmentDiscountStatus": "Used",
    "CommitmentDiscountType": "Savings Plan",
    "CommitmentDiscountUnit": "USD",
    "PricingCategory": "Committed",
    "BilledCost": "0",
}
_UNPRICED = (
    "ContractedUnitPrice", "ListUnitPrice", "PricingCategory", "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyListUnitPrice", "PricingQuantity", "PricingUnit", "SkuId", "SkuMeter", "SkuPriceDetails",
    "SkuPriceId", "ConsumedQuantity", "ConsumedUnit", "ResourceId", "ResourceName", "ResourceType",
)  # fmt: skip

COVERED: Row = USAGE | _COMMITMENT
UNUSED: Row = COVERED | {"CommitmentDiscountStatus": "Unused", "ConsumedQuantity": "", "ConsumedUnit": ""}
PURCHASE: Row = (
    USAGE
    | _COMMITMENT
    | {
        "BilledCost": "4.80", "ChargeCategory": "Purchase", "ChargeFrequency": "Recurring",
        "CommitmentDiscountStatus": "", "CommitmentDiscountQuantity": "4.80", "ConsumedQuantity": "",
        "ConsumedUnit": "", "EffectiveCost": "0", "PricingCategory": "Standard",
        "PricingCurrencyEffectiveCost": "0",
    }
)  # fmt: skip
TAX: Row = USAGE | dict.fromkeys(_UNPRICED, "") | {"ChargeCategory": "Tax", "ChargeFrequency": "Recurring"}
CREDIT: Row = (
    USAGE
    | dict.fromkeys(_UNPRICED, "")
    | dict.fromkeys(("BilledCost", "EffectiveCost", "ContractedCost", "ListCost"), "-1.5e-1")
    | {"ChargeCategory": "Credit", "ChargeFrequency": "One-Time", "PricingCurrencyEffectiveCost": "-0.15"}
)
CORRECTION: Row = USAGE | {"ChargeClass": "Correction", "ListCost": "1", "PricingQuantity": "-24"}
ALLOCATED: Row = USAGE | {
    "AllocatedMethodDetails": '{"Elements": [{"AllocatedRatio": 0.25, "UsageUnit": "Cores", "UsageQuantity": 2}]}',
    "AllocatedMethodId": "split-by-cores",
    "AllocatedResourceId": "pod-1",
    "AllocatedResourceName": "checkout-pod",
    "AllocatedTags": '{"app": "checkout"}',
    "CapacityReservationId": "cr-1",
    "CapacityReservationStatus": "Used",
    "CommitmentProgramEligibilityDetails": '{"CommitmentPrograms": [{"ProgramType": "Savings Plan"}]}',
    "ContractApplied": '{"Elements": [{"ContractId": "c", "ContractCommitmentId": "cc", "ContractCommitmentAppliedCost": 1}]}',
}
CLEAN = (USAGE, COVERED, UNUSED, PURCHASE, TAX, CREDIT, CORRECTION, ALLOCATED)


def write(path: Path, rows: Iterable[Mapping[str, str]], version: str, *, more: Iterable[str] = ()) -> Path:
    """A CSV with the columns of `version`, in their order, and `more`; what a row lacks is empty."""
    columns = [*(c.name for c in focus.columns_of(version)), *more]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path
