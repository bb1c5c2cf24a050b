"""Units of measure: what a block is, and whether a quantity counts blocks or units."""

from decimal import Decimal

import pytest

from azure_bills import Azure, details

D = Decimal


@pytest.mark.parametrize(
    ("measure", "quantity", "priced", "priced_unit", "unit"),
    [
        ("1 Hour", "24", "24", "Hours", "Hours"),
        ("100 Hours", "24", "0.24", "100 Hours", "Hours"),
        ("10K", "25000", "2.5", "10000 Units", "Units"),
        ("1M", "500000", "0.5", "1000000 Units", "Units"),
        ("10K Transactions", "5000", "0.5", "10000 Transactions", "Transactions"),
        ("1 GB/Month", "3", "3", "GB/Month", "GB/Month"),
        ("10 GB Hours", "5", "0.5", "10 GB-Hours", "GB-Hours"),
        ("150 Hours", "1", "0.006666666666", "150 Hours", "Hours"),
        ("1,000 Widgets", "10", "0.01", "1000 Widgets", "Widgets"),
    ],
)
def test_quantities_are_divided_by_the_block(
    azure: Azure, measure: str, quantity: str, priced: str, priced_unit: str, unit: str
) -> None:
    free = {"CostInBillingCurrency": "0", "UnitPrice": "0"}
    azure.text(details({**free, "UnitOfMeasure": measure, "Quantity": quantity}))
    assert azure.columns("PricingQuantity, PricingUnit, ConsumedQuantity, ConsumedUnit") == [
        (D(priced), priced_unit, D(quantity), unit)
    ]


def test_the_contracted_cost_is_the_price_of_a_block_times_the_blocks(azure: Azure) -> None:
    # 25,000 operations at 0.10 for 10,000 are 0.25.
    azure.text(
        details(
            {"UnitOfMeasure": "10K", "Quantity": "25000", "UnitPrice": "0.1", "CostInBillingCurrency": "0.25"}
        )
    )
    assert azure.columns("PricingQuantity, ContractedCost") == [(D("2.5"), D("0.25"))]


def test_a_quantity_that_counts_blocks_already_is_not_divided_again(azure: Azure) -> None:
    # Enterprise agreements: 0.0004 blocks of 10,000 at 0.10 cost 0.00004: four operations.
    line = {
        "UnitOfMeasure": "10K",
        "Quantity": "0.0004",
        "UnitPrice": "0.1",
        "CostInBillingCurrency": "0.00004",
    }
    azure.text(details(line))
    assert azure.columns("PricingQuantity, ContractedCost, ConsumedQuantity") == [
        (D("0.0004"), D("0.00004"), D(4))
    ]


def test_without_a_unit_of_measure_costs_by_price_are_unknown(azure: Azure) -> None:
    azure.text(details({"UnitOfMeasure": None}))
    assert azure.columns("ConsumedQuantity, ConsumedUnit, ContractedCost, ListCost") == [
        (D(24), "Units", None, None)
    ]
