"""However a count divides into parts, each token is charged once, at the price of what it is."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from apportion.core.money import to_units
from apportion.pricing import Rate, RateCard
from apportion.pricing.rate import TOKENS

DAY = date(2026, 11, 1)
KINDS = st.sets(st.sampled_from([k for k in TOKENS if k not in ("input", "output")]))
PRICE = st.decimals(0, 500, places=12)
COUNT = st.integers(0, 10**7)
LEAVES = (
    "text", "cache_read", "cache_write", "cache_write_1h", "input_audio", "cache_audio_read", "input_image",
    "output", "output_reasoning", "output_audio", "output_image",
)  # fmt: skip
FALLS_TO = {
    "cache_write_1h": "cache_write", "cache_read": "input", "cache_write": "input", "input_audio": "input",
    "input_image": "input", "text": "input", "output_reasoning": "output", "output_audio": "output",
    "output_image": "output",
}  # fmt: skip


def card_of(prices: dict[str, Decimal]) -> RateCard:
    return RateCard.of(
        Rate(provider="p", model="m", kind=kind, price=price) for kind, price in prices.items()
    )


def operation(leaves: dict[str, int]) -> dict[str, Any]:
    """Tokens that are each of one kind, told in counts that include their parts."""
    n = leaves
    return {
        "provider": "p",
        "model": "m",
        "input_tokens": sum(n[kind] for kind in LEAVES[:7]),
        "cache_read_tokens": n["cache_read"] + n["cache_audio_read"],
        "cache_write_tokens": n["cache_write"] + n["cache_write_1h"],
        "cache_write_1h_tokens": n["cache_write_1h"],
        "input_audio_tokens": n["input_audio"] + n["cache_audio_read"],
        "cache_audio_read_tokens": n["cache_audio_read"],
        "input_image_tokens": n["input_image"],
        "output_tokens": sum(n[kind] for kind in LEAVES[7:]),
        "reasoning_tokens": n["output_reasoning"],
        "output_audio_tokens": n["output_audio"],
        "output_image_tokens": n["output_image"],
    }


def price_of(kind: str, prices: dict[str, Decimal]) -> Decimal:
    if kind == "cache_audio_read" and kind not in prices:
        return price_of("cache_read" if "cache_read" in prices else "input_audio", prices)
    return prices[kind] if kind in prices else price_of(FALLS_TO[kind], prices)


Prices = st.tuples(KINDS, st.lists(PRICE, min_size=len(TOKENS), max_size=len(TOKENS))).map(
    lambda drawn: {
        kind: price
        for kind, price in zip(TOKENS, drawn[1], strict=True)
        if kind in drawn[0] or kind in ("input", "output")
    }
)
Leaves = st.fixed_dictionaries(dict.fromkeys(LEAVES, COUNT))


@given(prices=Prices, leaves=Leaves)
def test_the_whole_costs_what_its_parts_do_rounded_once(
    prices: dict[str, Decimal], leaves: dict[str, int]
) -> None:
    exact = sum((n * price_of(kind, prices) for kind, n in leaves.items()), Decimal(0)) / 10**6
    assert card_of(prices).price(operation(leaves), DAY)[:2] == ("priced", to_units(exact))


@given(prices=Prices, one=Leaves, other=Leaves)
def test_two_calls_cost_together_what_one_of_both_would(
    prices: dict[str, Decimal], one: dict[str, int], other: dict[str, int]
) -> None:
    card = card_of(prices)
    both = {kind: one[kind] + other[kind] for kind in LEAVES}
    apart = card.price(operation(one), DAY).cost + card.price(operation(other), DAY).cost
    assert abs(card.price(operation(both), DAY).cost - apart) <= 1


@given(
    prices=Prices,
    leaves=Leaves,
    part=st.sampled_from(["cache_read_tokens", "reasoning_tokens", "input_audio_tokens"]),
    more=st.integers(1, 10**6),
)
def test_a_part_that_exceeds_its_whole_is_never_priced(
    prices: dict[str, Decimal], leaves: dict[str, int], part: str, more: int
) -> None:
    told = operation(leaves)
    whole = told["output_tokens" if part == "reasoning_tokens" else "input_tokens"]
    assert card_of(prices).price({**told, part: whole + more}, DAY).state == "unknown"


@given(leaves=Leaves, hidden=st.sampled_from(["input_tokens", "output_tokens"]))
def test_a_count_that_is_not_known_is_never_taken_for_zero(leaves: dict[str, int], hidden: str) -> None:
    told = operation(leaves)
    assume(told[hidden])
    prices = {"input": Decimal(1), "output": Decimal(1)}
    assert card_of(prices).price({**told, hidden: None}, DAY).state == "unknown"
