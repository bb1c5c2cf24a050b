from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion import economics
from apportion.core.errors import BadInput, NotFound
from apportion.ingestion.records import LeftOut
from unit.economics.bridge_books import LEASE, MONTH, NEGATION, behind, bridge, line, record, unreadable


def steps(report: economics.BridgeReport) -> dict[str, Decimal]:
    return {step.step: step.amount for step in report.steps}


def parts(report: economics.BridgeReport) -> dict[str, Decimal]:
    return {part.part: part.BilledCost for part in report.parts}


def assert_adds_up(report: economics.BridgeReport) -> None:
    """Every number of a bridge is the sum of others, to the last digit."""
    for one in report.bridges:
        of_bill = [
            [row for row in rows if (row.source, row.currency) == (one.source, one.currency)]
            for rows in (report.steps, report.parts, report.lines, report.invoices)
        ]
        walked = Decimal(0)
        for step in of_bill[0]:
            if step.kind == "total":
                assert step.amount == walked, step.label
            walked = (
                step.amount
                if step.kind == "start"
                else walked + (step.amount if step.kind == "change" else 0)
            )
        assert walked == one.EffectiveCost
        shown = [part for part in of_bill[1] if part.shown]
        assert sum(part.BilledCost for part in shown) == one.BilledCost
        assert sum(part.BilledCost for part in of_bill[1] if not part.shown) == one.hidden
        for name in ("console", "BilledCost", "EffectiveCost"):
            assert sum(getattr(x, name) for x in of_bill[2] if x.shown) == getattr(one, name)
        for step in of_bill[0]:
            if step.kind == "change":
                moved = [x.to_billed for x in of_bill[2] if x.shown and x.billed_step == step.step]
                moved += [x.to_effective for x in of_bill[2] if x.shown and x.effective_step == step.step]
                assert sum(moved) == step.amount
        assert (
            sum(invoice.BilledCost for invoice in of_bill[3]) == one.invoiced == one.BilledCost + one.hidden
        )
        assert sum(invoice.hidden for invoice in of_bill[3]) == one.hidden


def test_from_the_console_to_the_invoice_and_to_the_report(tmp_path: Path) -> None:
    report = bridge(tmp_path, MONTH)
    assert steps(report) == {
        "console": 197,
        "left_out SavingsPlanNegation": 50,
        "covered": -50,
        "net_discounts": -6,
        "billed": 191,
        "purchases_out": -50,
        "covered_in": 43,
        "unused_in": 7,
        "effective": 191,
    }
    assert_adds_up(report)


def test_what_billed_cost_consists_of(tmp_path: Path) -> None:
    report = bridge(tmp_path, MONTH)
    assert parts(report) == {
        "usage": 114, "purchases": 50, "support": 29, "marketplace": 15, "tax": 8, "discounts": 0,
        "credits": -20, "refunds": -5,
    }  # fmt: skip


def test_the_invoices_stand_beside_it(tmp_path: Path) -> None:
    report = bridge(tmp_path, MONTH)
    found = [(one.invoice_id, one.BilledCost) for one in report.invoices]
    assert found == [("INV-1", 168), ("INV-2", 8), (None, 15)]


def test_the_answer_is_one_sentence(tmp_path: Path) -> None:
    report = bridge(tmp_path, MONTH)
    assert report.headline == (
        "aws in September 2026: the console says $197, the invoice $191 (\u2212$6.00, net discounts)."
    )


def test_hidden_parts_are_named_with_their_sums(tmp_path: Path) -> None:
    report = bridge(tmp_path, MONTH, without=frozenset({"credits", "refunds", "tax", "support"}))
    (one,) = report.bridges
    assert (one.console, one.BilledCost, one.hidden, one.invoiced) == (185, 179, 12, 191)
    assert {part.part for part in report.parts if not part.shown} == {"credits", "refunds", "tax", "support"}
    assert one.headline.endswith(" Without support, tax, credits and refunds and corrections of $12.00.")
    assert_adds_up(report)


def test_an_account_has_its_own_bridge_and_accounts_add_up_to_all(tmp_path: Path) -> None:
    whole = bridge(tmp_path / "all", MONTH)
    each = [bridge(tmp_path / name, MONTH, account=name) for name in ("A", "B")]
    for report in each:
        assert_adds_up(report)
    for name in ("console", "BilledCost", "EffectiveCost"):
        both = sum(getattr(report.bridges[0], name) for report in each)
        assert both == getattr(whole.bridges[0], name) == sum(getattr(x, name) for x in whole.accounts)
    assert steps(each[1]) == {
        "console": 79, "billed": 79, "purchases_out": -50, "unused_in": 7, "effective": 36,
    }  # fmt: skip


def test_a_focus_bill_says_billed_cost_alone(tmp_path: Path) -> None:
    rows = [{**row, "x_LineItemType": None, "x_SourceCost": None} for row in MONTH]
    report = bridge(tmp_path, rows, record(controls=()))
    found = steps(report)
    assert (found["console"], found["billed"], found["effective"]) == (191, 191, 191)
    assert [step.step for step in report.steps if step.kind == "change"] == [
        "purchases_out", "covered_in", "unused_in",
    ]  # fmt: skip
    assert report.steps[0].label == "Bill as given"
    assert {x.line_item_type for x in report.lines} == {"Usage", "Purchase", "Credit", "Tax"}
    assert_adds_up(report)


def test_credits_that_the_console_lists_apart(tmp_path: Path) -> None:
    google = {
        "ProviderName": "Google Cloud",
        "PublisherName": "Google Cloud",
        "InvoiceIssuerName": "Google LLC",
    }
    rows = [
        line("regular", "10", "10", **google),
        line("PROMOTION", None, "-4", ChargeCategory="Credit", **google),
        line("COMMITTED_USAGE_DISCOUNT", "0", "-1", ChargeCategory="Credit", **google),
    ]
    report = bridge(tmp_path, rows, record(connector="gcp"))
    assert steps(report) == {"console": 10, "credits_apart": -5, "billed": 5, "effective": 5}
    assert parts(report) == {"usage": 10, "discounts": -1, "credits": -4}
    assert "Pacific time" in report.bridges[0].notes[0]
    assert_adds_up(report)


def test_azures_actual_cost_has_covered_usage_at_nothing_and_each_line_once(tmp_path: Path) -> None:
    azure = {"ProviderName": "Microsoft", "PublisherName": "Microsoft", "InvoiceIssuerName": "Microsoft"}
    lease = {"CommitmentDiscountId": "lease", **azure}
    rows = [
        line("Usage", "10", "10", **azure),
        line("Usage", "6", "0", "6", CommitmentDiscountStatus="Used", **lease),
        line("UnusedReservation", "1", "0", "1", CommitmentDiscountStatus="Unused", **lease),
        line("Purchase", "7", "7", "0", ChargeCategory="Purchase", **lease),
    ]
    twice = LeftOut("A", "ActualCost beside AmortizedCost", "USD", 1, Decimal(10), "in the other export, too")
    report = bridge(tmp_path, rows, record(connector="azure", left_out=(twice,)))
    assert steps(report) == {
        "console": 17, "billed": 17, "purchases_out": -7, "covered_in": 6, "unused_in": 1, "effective": 17,
    }  # fmt: skip
    assert report.steps[0].label == "Azure portal"
    assert report.bridges[0].notes == [
        "The actual-cost export has 1 line of $10.00 that the amortized one has, too; it counts once."
    ]
    assert_adds_up(report)


def test_commitments_without_a_purchase_are_said(tmp_path: Path) -> None:
    (note,) = bridge(tmp_path, MONTH[:3]).bridges[0].notes
    assert note.startswith("Commitments cover usage here, and no purchase of one is in these charges")


def test_rows_that_could_not_be_read_are_in_the_consoles_number(tmp_path: Path) -> None:
    report = bridge(
        tmp_path, MONTH, record(rejected_rows=1, rejected=(unreadable("2.5"),), left_out=(NEGATION,))
    )
    assert (steps(report)["console"], steps(report)["rejected"]) == (Decimal("199.5"), Decimal("-2.5"))
    assert_adds_up(report)


def test_currencies_have_bridges_of_their_own(tmp_path: Path) -> None:
    report = bridge(tmp_path, [*MONTH, line("Usage", "3", "2", BillingCurrency="EUR")])
    assert [(one.currency, one.BilledCost) for one in report.bridges] == [("EUR", 2), ("USD", 191)]
    assert report.headline == "In 2 of 2 bills the console's number is not the invoice's."
    assert_adds_up(report)


@pytest.mark.parametrize(
    ("names", "part"),
    [
        ({}, "usage"),
        ({"InvoiceIssuerName": "AWS EMEA SARL"}, "usage"),
        ({"PublisherName": None, "InvoiceIssuerName": None}, "usage"),
        ({"PublisherName": "Larkspur Ltd"}, "marketplace"),
        ({"PublisherName": None, "ServiceProviderName": "Larkspur Ltd"}, "marketplace"),
        ({"InvoiceIssuerName": "Larkspur Ltd"}, "marketplace"),
        (
            {"ProviderName": "Microsoft", "PublisherName": "Microsoft", "InvoiceIssuerName": "Microsoft"},
            "usage",
        ),
    ],
)
def test_what_is_sold_by_others_is_marketplace(tmp_path: Path, names: dict[str, Any], part: str) -> None:
    report = bridge(tmp_path, [*MONTH[:3], line("Odd", "1", "1", **names)])
    assert [x.part for x in report.lines if x.line_item_type == "Odd"] == [part]


def test_a_reseller_of_the_whole_bill_is_no_marketplace(tmp_path: Path) -> None:
    report = bridge(tmp_path, [{**row, "InvoiceIssuerName": "Cloud Shop GmbH"} for row in MONTH[:2]])
    assert set(parts(report)) == {"usage"}


def test_a_month_that_does_not_begin_at_midnight_utc_is_said(tmp_path: Path) -> None:
    late = line("Usage", "1", "1", BillingPeriodStart="2026-09-01 07:00:00+00")
    over = {"x_BillingPeriod": "2026-09", "ChargePeriodStart": "2026-10-01 02:00:00+00"}
    report = bridge(tmp_path, [late, {**late, **over}], record(state="estimated"))
    estimated, start, outside = report.bridges[0].notes
    assert "not invoiced yet" in estimated
    assert "2026-09-01 07:00 UTC" in start
    assert outside.startswith("$1.00 of EffectiveCost lies on days outside September 2026")


def test_amortization_without_a_commitment_is_named_by_its_part(tmp_path: Path) -> None:
    report = bridge(
        tmp_path, [line("Usage", "10", "10", "9"), line("Tax", "2", "2", "1.5", ChargeCategory="Tax")]
    )
    assert {k: v for k, v in steps(report).items() if k.startswith("effective_")} == {
        "effective_usage": -1, "effective_tax": Decimal("-0.5"),
    }  # fmt: skip
    assert_adds_up(report)


def test_a_refunded_commitment_goes_out_with_what_was_bought(tmp_path: Path) -> None:
    back = line("Refund", "-4", "-4", "0", ChargeCategory="Purchase", ChargeClass="Correction", **LEASE)
    report = bridge(tmp_path, [*MONTH, back])
    assert steps(report)["purchases_out"] == -46
    assert parts(report)["refunds"] == -9
    assert_adds_up(report)


def test_the_newest_period_of_each_source_is_meant_where_none_is_named(tmp_path: Path) -> None:
    rows = [line("Usage", "1", "1"), {**line("Usage", "2", "2"), "x_BillingPeriod": "2026-08"}]
    rows += [{**line("Usage", "4", "4"), "x_Source": "gcp", "x_BillingPeriod": "2026-07"}]
    loads = [record(), record(period="2026-08"), record("gcp", "2026-07")]
    newest = bridge(tmp_path / "a", rows, *loads)
    assert [(one.source, one.billing_period) for one in newest.bridges] == [
        ("aws", "2026-09"),
        ("gcp", "2026-07"),
    ]
    (august,) = bridge(tmp_path / "b", rows, *loads, period="2026-08").bridges
    assert (august.source, august.BilledCost) == ("aws", 2)


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"source": "nope"}, NotFound, "There are bills of aws."),
        ({"period": "2026-07"}, NotFound, "There are bills of 2026-09."),
        ({"account": "Z"}, NotFound, "account 'Z'"),
        ({"period": "soon"}, BadInput, "not a month"),
        ({"without": frozenset({"usage"})}, BadInput, "Choose from credits"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(
    tmp_path: Path, asked: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        bridge(tmp_path, MONTH, record(), **asked)


STEPS = ["net_discounts", "covered", "purchases_out", "covered_in", "unused_in", "billed", "effective"]


@pytest.mark.parametrize("step", STEPS)
def test_the_charges_of_a_step_add_up_to_it(tmp_path: Path, step: str) -> None:
    report = bridge(tmp_path / "a", MONTH)
    found = behind(tmp_path / "b", MONTH, step)
    assert sum(charge.amount for charge in found.charges) == found.amount == steps(report)[step]
    assert len(found.charges) <= found.rows
    assert all(charge.amount for charge in found.charges)


def test_charges_of_a_step_come_in_pages_the_largest_first(tmp_path: Path) -> None:
    whole = [charge.amount for charge in behind(tmp_path / "a", MONTH, "billed").charges]
    assert whole == sorted(whole, key=abs, reverse=True)
    pages, cursor = [], 0
    while cursor is not None:
        page = behind(tmp_path / f"b{cursor}", MONTH, "billed", limit=4, cursor=cursor)
        pages += [charge.amount for charge in page.charges]
        cursor = page.next_cursor
    assert pages == whole


def test_charges_of_one_kind_and_service(tmp_path: Path) -> None:
    found = behind(tmp_path, MONTH, "net_discounts", line_item_type="Usage", service="S3")
    assert [(charge.amount, charge.ServiceName) for charge in found.charges] == [(-6, "S3")]
    assert (found.amount, found.rows) == (-6, 1)


def test_hidden_parts_and_other_accounts_have_no_charges(tmp_path: Path) -> None:
    found = behind(tmp_path, MONTH, "billed", account="B", without=frozenset({"support"}))
    assert sorted(charge.amount for charge in found.charges) == [10, 40]


def test_a_step_that_is_not_there_is_said_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="net_discounts"):
        behind(tmp_path, MONTH, "nothing")
