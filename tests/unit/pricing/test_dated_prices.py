"""A price holds on its days: from the first one, up to the last one excluded, open where nothing is said."""

from datetime import date
from decimal import Decimal

import pytest
from genai_prices import types as listed

from apportion.core.money import from_units
from apportion.pricing import Rate, RateCard
from apportion.pricing.history import BATCH, STANDARD, Condition, periods

D = Decimal


def rate(price: str, **more: object) -> Rate:
    return Rate(**{"provider": "acme", "model": "m", "kind": "input", "price": D(price), **more})  # type: ignore[arg-type]


def cost(card: RateCard, day: date) -> Decimal | None:
    priced = card.price({"provider": "acme", "model": "m", "input_tokens": 10**6}, day)
    return from_units(priced.cost) if priced.state == "priced" else None


@pytest.mark.parametrize(
    ("day", "price"),
    [(date(2025, 12, 31), 3), (date(2026, 1, 1), 2), (date(2026, 5, 31), 2), (date(2026, 6, 1), None)],
)
def test_days_are_half_open(day: date, price: int | None) -> None:
    card = RateCard.of(
        [
            rate("3", valid_to=date(2026, 1, 1)),
            rate("2", valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 1)),
        ]
    )
    assert cost(card, day) == price


def test_a_real_price_change_takes_place_on_its_day(card: RateCard) -> None:
    call = {"provider": "deepseek", "model": "deepseek-v4-pro", "input_tokens": 10**6, "output_tokens": 0}
    assert from_units(card.price(call, date(2026, 8, 16)).cost) == D("0.435")
    assert from_units(card.price(call, date(2026, 8, 17)).cost) == D("0.66")
    assert card.price(call, date(2026, 8, 17)).rate.startswith("deepseek/deepseek-v4-pro;from=2026-08-17#")


def prices(amount: str) -> listed.ModelPrice:
    return listed.ModelPrice(input_mtok=D(amount), output_mtok=D(amount))


def model(*changes: tuple[date | None, str], **more: object) -> listed.ModelInfo:
    """A model of genai-prices' with these prices from these days on."""
    dated = [
        listed.ConditionalPrice(day and listed.StartDateConstraint(day), prices=prices(price))
        for day, price in changes
    ]
    return listed.ModelInfo("m", listed.ClauseEquals("m"), prices=dated, **more)  # type: ignore[arg-type]


def told(provider: str, found: listed.ModelInfo) -> list[tuple[Condition, date | None, date | None, object]]:
    return [(p.condition, p.start, p.end, p.prices.get("input_mtok")) for p in periods(provider, found)]


NEW, LATER = date(2026, 3, 1), date(2026, 10, 14)


def test_the_first_price_holds_from_the_open_past() -> None:
    """Also where it says that it began some day: nothing is known of before."""
    assert told("acme", model((None, "3"), (NEW, "2"))) == [
        (STANDARD, None, NEW, D(3)),
        (STANDARD, NEW, None, D(2)),
    ]
    assert told("acme", model((NEW, "2"))) == [(STANDARD, None, NEW, D(2)), (STANDARD, NEW, None, D(2))]


def test_a_batch_price_holds_back_to_the_change_of_the_standard_price_and_half_before_it() -> None:
    variant = listed.PriceVariant({"processing": "batch"}, prices("1.1"), listed.StartDateConstraint(LATER))
    found = model((None, "3"), (NEW, "2"), price_variants=[variant])
    assert [p for p in told("acme", found) if p[0] == BATCH] == [(BATCH, NEW, None, D("1.1"))]
    assert [p for p in told("openai", found) if p[0] == BATCH] == [
        (BATCH, NEW, None, D("1.1")), (BATCH, None, NEW, D("1.5")),
    ]  # fmt: skip


def test_conditions_that_no_operation_tells_are_left_out() -> None:
    variant = listed.PriceVariant({"route": "somewhere"}, prices("9"))
    assert {p[0] for p in told("acme", model((None, "3"), price_variants=[variant]))} == {STANDARD}
