"""Google's own FOCUS, export and view, with its faults mended."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from google_bills import Google

VIEW: dict[str, Any] = {
    "BilledCost": 10,
    "BillingAccountId": "01ABCD-234567-89EFGH",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-09-01T07:00:00Z",
    "BillingPeriodEnd": "2026-09-30T07:00:00Z",
    "ChargeCategory": "usage",
    "ChargeClass": None,
    "ChargeDescription": "E2 core",
    "ChargePeriodStart": "2026-09-03T10:00:00Z",
    "ChargePeriodEnd": "2026-09-03T11:00:00Z",
    "ContractedCost": 10,
    "EffectiveCost": 10,
    "ListCost": 12,
    "ProviderName": "Google Cloud",
    "PricingCategory": "standard",
    "ServiceName": "Compute Engine",
    "ServiceCategory": ["GCP", "Compute", "GCE"],
    "SubAccountId": "01ABCD-234567-89EFGH",
    "Tags": [
        {"key": "team", "value": "core", "x_type": "project_label"},
        {"key": "team", "value": "search", "x_type": "label"},
        {"key": "env", "value": "prod", "x_type": "tag"},
    ],
    "x_Credits": [],
    "x_CostType": "regular",
    "x_Project": {"id": "shop-prod", "number": "123", "name": "Shop"},
}


def test_the_view_is_put_right(google: Google) -> None:
    record = google.json(VIEW)
    wanted = "ChargeCategory, PricingCategory, SubAccountId, SubAccountName, BillingPeriodEnd, Tags, ServiceCategory"
    assert google.charges(wanted) == [
        (
            "Usage",
            "Standard",
            "shop-prod",
            "Shop",
            datetime(2026, 10, 1, 7, tzinfo=UTC),
            {"team": "search", "env": "prod"},
            "Compute",
        )
    ]
    assert {r.column for r in record.repairs} == {"ChargeCategory", "PricingCategory"}


@pytest.mark.parametrize("billed", [10, 7], ids=["before credits, as the view", "after them, as the export"])
def test_credits_are_rows_whichever_way_google_counts_them(google: Google, billed: int) -> None:
    credit = {"Name": "p", "Amount": -3, "Type": "PROMOTION", "Id": "x", "FullName": "Free trial credit"}
    google.json({**VIEW, "BilledCost": billed, "EffectiveCost": billed, "x_Credits": [credit]})
    wanted = "ChargeCategory, BilledCost, EffectiveCost, ChargeDescription, x_SourceCost"
    assert google.charges(wanted) == [
        ("Credit", Decimal(-3), Decimal(-3), "Free trial credit", None),
        ("Usage", Decimal(10), Decimal(10), "E2 core", Decimal(billed)),
    ]


def test_credits_of_commitments_stay_in_the_cost_of_what_they_cover(google: Google) -> None:
    credit = {"Name": "c", "Amount": -4, "Type": "COMMITTED_USAGE_DISCOUNT"}
    google.json({**VIEW, "x_Credits": [credit]})
    assert google.charges("ChargeCategory, BilledCost, EffectiveCost") == [("Usage", Decimal(6), Decimal(6))]


def test_a_period_in_utc_keeps_its_zone(google: Google) -> None:
    google.json(
        {**VIEW, "BillingPeriodStart": "2026-09-01T00:00:00Z", "BillingPeriodEnd": "2026-09-30T00:00:00Z"}
    )
    assert google.value("SELECT BillingPeriodEnd FROM charges") == datetime(2026, 10, 1, tzinfo=UTC)


def test_it_reads_the_same_from_parquet(google: Google) -> None:
    rows = [{**VIEW, "x_Credits": [{"Name": "p", "Amount": -3.5, "Type": "PROMOTION"}]}, VIEW]
    google.json(*rows)
    wanted = ("BilledCost, Tags, SubAccountId, ChargeCategory, x_LineItemType", "x_SourceLine, BilledCost")
    lines = google.charges(*wanted)
    google.parquet(*rows)
    assert google.charges(*wanted) == lines
