"""Rows that cannot be charges: left out, counted and named; too many of them refuse the load."""

from decimal import Decimal

import pytest

from apportion.core.errors import Refused
from apportion.ingestion import Limits, rejected
from apportion.ingestion.records import Reject
from ingestion_bills import Loader, bill

MANY = [{}] * 200


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"BilledCost": "zero"}, "not a number"),
        ({"EffectiveCost": "1,000.00"}, "not a number"),
        ({"BilledCost": "1_000"}, "not a number"),
        ({"BilledCost": ""}, "missing"),
        ({"ContractedCost": "n/a"}, "not a number"),
        ({"ChargePeriodStart": "yesterday"}, "not a date between 1970 and 2200"),
        ({"BillingPeriodStart": "0001-01-01"}, "not a date between 1970 and 2200"),
        ({"BillingCurrency": "US$"}, "not a currency of three capital letters"),
        ({"ChargeCategory": ""}, "missing"),
        ({"Tags": '{"team": "a", "team": "b"}'}, "not a JSON object whose keys are all different"),
        ({"Tags": '{"team": '}, "not a JSON object whose keys are all different"),
        ({"Tags": "team=core"}, "not a JSON object whose keys are all different"),
    ],
)
def test_a_broken_row_is_named_and_left_out(loader: Loader, fault: dict[str, str], reason: str) -> None:
    record = loader.text(bill(*MANY, fault, *MANY))
    ((column, value),) = fault.items()
    assert record.rejects == (Reject("bill.csv", 202, column, value, reason),)
    assert (record.rows, record.rejected_rows) == (400, 1)
    lines = [line for (line,) in loader.rows("SELECT x_SourceLine FROM charges ORDER BY 1")]
    assert lines == [*range(2, 202), *range(203, 403)]
    assert loader.value("SELECT count(*) FROM charges WHERE x_Columns IS NOT NULL OR x_Repairs < 0") == 0


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"1,2\n", "fewer values than the header has columns"),
        (b"1," * 40 + b"1\n", "more values than the header has columns"),
        (b"\xe9" + b"," * 12 + b"\n", "text that is not UTF-8 (it may be Latin-1)"),
    ],
)
def test_a_record_that_is_no_row_is_named_and_left_out(loader: Loader, record: bytes, reason: str) -> None:
    head, tail = bill(*MANY).encode(), bill(*MANY).encode().split(b"\n", 1)[1]
    load = loader.text(head + record + tail)
    assert [(r.line, r.reason) for r in load.rejects] == [(202, reason)]
    assert (load.rows, load.rejected_rows) == (400, 1)
    lines = [line for (line,) in loader.rows("SELECT x_SourceLine FROM charges ORDER BY 1")]
    assert lines == [*range(2, 202), *range(203, 403)]


def test_what_was_left_out_stands_in_the_record_with_its_cost(loader: Loader) -> None:
    record = loader.text(bill(*MANY, {"BilledCost": "0.7", "EffectiveCost": "?"}))
    (left,) = record.rejected
    assert (left.currency, left.rows, left.BilledCost, left.EffectiveCost) == ("USD", 1, Decimal("0.7"), 0)
    assert rejected(loader.ledger) == {
        ("aws", "2026-09", "USD", "BilledCost"): (Decimal("0.7"), 1),
        ("aws", "2026-09", "USD", "EffectiveCost"): (Decimal(0), 1),
    }


def test_more_than_one_row_in_a_hundred_refuses_the_load(loader: Loader) -> None:
    good = loader.text(bill(*MANY))
    with pytest.raises(Refused, match="bill.csv line 202: BilledCost 'x' is not a number") as why:
        loader.text(bill(*MANY, *[{"BilledCost": "x"}] * 3))
    assert "bill.csv" in why.value.where
    assert loader.value("SELECT DISTINCT x_LoadId FROM charges") == good.load_id


def test_more_than_a_hundredth_of_the_cost_refuses_the_load(loader: Loader) -> None:
    with pytest.raises(Refused, match="too much BilledCost"):
        loader.text(bill(*MANY, {"BilledCost": "4", "ChargeCategory": ""}))


def test_limits_are_settings(loader: Loader) -> None:
    broken = bill(*MANY, *[{"BilledCost": "x"}] * 3)
    assert loader.text(broken, limits=Limits(Decimal("0.02"), Decimal("0.02"))).rejected_rows == 3


def test_samples_are_limited_and_the_count_is_not(loader: Loader) -> None:
    broken = bill(*MANY, *[{"BilledCost": "x"}] * 150)
    record = loader.text(broken, limits=Limits(Decimal(1), Decimal(1)))
    assert (len(record.rejects), record.rejected_rows) == (100, 150)


def test_a_row_without_a_month_counts_in_the_month_of_the_others(loader: Loader) -> None:
    record = loader.text(bill(*MANY, {"BillingPeriodStart": "?"}))
    assert (record.billing_period, record.rejected_rows) == ("2026-09", 1)
