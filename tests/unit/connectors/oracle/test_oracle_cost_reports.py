"""What lines of Oracle's cost reports mean."""

import gzip
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apportion.core.errors import BadInput
from oracle_bills import INSTANCE, Oracle, report

D = Decimal


def test_an_hour_of_a_machine(oracle: Oracle) -> None:
    oracle.text(report({}))
    assert oracle.columns("BilledCost, EffectiveCost, ContractedCost, ListCost, ContractedUnitPrice") == [
        (D("0.05"), D("0.05"), D("0.05"), None, D("0.025"))
    ]
    assert oracle.columns("ChargePeriodStart, ChargePeriodEnd, BillingPeriodStart, BillingPeriodEnd") == [
        (
            datetime(2026, 9, 3, 10, tzinfo=UTC),
            datetime(2026, 9, 3, 11, tzinfo=UTC),
            datetime(2026, 9, 1, tzinfo=UTC),
            datetime(2026, 10, 1, tzinfo=UTC),
        )
    ]
    assert oracle.columns("ServiceName, ServiceCategory, ServiceSubcategory, RegionId, RegionName") == [
        ("Compute", "Compute", "Virtual Machines", "us-ashburn-1", "US East (Ashburn)")
    ]
    assert oracle.columns("ResourceId, ResourceType, PricingQuantity, PricingUnit, SkuId") == [
        (INSTANCE, "instance", D(2), "OCPU/Hour", "B93113")
    ]


def test_tags_are_the_columns_named_after_them(oracle: Oracle) -> None:
    oracle.text(report({}, {"tags/Shop.team": ""}))
    assert oracle.columns("Tags") == [({"Shop.team": "web"},), (None,)]


def test_compartments_and_what_lies_beyond_a_commitment_are_kept(oracle: Oracle) -> None:
    oracle.text(report({"cost/overageFlag": "Y", "cost/myCostOverage": "0.02"}))
    assert oracle.columns("x_Columns['oci_CompartmentName'], x_Columns['oci_CostOverage'], BilledCost") == [
        ("shop", "0.020000000000", D("0.05"))
    ]


def test_a_correction_is_a_line_of_its_own_that_names_the_one_it_corrects(oracle: Oracle) -> None:
    # 0.05 was too much by 0.01.
    correction = {
        "lineItem/isCorrection": "true",
        "lineItem/referenceNo": "ref-2",
        "lineItem/backreferenceNo": "ref-1",
        "cost/myCost": "-0.01",
    }
    record = oracle.text(report({}, correction))
    assert oracle.columns("ChargeClass, BilledCost, x_Columns['oci_BackReferenceNumber']") == [
        (None, D("0.05"), None),
        ("Correction", D("-0.01"), "ref-1"),
    ]
    assert {c.kind: c.charged for c in record.controls} == {"Usage": D("0.05"), "Correction": D("-0.01")}


def test_older_reports_call_the_unit_otherwise(oracle: Oracle) -> None:
    oracle.text(report({}).replace("cost/skuUnitDescription", "cost/billingUnitReadable"))
    assert oracle.value("SELECT PricingUnit FROM charges") == "OCPU/Hour"


def test_the_days_of_a_month_are_one_load(oracle: Oracle) -> None:
    days = [
        oracle.write(
            gzip.compress(report({"lineItem/intervalUsageStart": f"2026-09-{day:02}T10:00Z"}).encode()), name
        )
        for day, name in ((3, "0001.csv.gz"), (4, "0002.csv.gz"))
    ]
    (record,) = oracle.load(*days)
    assert (record.billing_period, record.rows) == ("2026-09", 2)


def test_an_unknown_service_is_other(oracle: Oracle) -> None:
    oracle.text(report({"product/service": "TELEPATHY", "product/region": "mars-1"}))
    assert oracle.columns("ServiceName, ServiceCategory, RegionId, RegionName") == [
        ("TELEPATHY", "Other", "mars-1", "mars-1")
    ]


def test_usage_reports_have_no_cost(oracle: Oracle) -> None:
    with pytest.raises(BadInput, match="lacks my_cost, currency_code"):
        oracle.text(report({}).replace("cost/", "usage/x"))
