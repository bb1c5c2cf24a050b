"""What a bridge says: steps that add up, parts of BilledCost, invoices, accounts, and the rows behind."""

from typing import Literal

from pydantic import Field

from apportion.analytics.models import Amount, Part


class OfBill(Part):
    """What a row belongs to: the bill of one source, billing period and currency."""

    source: str
    billing_period: str
    currency: str


class Bridge(OfBill):
    """One bill from the provider's console to the invoice and to the report.

    console + its steps = BilledCost, BilledCost + its steps = EffectiveCost, to the last digit.
    """

    account: str | None = Field(description="The account it was asked for; null for all.")
    connector: str
    state: str = Field(description="'final' where the period is invoiced, else 'estimated'.")
    loaded_at: str
    load_id: str
    headline: str
    console: Amount = Field(description="What the provider's console shows.")
    BilledCost: Amount
    EffectiveCost: Amount
    hidden: Amount = Field(description="BilledCost of the parts left out by choice.")
    invoiced: Amount = Field(description="Sum of all invoices: BilledCost and what is hidden of it.")
    notes: list[str]


class Step(OfBill):
    """A number of the bridge: where it starts, what changes, what it has become."""

    step: str
    kind: Literal["start", "change", "total"]
    label: str
    amount: Amount = Field(description="What this step adds; of a start or total, the number itself.")
    rows: int = Field(description="Charges behind it; for lines that are no charges, lines of the bill.")
    sentence: str


class BilledPart(OfBill):
    """A part of BilledCost; those shown add up to it, those hidden to `hidden`."""

    part: str
    label: str
    shown: bool
    rows: int
    console: Amount
    BilledCost: Amount
    EffectiveCost: Amount
    sentence: str


class Invoice(OfBill):
    """What an invoice adds up to, in all accounts asked for."""

    invoice_id: str | None = Field(description="Null for charges that name no invoice (yet).")
    issuer: str | None
    rows: int
    BilledCost: Amount
    hidden: Amount = Field(description="What of it stands in parts that are hidden.")


class AccountCost(OfBill):
    """An account's own way from the console to the report."""

    account: str
    rows: int
    console: Amount
    BilledCost: Amount
    EffectiveCost: Amount


class Line(OfBill):
    """Rows of the bill that move alike; every number of the bridge is a sum over these.

    `to_billed` stands in step `billed_step`, `to_effective` in `effective_step`.
    """

    line_item_type: str = Field(description="The provider's kind of line; of a FOCUS bill, ChargeCategory.")
    service: str
    part: str = Field(description="Empty for lines of the bill that are no charges.")
    shown: bool
    rows: int
    console: Amount
    billed_step: str
    to_billed: Amount
    BilledCost: Amount
    effective_step: str
    to_effective: Amount
    EffectiveCost: Amount


class BridgeReport(Part):
    """Bridges of all bills asked for; every list names source, billing period and currency."""

    headline: str
    without: list[str] = Field(description="Parts that were hidden by choice.")
    bridges: list[Bridge]
    steps: list[Step]
    parts: list[BilledPart]
    invoices: list[Invoice]
    accounts: list[AccountCost]
    lines: list[Line]
