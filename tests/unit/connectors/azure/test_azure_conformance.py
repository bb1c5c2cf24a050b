"""What is exported of Azure's charges keeps the rules of FOCUS."""

import pytest

from apportion.conformance import Order, export_focus
from azure_bills import COVERED, PURCHASE, SAVINGS_PLAN, UNUSED, Azure, details

OTHERS = (
    {**COVERED, "PricingModel": "SavingsPlan", "benefitId": SAVINGS_PLAN},
    {"ChargeType": "Tax", "CostInBillingCurrency": "0.2"},
    {"ChargeType": "RoundingAdjustment", "CostInBillingCurrency": "0.01"},
    {"PublisherType": "Marketplace", "PublisherName": "Acme", "Product": "Acme Search", "MeterCategory": ""},
    {"PricingModel": "Spot"},
    {"UnitOfMeasure": "10K", "ResourceId": "", "ResourceLocation": ""},
)


@pytest.mark.parametrize("version", ["1.2", "1.3", "1.4"])
def test_every_kind_of_line_in_every_version(azure: Azure, version: str) -> None:
    amortized = azure.write(details({}, COVERED, UNUSED, *OTHERS), "AmortizedCost.csv")
    refund = {
        **PURCHASE,
        "ChargeType": "Refund",
        "CostInBillingCurrency": "-5",
        "benefitId": f"{SAVINGS_PLAN}-old",
    }
    actual = azure.write(details({**PURCHASE, "CostInBillingCurrency": "1.44"}, refund), "ActualCost.csv")
    azure.load(amortized, actual)
    (exported,) = export_focus(azure.ledger, azure.folder / "out", Order(version))
    assert (exported.rows, exported.report.failures) == (11, ())
