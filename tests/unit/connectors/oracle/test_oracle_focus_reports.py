"""Oracle's FOCUS reports: what they do otherwise than FOCUS, and how the reports of a bucket are offered."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from apportion.connectors import Offer, Place
from apportion.connectors.oracle import OracleConnector
from apportion.core.errors import BadInput
from oracle_bills import FOCUS_HOUR, Oracle, report

D = Decimal


def focus(*rows: dict[str, str]) -> str:
    return report(*rows, hour=FOCUS_HOUR)


def test_names_and_gaps_are_mended(oracle: Oracle) -> None:
    oracle.text(focus({}))
    assert oracle.columns("BilledCost, EffectiveCost, ListCost, ContractedCost") == [
        (D("0.05"), D("0.05"), None, None)
    ]
    assert oracle.columns("InvoiceIssuerName, ProviderName, ServiceProviderName, PublisherName") == [
        ("Oracle America, Inc.", "Oracle", "Oracle", "Oracle")
    ]
    assert oracle.columns("RegionId, RegionName, ConsumedQuantity, ConsumedUnit, PricingUnit") == [
        ("us-ashburn-1", "US East (Ashburn)", D(2), "OCPU/Hour", "OCPU/Hour")
    ]
    assert oracle.columns("ChargeFrequency, PricingCategory, ServiceCategory, ServiceSubcategory") == [
        ("Usage-Based", "Standard", "Compute", "Virtual Machines")
    ]
    assert oracle.columns("ChargePeriodStart, Tags, ResourceType, x_Columns['oci_CompartmentName']") == [
        (datetime(2026, 9, 3, 10, tzinfo=UTC), {"team": "web"}, "instance", "shop")
    ]


def test_a_line_without_a_category_is_usage_in_the_control_sums_too(oracle: Oracle) -> None:
    record = oracle.text(focus({"ChargeCategory": ""}, {}))
    assert [(c.kind, c.rows, c.amount, c.charged) for c in record.controls] == [
        ("Usage", 2, D("0.1"), D("0.1"))
    ]


def test_a_line_that_names_another_corrects_it(oracle: Oracle) -> None:
    oracle.text(focus({}, {"oci_BackReferenceNumber": "ref-1", "BilledCost": "-0.01"}))
    assert oracle.columns("ChargeClass, BilledCost") == [(None, D("0.05")), ("Correction", D("-0.01"))]


def test_both_reports_of_the_same_cost_are_refused(oracle: Oracle) -> None:
    with pytest.raises(BadInput, match="same cost"):
        oracle.load(oracle.write(focus({}), "focus.csv"), oracle.write(report({}), "cost.csv"))


def offers(root: Path, *keys: str, now: datetime = datetime(2026, 12, 1, tzinfo=UTC)) -> dict[str, Offer]:
    for key in keys:
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(focus({}))
    return {offer.period: offer for offer in OracleConnector().offers(Place(str(root), now=lambda: now))}


def test_a_month_is_all_its_days(tmp_path: Path) -> None:
    days = [f"FOCUS Reports/2026/09/{day:02}/0001.csv.gz" for day in (1, 2)]
    found = offers(tmp_path, *days, "FOCUS Reports/2026/10/01/0001.csv.gz")
    assert [stored.key for stored in found["2026-09"].objects] == days
    assert list(found) == ["2026-09", "2026-10"]


def test_a_month_that_still_runs_is_not_final(tmp_path: Path) -> None:
    key = "FOCUS Reports/2026/09/01/0001.csv.gz"
    assert offers(tmp_path, key, now=datetime(2026, 9, 2, tzinfo=UTC))["2026-09"].final is False


def test_cost_reports_beside_focus_reports_are_left_out(tmp_path: Path) -> None:
    found = offers(tmp_path, "FOCUS Reports/2026/09/01/1.csv.gz", "reports/cost-csv/1.csv.gz")
    assert [len(o.objects) for o in found.values()] == [1]
    assert "left out" in found["2026-09"].notes[0]


def test_numbered_cost_reports_are_one_offer_without_the_usage_reports(tmp_path: Path) -> None:
    found = offers(
        tmp_path, *(f"reports/{kind}/{n}.csv.gz" for kind in ("cost-csv", "usage-csv") for n in (1, 2))
    )
    assert [stored.key for stored in found[""].objects] == [f"reports/cost-csv/{n}.csv.gz" for n in (1, 2)]
