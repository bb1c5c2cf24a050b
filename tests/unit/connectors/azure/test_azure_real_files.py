"""Anonymised real files: what their charges add up to is what the files do, counted independently."""

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from azure_bills import Azure

FOLDER = Path(__file__).parents[5] / "shared/data/azure"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not FOLDER.exists(), reason="the public samples are not here"),
]
COSTS = ("CostInBillingCurrency", "costinbillingcurrency", "PreTaxCost", "Cost")


def sums(path: Path) -> dict[str, tuple[int, Decimal]]:
    """Rows and cost of each kind of line, each cost rounded to twelve places as the ledger keeps it."""
    found: dict[str, list[Decimal]] = defaultdict(list)
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            cost = next(row[name] for name in COSTS if row.get(name))
            found[row.get("ChargeType") or "Usage"].append(Decimal(cost).quantize(Decimal("1e-12")))
    return {kind: (len(costs), sum(costs, Decimal(0))) for kind, costs in found.items()}


@pytest.mark.parametrize(
    "name",
    [
        "EA_ActualCost_Small.csv",
        "EA_AmortizedCost_Small.csv",
        "opencost_headers/Enterprise.csv",
        "opencost_headers/PayAsYouGo.csv",
        "opencost_headers/VirtualMachine.csv",
    ],
)
def test_each_kind_of_line_adds_up_to_the_file_s_own_sum(azure: Azure, name: str) -> None:
    (record,) = azure.load(FOLDER / name)
    assert {c.kind: (c.rows, c.charged) for c in record.controls} == sums(FOLDER / name)
    assert record.rejected_rows == 0


def test_both_exports_of_a_month_together(azure: Azure) -> None:
    amortized, actual = FOLDER / "EA_AmortizedCost_Small.csv", FOLDER / "EA_ActualCost_Small.csv"
    azure.load(amortized, actual)
    bought = sums(actual)["Purchase"][1]
    ((effective, billed),) = azure.rows("SELECT sum(EffectiveCost), sum(BilledCost) FROM charges")
    covered = azure.value("SELECT sum(EffectiveCost) FROM charges WHERE CommitmentDiscountStatus = 'Used'")
    assert effective == sums(amortized)["Usage"][1]
    assert billed == effective - covered + bought


def test_prices_explain_what_was_used_on_demand(azure: Azure) -> None:
    azure.load(FOLDER / "EA_AmortizedCost_Small.csv")
    away = azure.value(
        "SELECT max(abs(ContractedCost - BilledCost)) FROM charges WHERE PricingCategory = 'Standard'"
    )
    assert away < Decimal("0.000001")
