"""Rate cards that priced something are kept whole, and price everything again as they did."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from apportion.database import State, rate_cards
from apportion.metering.cards import card_uses, keep_card, kept_card, kept_since
from apportion.metering.recent import Recent
from apportion.metering.repricing import put, reprice
from apportion.metering.service import Meter
from apportion.metering.store import Store
from apportion.pricing import OwnRate, RateCard
from apportion.pricing.card import version_of
from operations import NOW, Kept, operation

OWN = [
    OwnRate(provider="openai", model="gpt-4o*", discount=Decimal("12.5"), valid_from=date(2026, 7, 1)),
    OwnRate(provider="vllm", per_gpu_hour=Decimal("2.10")),
    OwnRate(provider="acme-ai", per_million={"input": Decimal("0.1"), "output": Decimal("0.4")}, batch=True),
]
CALLS: list[Any] = [
    operation("short", cache_read_tokens=600, output_tokens=200),
    operation("long", provider="anthropic", model="claude-sonnet-4-5", input_tokens=300_000, output_tokens=7),
    operation("batch", provider="acme-ai", model="larch-2", batch=True, output_tokens=3),
    operation("gpu", provider="vllm", model="llama-3", gpu_seconds=Decimal("1.5")),
    operation(
        "cheap hours",
        "2026-09-05T17:00:00+00:00",
        provider="deepseek",
        model="deepseek-chat",
        output_tokens=3,
    ),
    operation("nobody's", provider="acme-ai", model="larch-2"),
]


def test_a_card_is_read_back_as_it_was(state: State) -> None:
    Store(state)
    card = RateCard.seeded(OWN)
    keep_card(state, card, NOW)
    keep_card(state, card, NOW + timedelta(days=1))
    found = kept_card(state, card.version)
    assert found
    assert (found.rates, found.version) == (card.rates, card.version)
    assert version_of(found.rates, tuple(found.providers.by_id.values())) == card.version
    assert kept_since(state) == {card.version: NOW}
    with state.read() as con:
        assert len(con.scalars(select(rate_cards.c.body)).one()) < 100_000


def test_every_model_costs_the_same_by_a_card_that_was_read_back(state: State) -> None:
    Store(state)
    card = RateCard.seeded(OWN)
    keep_card(state, card, NOW)
    found = kept_card(state, card.version)
    assert found
    counts = {"input_tokens": 12_345, "cache_read_tokens": 678, "output_tokens": 910, "gpu_seconds": 1}
    calls = [{"provider": p, "model": m, **counts} for p, m in card.models()]
    day = date(2026, 10, 1)
    assert [found.price(one, day) for one in calls] == [card.price(one, day) for one in calls]
    assert sum(card.price(one, day).state == "priced" for one in calls) > 1000


def test_nothing_is_kept_where_nothing_was_ever_priced(state: State) -> None:
    assert kept_card(state, "71feb7016ce3") is None
    assert kept_since(state) == {}


def test_operations_are_priced_again_to_the_digit_by_the_card_that_priced_them(kept: Kept) -> None:
    before, after = RateCard.seeded(OWN), RateCard.seeded([OwnRate(discount=Decimal(50))])
    for card in (before, after):
        keep_card(kept.state, card, NOW)
    Meter(kept.store, before).keep(CALLS, "api", NOW)
    paid = kept.shown("operation_id", "price_state", "cost", "rate")

    con = _reader(kept)
    price: Any = Meter(kept.store, after).price
    changed = list(reprice(con, price, {}))
    assert {one.id for one in changed} == {one["id"] for one in CALLS} - {"nobody's"}
    put(kept.store, con, iter(changed))
    assert {rate.rpartition("#")[2] for *_, rate in kept.shown("price_state", "rate")} == {"", after.version}

    old = kept_card(kept.state, before.version)
    assert old
    by_old: Any = Meter(kept.store, old).price
    put(kept.store, con, reprice(_reader(kept), by_old, {}))
    assert kept.shown("operation_id", "price_state", "cost", "rate") == paid


def test_cards_say_how_much_they_priced(kept: Kept) -> None:
    card, unused = RateCard.seeded(OWN), RateCard.seeded()
    keep_card(kept.state, unused, NOW - timedelta(days=1))
    keep_card(kept.state, card, NOW)
    Meter(kept.store, card).keep(CALLS, "api", NOW)
    first, second = card_uses(_reader(kept), kept_since(kept.state), unused.version)
    assert (first.version, first.operations, first.current, first.created) == (card.version, 5, False, NOW)
    assert (first.first_day, first.last_day) == (date(2026, 9, 5), date(2026, 10, 2))
    assert (second.version, second.operations, second.current) == (unused.version, 0, True)


def _reader(kept: Kept) -> Any:
    from apportion.engine import connect

    con = connect()
    Recent(con, kept.state, kept.archive).follow()
    return con
