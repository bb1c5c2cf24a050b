"""What steps and parts of a bridge are called, and one sentence for each."""

from typing import NamedTuple


class Words(NamedTuple):
    """A label and a sentence."""

    label: str
    sentence: str


CONSOLES = {
    "aws": Words("AWS console", "Unblended cost: what Cost Explorer shows unless one chooses another."),
    "microsoft": Words("Azure portal", "Actual cost: what Cost analysis shows unless one chooses another."),
    "google": Words(
        "Google Cloud console", "Cost before credits: what the price list and contracts ask for."
    ),
    "oracle": Words("Oracle console", "Cost as Cost Analysis shows it."),
}
GIVEN = Words("Provider's number", "What the provider's own page adds up to, as the bill gives it.")
FOCUS = Words(
    "Bill as given", "A FOCUS bill carries one amount to pay, BilledCost; the console shows the same."
)

REJECTED = Words(
    "Rows that could not be read",
    "They are in the bill and not in the ledger; 'apportion loads show' lists them.",
)
STEPS = {
    "covered": Words(
        "Usage that a commitment pays for",
        "The console gives it a price; on the invoice it costs nothing, its commitment was bought instead.",
    ),
    "credits_apart": Words(
        "Credits listed apart", "The console's number is before credits; on the invoice they are taken off."
    ),
    "net_discounts": Words(
        "Net discounts",
        "Private prices and agreed discounts, which the bill gives beside what the console shows.",
    ),
    "purchases_out": Words(
        "Commitments bought",
        "Invoiced at once and used over their term, so EffectiveCost takes them out here.",
    ),
    "covered_in": Words(
        "Usage that commitments covered", "Its share of what the commitments cost: the price it really had."
    ),
    "unused_in": Words("Commitments not used", "What was bought for these days and nobody used."),
}
BILLED = Words("BilledCost", "What is invoiced for these charges.")
EFFECTIVE = Words(
    "EffectiveCost", "What Apportion reports by default: commitments spread over what they cover."
)
LEFT_OUT = "{kind} lines are no charges"
SPREAD = Words(
    "{part} amortized otherwise",
    "They name no commitment, and still the bill gives them another EffectiveCost than BilledCost.",
)

PARTS = {
    "usage": Words("Usage", "What was consumed."),
    "purchases": Words("Purchases", "Commitments, subscriptions and fees that were bought."),
    "support": Words("Support", "The provider's support plan."),
    "marketplace": Words("Marketplace", "Sold or published by others than the provider."),
    "tax": Words("Tax", "Taxes on charges."),
    "discounts": Words("Discounts", "Agreed discounts that the bill lists as lines of their own."),
    "credits": Words("Credits", "What the provider took off: programmes, promotions, goodwill."),
    "refunds": Words("Refunds and corrections", "What amends a bill that was invoiced before."),
    "adjustments": Words("Adjustments", "Rounding and other entries that belong to no usage."),
    "uncategorized": Words("Without a category", "The bill does not say what kind of charge these rows are."),
}
HIDEABLE = ("credits", "refunds", "tax", "support", "marketplace")
NO_INVOICE = "no invoice yet"
