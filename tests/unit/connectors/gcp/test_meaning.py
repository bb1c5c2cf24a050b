"""What each kind of line in Google Cloud's export means, with numbers checked by hand."""

from datetime import UTC, datetime
from decimal import Decimal

from google_bills import Google, line

COSTS = "x_LineItemType, ChargeCategory, BilledCost, EffectiveCost"


def test_usage_has_its_cost_in_all_metrics(google: Google) -> None:
    google.json(line())
    assert google.charges(f"{COSTS}, ListCost, ContractedCost, ChargeClass") == [
        ("regular", "Usage", Decimal("1.5"), Decimal("1.5"), Decimal(2), Decimal("1.5"), None)
    ]


def test_the_kinds_of_cost_become_categories(google: Google) -> None:
    google.json(
        line(),
        line(cost_type="tax", cost=0.12),
        line(cost_type="adjustment", cost=-0.4),
        line(cost_type="rounding_error", cost=0.0004),
    )
    assert google.charges(COSTS) == [
        ("regular", "Usage", Decimal("1.5"), Decimal("1.5")),
        ("tax", "Tax", Decimal("0.12"), Decimal("0.12")),
        ("adjustment", "Adjustment", Decimal("-0.4"), Decimal("-0.4")),
        ("rounding_error", "Adjustment", Decimal("0.0004"), Decimal("0.0004")),
    ]


def test_each_credit_is_a_row(google: Google) -> None:
    google.json(
        line(
            credits=[
                {"name": "Sustained use", "amount": -0.3, "type": "SUSTAINED_USAGE_DISCOUNT"},
                {"name": "p", "full_name": "Free trial credit", "amount": -0.2, "type": "PROMOTION"},
            ]
        )
    )
    assert google.charges(f"{COSTS}, ChargeDescription, x_SourceCost") == [
        ("credit PROMOTION", "Credit", Decimal("-0.2"), Decimal("-0.2"), "Free trial credit", None),
        (
            "credit SUSTAINED_USAGE_DISCOUNT",
            "Credit",
            Decimal("-0.3"),
            Decimal("-0.3"),
            "Sustained use",
            None,
        ),
        ("regular", "Usage", Decimal("1.5"), Decimal("1.5"), line()["sku"]["description"], Decimal("1.5")),
    ]


def test_the_bill_adds_up_to_the_invoice(google: Google) -> None:
    # 1.50 + 0.72 fee − 1.00 commitment − 0.30 sustained use + 0.12 tax = 1.04
    record = google.json(
        line(credits=[
            {"name": "c", "amount": -1, "type": "COMMITTED_USAGE_DISCOUNT"},
            {"name": "s", "amount": -0.3, "type": "SUSTAINED_USAGE_DISCOUNT"},
        ]),
        line(sku__description="Commitment v1: E2 Cpu in Americas for 1 Year", cost=0.72, subscription__instance_id="s-1"),
        line(cost_type="tax", cost=0.12),
    )  # fmt: skip
    (total,) = record.totals
    assert total.BilledCost == total.EffectiveCost == Decimal("1.04")


def test_a_commitment_of_resources_lowers_what_it_covers_and_its_fee_is_bought_and_used(
    google: Google,
) -> None:
    google.json(
        line(cost=1, credits=[{"name": "Committed Usage Discount: CPU", "amount": -1, "type": "COMMITTED_USAGE_DISCOUNT"}]),
        line(sku__description="Commitment v1: E2 Cpu in Americas for 1 Year", cost=0.72, subscription__instance_id="s-1"),
    )  # fmt: skip
    wanted = f"{COSTS}, CommitmentDiscountId, CommitmentDiscountCategory, CommitmentDiscountStatus"
    assert google.charges(wanted) == [
        ("regular", "Usage", Decimal(0), Decimal(0), None, None, None),
        ("commitment", "Usage", Decimal(0), Decimal("0.72"), "s-1", "Usage", "Used"),
        ("regular", "Purchase", Decimal("0.72"), Decimal(0), "s-1", "Usage", None),
    ]
    assert google.value("SELECT x_Columns['credits'] FROM charges WHERE x_SourceLine = 1") == (
        '[{"name":"Committed Usage Discount: CPU","full_name":null,"id":null,'
        '"type":"COMMITTED_USAGE_DISCOUNT","amount":-1.000000000000}]'
    )


def test_the_older_commitment_of_money_as_google_shows_it(google: Google) -> None:
    """A VM under a commitment of $0.1 an hour; the figures are those of Google's own example."""
    fee = {"sku__description": "Commitment - dollar based v1: GCE", "subscription__instance_id": "s-1"}
    ram = {"key": "goog-originating-sku-id", "value": "RAM"}
    google.json(
        line(**fee, cost=0.125637, labels=[ram]),
        line(**fee, cost=0.022994),
        line(cost=0.174496, credits=[{"amount": -0.174496, "type": "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE"}]),
    )
    assert google.charges(f"{COSTS}, CommitmentDiscountStatus, CommitmentDiscountQuantity") == [
        ("commitment", "Usage", Decimal(0), Decimal("0.125637"), "Used", Decimal("0.125637")),
        ("regular", "Purchase", Decimal("0.125637"), Decimal(0), None, Decimal("0.125637")),
        ("commitment", "Usage", Decimal(0), Decimal("0.022994"), "Unused", Decimal("0.022994")),
        ("regular", "Purchase", Decimal("0.022994"), Decimal(0), None, Decimal("0.022994")),
        ("regular", "Usage", Decimal(0), Decimal(0), None, None),
    ]


def test_fees_of_an_account_that_does_not_share_its_commitments_count_as_used(google: Google) -> None:
    fee = line(
        sku__description="Commitment - dollar based v1: GCE", subscription__instance_id="s-1", cost=0.072
    )
    covered = line(credits=[{"amount": -0.1, "type": "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE"}])
    status = "SELECT CommitmentDiscountStatus FROM charges WHERE x_LineItemType = 'commitment'"
    google.json(fee)
    assert google.value(status) == "Unused"  # nothing was discounted
    google.json(fee, covered)
    assert google.value(status) == "Used"


def test_the_newer_commitment_of_money_as_google_shows_it(google: Google) -> None:
    """The usage has its lower price; the fee is taken back as far as it was used: 0.0023 too little here."""
    model = "Compute Flexible CUDs 1 Year"
    google.json(
        line(
            sku__description="Compute Flexible CUDs 1 Year fee", subscription__instance_id="s-1", cost=0.0469,
            consumption_model__description="Default", credits=[{"amount": -0.0446, "type": "FEE_UTILIZATION_OFFSET"}],
        ),
        line(
            subscription__instance_id="s-1", consumption_model__description=model, cost=0.0446,
            cost_at_effective_price_default=0.0651, cost_at_list=0.07, price__effective_price_default=0.0651,
        ),
        line(consumption_model__description="Default", cost=0.1094),
    )  # fmt: skip
    wanted = f"{COSTS}, CommitmentDiscountStatus, CommitmentDiscountName, PricingCategory, ContractedCost"
    fee = "Compute Flexible CUDs 1 Year fee"
    assert google.charges(wanted) == [
        ("commitment", "Usage", Decimal(0), Decimal("0.0023"), "Unused", fee, "Committed", Decimal("0.0023")),
        ("credit FEE_UTILIZATION_OFFSET", "Credit", Decimal("-0.0446"), Decimal(0), None, fee, None, Decimal("-0.0446")),
        ("regular", "Purchase", Decimal("0.0469"), Decimal(0), None, fee, "Standard", Decimal("0.0469")),
        ("regular", "Usage", Decimal("0.0446"), Decimal("0.0446"), "Used", model, "Committed", Decimal("0.0651")),
        ("regular", "Usage", Decimal("0.1094"), Decimal("0.1094"), None, None, "Standard", Decimal("0.1094")),
    ]  # fmt: skip


def test_what_a_commitment_costs_is_what_was_bought_in_every_model(google: Google) -> None:
    google.json(
        line(sku__description="fee", subscription__instance_id="new", cost=0.0469,
             credits=[{"amount": -0.0446, "type": "FEE_UTILIZATION_OFFSET"}]),
        line(subscription__instance_id="new", consumption_model__description="Flexible", cost=0.0446),
        line(sku__description="Commitment v1: Cpu", subscription__instance_id="resources", cost=0.72),
        line(sku__description="Commitment - dollar based v1: GCE", subscription__instance_id="money", cost=0.3),
    )  # fmt: skip
    sums = google.rows(
        "SELECT CommitmentDiscountId, sum(BilledCost) FILTER (ChargeCategory = 'Purchase'), "
        "sum(EffectiveCost) FILTER (CommitmentDiscountStatus IN ('Used', 'Unused')) FROM charges GROUP BY 1 ORDER BY 1"
    )
    assert sums == [
        ("money", Decimal("0.3"), Decimal("0.3")),
        ("new", Decimal("0.0469"), Decimal("0.0469")),
        ("resources", Decimal("0.72"), Decimal("0.72")),
    ]


def test_an_adjustment_corrects(google: Google) -> None:
    google.json(
        line(
            cost=-1.5, usage_start_time="2026-08-30T10:00:00Z", usage_end_time="2026-08-30T11:00:00Z",
            adjustment_info={"id": "a-1", "description": "Wrong price", "type": "PRICE_CORRECTION"},
        )
    )  # fmt: skip
    ((kind, klass, what, period),) = google.charges(
        "ChargeCategory, ChargeClass, ChargeDescription, x_BillingPeriod"
    )
    assert (kind, klass, what, period) == ("Usage", "Correction", "Wrong price", "2026-09")
    assert google.value("SELECT x_Columns['adjustment_info.type'] FROM charges") == "PRICE_CORRECTION"


def test_the_invoice_month_is_a_month_in_pacific_time(google: Google) -> None:
    google.json(line(usage_start_time="2026-10-01T00:30:00Z", usage_end_time="2026-10-01T01:00:00Z"))
    google.json(line(invoice__month="202612"), name="december.json")
    assert google.charges(
        "x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, ChargePeriodStart", "1"
    ) == [
        ("2026-09", _utc(2026, 9, 1, 7), _utc(2026, 10, 1, 7), _utc(2026, 10, 1, 0, 30)),
        ("2026-12", _utc(2026, 12, 1, 8), _utc(2027, 1, 1, 8), _utc(2026, 9, 3, 10)),
    ]


def _utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_what_is_no_usage_lasts_an_hour(google: Google) -> None:
    at = "2026-09-30T23:00:00Z"
    google.json(line(cost_type="tax", usage_start_time=at, usage_end_time=at))
    ((start, end),) = google.charges("ChargePeriodStart, ChargePeriodEnd")
    assert (end - start).total_seconds() == 3600


def test_accounts_places_and_prices(google: Google) -> None:
    google.json(line(), line(project=None, location__region=None, location__location="global", resource=None))
    wanted = (
        "SubAccountId, SubAccountName, SubAccountType, RegionId, RegionName, AvailabilityZone, ResourceType"
    )
    assert google.charges(wanted) == [
        ("shop-prod", "Shop", "Project", "us-central1", "Iowa", "us-central1-a", "instances"),
        (None, None, None, None, None, "us-central1-a", None),
    ]
    wanted = "ServiceCategory, ServiceSubcategory, SkuPriceId, PricingQuantity, PricingUnit, ConsumedQuantity, ConsumedUnit, ListUnitPrice, ContractedUnitPrice"
    assert google.charges(wanted)[0] == (
        "Compute", "Virtual Machines", "CF4E-A0C7-E3BF/0", 1, "Hours", 3600, "Seconds", 2, Decimal("1.5"),
    )  # fmt: skip


def test_what_a_partner_sells(google: Google) -> None:
    google.json(
        line(
            invoice__publisher_type="PARTNER",
            transaction_type="THIRD_PARTY_AGENCY",
            seller_name="Harbor Data",
            service__description="Harbor Search",
        )
    )
    wanted = "PublisherName, ServiceProviderName, InvoiceIssuerName, HostProviderName, ServiceName, ServiceCategory"
    assert google.charges(wanted) == [
        ("Harbor Data", "Google Cloud", "Google Cloud", None, "Harbor Search", "Other")
    ]


def test_labels_of_the_resource_come_before_tags_and_those_of_the_project(google: Google) -> None:
    google.json(
        line(
            labels=[{"key": "team", "value": "search"}],
            tags=[
                {"key": "team", "value": "core", "inherited": True, "namespace": "821092389413"},
                {"key": "env", "value": "prod", "inherited": False, "namespace": "821092389413"},
            ],
            project__labels=[{"key": "env", "value": "test"}, {"key": "cost_center", "value": "7"}],
            system_labels=[{"key": "compute.googleapis.com/cores", "value": "4"}],
        )
    )
    assert google.value("SELECT Tags FROM charges") == {
        "team": "search",
        "821092389413/team": "core",
        "env": "prod",
        "project/env": "test",
        "cost_center": "7",
        "compute.googleapis.com/cores": "4",
    }


def test_a_reservation_that_nobody_used(google: Google) -> None:
    prefix = "compute.googleapis.com/"
    labels = [
        {"key": f"{prefix}reservation_name", "value": "r-1"},
        {"key": f"{prefix}reservation_project_id", "value": "shop-prod"},
        {"key": f"{prefix}is_unused_reservation", "value": "true"},
    ]
    google.json(line(system_labels=labels), line(system_labels=labels[:2]))
    assert google.charges("CapacityReservationId, CapacityReservationStatus") == [
        ("shop-prod/r-1", "Unused"),
        ("shop-prod/r-1", "Used"),
    ]


def test_list_cost_is_unknown_where_the_export_has_none(google: Google) -> None:
    google.json(line(cost_at_list=None))
    assert google.value("SELECT ListCost FROM charges") is None
