"""Operations as FOCUS: a row for each kind of token, in sum the operation's cost, and every rule kept."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.conformance import validate
from apportion.conformance.metered import Charging
from apportion.conformance.metered_rows import FocusRows
from apportion.core.errors import BadInput
from apportion.core.money import from_units
from apportion.ledger.schemas import OPERATIONS
from apportion.pricing import OwnRate, RateCard, seeded

D = Decimal
LIST = seeded()
AT = datetime(2026, 10, 31, 23, 59, 59, 900000, tzinfo=UTC)
CALL = {"input_tokens": 1000, "cache_read_tokens": 600, "output_tokens": 200}
CLAUDE = {"provider": "anthropic", "model": "claude-sonnet-4-5", "cache_write_tokens": 100}


def record(card: RateCard = LIST, name: str = "op-1", **more: Any) -> dict[str, Any]:
    """An operation as the view has it, priced by `card`."""
    known = {"operation_id": name, "time": AT, "provider": "openai", "model": "gpt-4o", "currency": "USD"}
    told: dict[str, Any] = {**dict.fromkeys(OPERATIONS), **known, **CALL, **more}
    state, cost, currency, rate = card.price(told, told["time"].date())
    has = state == "priced"
    priced = {"cost": from_units(cost) if has else None, "currency": currency, "price_state": state}
    return {**told, **priced, "rate": rate, **more}


def rows(*records: dict[str, Any], card: RateCard = LIST, kept: Any = None) -> list[dict[str, str]]:
    made = FocusRows(Charging(card, LIST, (kept or {}).get))
    return list(csv.DictReader(io.StringIO(made.head() + made.encode(records))))


def total(found: list[dict[str, str]], column: str) -> Decimal:
    return sum((D(row[column]) for row in found), D(0))


def test_a_row_for_each_kind_of_token() -> None:
    found = rows(record(customer="acme", feature="chat", dimensions={"ring": "canary"}, region="eu"))
    assert [
        (r["SkuMeter"], r["ConsumedQuantity"], r["ConsumedUnit"], r["ContractedUnitPrice"], r["BilledCost"])
        for r in found
    ] == [
        ("Input tokens", "400", "Tokens", "2.5", "0.001"),
        ("Input tokens read from a cache", "600", "Tokens", "1.25", "0.00075"),
        ("Output tokens", "200", "Tokens", "10", "0.002"),
    ]
    first = found[0]
    assert (first["PricingQuantity"], first["PricingUnit"]) == ("0.0004", "1000000 Tokens")
    assert first["Tags"] == '{"customer":"acme","feature":"chat","ring":"canary"}'
    assert first["x_FilledColumns"] == ""
    assert (first["ServiceCategory"], first["ServiceSubcategory"]) == (
        "AI and Machine Learning",
        "Generative AI",
    )


def test_it_is_charged_in_the_second_and_the_month_in_which_it_began() -> None:
    [first, *_] = rows(record())
    assert (first["ChargePeriodStart"], first["ChargePeriodEnd"]) == (
        "2026-10-31T23:59:59Z",
        "2026-11-01T00:00:00Z",
    )
    assert (first["BillingPeriodStart"], first["BillingPeriodEnd"]) == (
        "2026-10-01T00:00:00Z",
        "2026-11-01T00:00:00Z",
    )


def test_a_discount_of_ones_own_leaves_the_list_price_beside_it() -> None:
    own = seeded([OwnRate(provider="openai", discount=D(10))])
    found = rows(record(own), card=own)
    assert (total(found, "BilledCost"), total(found, "ListCost")) == (D("0.003375"), D("0.00375"))
    assert (found[0]["ContractedUnitPrice"], found[0]["ListUnitPrice"]) == ("2.25", "2.5")


def test_what_the_list_does_not_know_has_its_own_price_as_list_price() -> None:
    own = seeded([OwnRate(provider="vllm", model="mine", per_gpu_hour=D("3.1"), per_request=D("0.002"))])
    told = record(own, provider="vllm", model="mine", gpu_seconds=D("7.5"), requests=3)
    found = rows(told, card=own)
    assert [(r["SkuMeter"], r["PricingUnit"], r["ListUnitPrice"]) for r in found] == [
        ("Requests", "Requests", "0.002"),
        ("GPU hours", "Hours", "3.1"),
    ]
    assert total(found, "ListCost") == total(found, "BilledCost") == told["cost"]


def test_what_has_no_cost_is_left_out_and_counted() -> None:
    made = FocusRows(Charging(LIST, LIST, lambda _: None))
    text = made.encode([record(model="gpt-99"), record(output_tokens=None), record()])
    assert text.count("\n") == made.rows == 3
    assert (made.without_cost, made.divided) == (2, 0)


def test_the_rows_are_of_the_card_that_priced_it() -> None:
    before = seeded([OwnRate(provider="openai", discount=D(10))])
    found = rows(record(before), kept={before.version: before})
    assert found[0]["ContractedUnitPrice"] == "2.25"
    assert {row["x_RateCard"] for row in found} == {before.version}


def test_without_that_card_its_cost_is_divided_by_todays_prices() -> None:
    made = FocusRows(Charging(LIST, LIST, lambda _: None))
    told = record(cost=D("0.003333333333"), rate="openai/gpt-4o#gone")
    found = list(csv.DictReader(io.StringIO(made.head() + made.encode([told]))))
    assert (total(found, "BilledCost"), made.divided) == (D("0.003333333333"), 1)
    assert [row["x_TokenKind"] for row in found] == ["input", "cache_read", "output"]


def test_without_any_price_today_its_cost_stands_in_one_row() -> None:
    told = record(model="gpt-99", cost=D("0.01"), rate="openai/gpt-99#gone", price_state="priced")
    [only] = rows(told)
    assert (only["BilledCost"], only["ConsumedUnit"], only["x_TokenKind"]) == ("0.01", "Requests", "request")


@pytest.mark.parametrize("version", ["1.2", "1.3", "1.4"])
def test_every_rule_of_focus_is_kept_to_the_last_digit_of_the_cost(version: str, tmp_path: Path) -> None:
    own = seeded(
        [OwnRate(provider="openai", discount=D("7.31")), OwnRate(model="mine", per_gpu_hour=D("3.1"))]
    )
    odd = {"input_tokens": 333_337, "cache_read_tokens": 101, "output_tokens": 17}
    told = [
        record(own), record(own, "op-2", **CLAUDE, cache_write_1h_tokens=40, reasoning_tokens=33),
        record(own, "op-3", **odd, batch=True, customer='Zoë, "quoted"'),
        record(own, "op-4", **odd, model="claude-sonnet-4-5", provider="aws.bedrock", region="eu-west-1"),
        record(own, "op-5", model="mine", provider=None, gpu_seconds=D("0.000001")),
        record(own, "op-6", cost=D("0.000000000007"), rate="openai/gpt-4o#gone"),
        record(own, "op-7", model="gpt-99"), record(own, "op-8", input_tokens=0, cache_read_tokens=0),
        record(own, "op-9", requests=7, currency="EUR", cost=D("0.1"), rate="x/y#gone"),
    ]  # fmt: skip
    made = FocusRows(Charging(own, LIST, lambda _: None), version)
    path = tmp_path / "operations.csv"
    path.write_text(made.head() + made.encode(told), encoding="utf-8")
    report = validate([path], version)
    assert report.failures == ()
    found = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    for one in told:
        mine = [row for row in found if row["x_OperationId"] == one["operation_id"]]
        assert total(mine, "BilledCost") == total(mine, "EffectiveCost") == (one["cost"] or 0)
        assert {row["BillingCurrency"] for row in mine} <= {one["currency"]}


def test_other_versions_are_refused() -> None:
    with pytest.raises(BadInput, match=r"FOCUS 1\.1 is not written"):
        FocusRows(Charging(LIST, LIST, lambda _: None), "1.1")
