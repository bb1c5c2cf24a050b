"""For each rule one row that breaks it."""

from apportion import focus
from apportion.conformance import Rule
from apportion.conformance.rules import kind_of
from focus_bills import (
    ALLOCATED,
    CORRECTION,
    COVERED,
    CREDIT,
    PURCHASE,
    TAX,
    UNUSED,
    USAGE,
    Row,
)

NO_PRICE = {"SkuPriceId": ""}
_NO_TAX = {
    "ContractedUnitPrice": "1", "ListUnitPrice": "1", "PricingCategory": "Standard", "PricingQuantity": "1",
    "SkuId": "S", "SkuPriceId": "P", "PricingCurrencyContractedUnitPrice": "1",
    "PricingCurrencyListUnitPrice": "1",
}  # fmt: skip
_PARENTS_AWAY = {
    "SubAccountId", "RegionId", "ResourceId", "SkuPriceId", "PricingQuantity", "SkuId", "ConsumedQuantity",
    "CommitmentDiscountId", "CommitmentDiscountQuantity", "CapacityReservationId", "InvoiceId",
    "AllocatedMethodId", "AllocatedResourceId",
}  # fmt: skip

ROWS: dict[str, Row] = {
    "BillingPeriodEnd.after-start": USAGE | {"BillingPeriodEnd": "2026-09-01T00:00:00Z"},
    "ChargePeriodEnd.after-start": USAGE | {"ChargePeriodEnd": "2026-08-31T23:00:00Z"},
    "ChargePeriodStart.in-billing-period": USAGE
    | {"ChargePeriodStart": "2026-10-01T00:00:00Z", "ChargePeriodEnd": "2026-10-02T00:00:00Z"},
    "BillingPeriodStart.whole-time": USAGE | {"BillingPeriodEnd": "2026-09-30T23:59:59Z"},
    "ChargeFrequency.purchase": PURCHASE | {"ChargeFrequency": "Usage-Based"},
    "ServiceSubcategory.of-category": USAGE | {"ServiceSubcategory": "Object Storage"},
    "ChargeDescription.given": USAGE | {"ChargeDescription": ""},
    "PricingCategory.committed": COVERED | {"PricingCategory": "Standard"},
    "ContractedCost.product": USAGE | {"ContractedCost": "2.41"},
    "ListCost.product": USAGE | {"ListCost": "2.879"},
    "ContractedCost.credit": CREDIT | {"ContractedCost": "-1"},
    "ListCost.credit": CREDIT | {"ListCost": "0"},
    "ContractedCost.zero": USAGE | {"ContractedCost": "0", "ContractedUnitPrice": "0"},
    "ListCost.zero": USAGE | {"ListCost": "0", "ListUnitPrice": "0"},
    "SkuMeter.with-SkuId": USAGE | {"SkuMeter": ""},
    "SkuPriceDetails.keys": USAGE | {"SkuPriceDetails": '{"Cores": 4}'},
    "ConsumedQuantity.only-usage": UNUSED | {"ConsumedQuantity": "1", "ConsumedUnit": "Hours"},
    "ConsumedQuantity.usage": USAGE | {"ConsumedQuantity": "", "ConsumedUnit": ""},
    "CommitmentDiscountStatus.usage": COVERED | {"CommitmentDiscountStatus": ""},
    "CommitmentDiscountStatus.purchase": PURCHASE | {"CommitmentDiscountStatus": "Used"},
    "CommitmentDiscountQuantity.priced": COVERED
    | {"CommitmentDiscountQuantity": "", "CommitmentDiscountUnit": ""},
    "CommitmentDiscountQuantity.only-commitments": USAGE
    | {"CommitmentDiscountQuantity": "1", "CommitmentDiscountUnit": "USD"},
    "EffectiveCost.commitment-purchase": PURCHASE | {"EffectiveCost": "4.80"},
    "CapacityReservationStatus.usage": ALLOCATED | {"CapacityReservationStatus": ""},
    "PricingCurrency.given": USAGE | {"PricingCurrency": ""},
    "PricingCurrencyEffectiveCost.given": USAGE | {"PricingCurrencyEffectiveCost": ""},
    "PricingCurrencyEffectiveCost.same-currency": USAGE | {"PricingCurrencyEffectiveCost": "2"},
    "PricingCurrencyContractedUnitPrice.same-currency": USAGE | {"PricingCurrencyContractedUnitPrice": "2"},
    "PricingCurrencyListUnitPrice.same-currency": USAGE | {"PricingCurrencyListUnitPrice": "2"},
    "AllocatedMethodDetails.with-AllocatedMethodId": ALLOCATED | {"AllocatedMethodDetails": ""},
    "AllocatedMethodDetails.shape": ALLOCATED
    | {"AllocatedMethodDetails": '{"Elements": [{"AllocatedRatio": 1.5}]}'},
    "ContractApplied.shape": ALLOCATED | {"ContractApplied": '{"Elements": [{"ContractId": "c"}]}'},
    "ContractApplied.either": ALLOCATED
    | {"ContractApplied": '{"Elements": [{"ContractId": "c", "ContractCommitmentId": "d"}]}'},
    "CommitmentProgramEligibilityDetails.shape": ALLOCATED
    | {"CommitmentProgramEligibilityDetails": '{"CommitmentPrograms": []}'},
}

_ILL_TYPED = {
    "number": "1,000.00",
    "time": "2026-09-01 00:00:00",
    "pairs": '{"a": {"b": 1}}',
    "object": "[1]",
}


def row_that_breaks(rule: Rule) -> Row | None:
    """A row for a text file; None where only a header, a typed file or several rows can break the rule."""
    if rule.check in ("header", "records", "dataset"):
        return None
    if rule.check == "row" and rule.id in ROWS:
        return ROWS[rule.id]
    name, aspect = rule.id.split(".", 1)
    if aspect == "type":
        bad = _ILL_TYPED.get(kind_of(name))
        return ALLOCATED | {name: bad} if bad else None
    if aspect == "null":
        return ALLOCATED | {name: "N/A"}
    if aspect == "given":
        return USAGE | {name: ""}
    if aspect in ("allowed", "code"):
        return COVERED | {name: "XXQ"}
    if aspect == "not-negative":
        return CORRECTION | {name: "-1"}
    if aspect == "unit":
        return COVERED | {name: "gigabytes"}
    if aspect == "no-tax":
        return TAX | {name: _NO_TAX[name]}
    if aspect == "priced":
        return USAGE | {name: ""}
    parent = aspect.split("-with-")[-1].removeprefix("with-")
    assert parent in _PARENTS_AWAY, rule.id
    full = ALLOCATED | COVERED | {k: v for k, v in ALLOCATED.items() if k not in COVERED}
    return full | {parent if aspect.startswith("only-with-") else name: ""}


def text_columns(version: str) -> list[str]:
    """Columns that a text file cannot give another type."""
    return [c.name for c in focus.columns_of(version) if kind_of(c.name) == "text"]
