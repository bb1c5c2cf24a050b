"""The price of an operation, line by line: each token in one line, and all lines together what it costs."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.pricing import Line, OwnRate, Rate, RateCard, seeded
from apportion.pricing.rate import TOKENS

DAY = date(2026, 11, 1)
D = Decimal
CLAUDE = {"provider": "anthropic", "model": "claude-sonnet-4-5"}
AT = {"time": datetime(2026, 11, 1, 9, tzinfo=UTC)}
USAGES: dict[str, dict[str, Any]] = {
    "plain": {"input_tokens": 1_237, "output_tokens": 911},
    "cached": {"input_tokens": 1_237, "output_tokens": 911, "cache_read_tokens": 601},
    "written to a cache": {
        "input_tokens": 1_237, "output_tokens": 911, "cache_read_tokens": 601, "cache_write_tokens": 307,
        "cache_write_1h_tokens": 101,
    },
    "past every threshold": {"input_tokens": 1_600_001, "output_tokens": 64_003, "cache_read_tokens": 400_000},
    "all kinds": {
        "input_tokens": 9_001, "cache_read_tokens": 1_201, "cache_write_tokens": 1_009,
        "cache_write_1h_tokens": 401, "input_audio_tokens": 701, "cache_audio_read_tokens": 211,
        "input_image_tokens": 509, "output_tokens": 5_003, "reasoning_tokens": 503,
        "output_audio_tokens": 53, "output_image_tokens": 307,
    },
    "in a batch": {"input_tokens": 1_237, "output_tokens": 911, "batch": True},
    "in haste": {"input_tokens": 1_237, "output_tokens": 911, "service_tier": "priority"},
    "a hundred calls": {"input_tokens": 1_237, "output_tokens": 911, "requests": 100},
}  # fmt: skip


def told(lines: list[Line]) -> list[tuple[str, int, Decimal]]:
    return [(line.kind, int(line.quantity), line.price * 10**6) for line in lines]


def own(**rate: Any) -> RateCard:
    return seeded([OwnRate.model_validate(rate)])


def test_each_kind_has_its_line(card: RateCard) -> None:
    call = {
        **CLAUDE, "input_tokens": 1000, "cache_read_tokens": 600, "cache_write_tokens": 100,
        "cache_write_1h_tokens": 40, "output_tokens": 200, "reasoning_tokens": 50,
    }  # fmt: skip
    lines = card.lines(call, DAY)
    assert told(lines) == [
        ("input", 300, D(3)),
        ("cache_read", 600, D("0.3")),
        ("cache_write", 60, D("3.75")),
        ("cache_write_1h", 40, D(6)),
        ("output", 150, D(15)),
        ("output_reasoning", 50, D(15)),
    ]
    assert {line.unit for line in lines} == {"token"}
    assert sum(line.cost for line in lines) == card.price(call, DAY).cost == 4_545_000_000
    assert all(line.source.startswith("genai-prices 0.") for line in lines)


@pytest.mark.parametrize("usage", USAGES)
def test_the_lines_of_every_model_add_up_to_its_price(card: RateCard, usage: str) -> None:
    counted = 0
    for provider, model in card.models():
        call = {"provider": provider, "model": model, **AT, **USAGES[usage]}
        priced, lines = card.price(call, DAY), card.lines(call, DAY)
        assert sum(line.cost for line in lines) == priced.cost, (provider, model)
        assert all(line.quantity > 0 and line.cost >= 0 for line in lines)
        assert bool(lines) == (priced.state == "priced")
        tokens = sum(line.quantity for line in lines if line.unit == "token")
        if any(line.kind == "input" for line in lines) and any(line.kind == "output" for line in lines):
            assert tokens == call["input_tokens"] + call["output_tokens"], (provider, model)
            counted += 1
    assert counted > (20 if usage in ("in a batch", "in haste") else 1_500)


def test_the_price_of_a_line_is_that_of_the_span_and_the_hour(card: RateCard) -> None:
    long = {**CLAUDE, "input_tokens": 200_001, "output_tokens": 0}
    assert told(card.lines(long, DAY)) == [("input", 200_001, D(6))]
    night = {"provider": "deepseek", "model": "deepseek-v4-pro", "input_tokens": 10, "output_tokens": 0}
    at = {
        hour: told(card.lines({**night, "time": datetime(2026, 11, 1, hour, tzinfo=UTC)}, DAY))[0][2]
        for hour in (0, 1)
    }
    assert at == {0: D("0.66"), 1: D("1.32")}


def test_a_discount_and_a_price_of_ones_own_say_so() -> None:
    call = {**CLAUDE, "input_tokens": 1000, "output_tokens": 10}
    cheaper = own(provider="anthropic", discount=10).lines(call, DAY)
    assert told(cheaper) == [("input", 1000, D("2.7")), ("output", 10, D("13.5"))]
    assert cheaper[0].source.endswith("less 10 % (apportion.yaml, rates 1)")
    mine = own(model="claude-sonnet-4-5", per_million={"input": "1"}).lines(call, DAY)
    assert [line.source.split(" 0.")[0] for line in mine] == ["apportion.yaml, rates 1", "genai-prices"]


def test_requests_and_hours_have_lines_of_their_own() -> None:
    both = own(model="mine", provider="vllm", per_gpu_hour="3.1", per_request="0.002")
    call = {"provider": "vllm", "model": "mine", "gpu_seconds": D("7.5"), "requests": 3}
    [request, gpu] = both.lines(call, DAY)
    assert request[:5] == ("request", D(3), "request", D("0.002"), 6_000_000_000)
    assert gpu[:5] == ("gpu", D("0.002083333333"), "hour", D("3.1"), 6_458_333_333)
    assert both.price(call, DAY).cost == 12_458_333_333


def test_what_may_overlap_at_one_price_stays_in_the_whole() -> None:
    """Reasoning may be read aloud: where neither has a price of its own, nothing is counted twice."""
    card = RateCard.of(Rate(provider="p", model="m", kind=k, price=D(1)) for k in ("input", "output"))
    call = {"provider": "p", "model": "m", "input_tokens": 0, "output_tokens": 100}
    spoken = {**call, "reasoning_tokens": 80, "output_audio_tokens": 50}
    assert told(card.lines(spoken, DAY)) == [("output", 20, D(1)), ("output_reasoning", 80, D(1))]


def test_output_that_would_have_two_prices_of_its_own_is_not_priced() -> None:
    prices = {"input": 1, "output": 1, "output_reasoning": 2, "output_audio": 3}
    card = RateCard.of(Rate(provider="p", model="m", kind=k, price=D(p)) for k, p in prices.items())
    call = {"provider": "p", "model": "m", "input_tokens": 0, "output_tokens": 100, "reasoning_tokens": 80}
    assert card.price({**call, "output_audio_tokens": 20}, DAY).state == "priced"
    assert card.price({**call, "output_audio_tokens": 21}, DAY).state == "unknown"
    assert card.lines({**call, "output_audio_tokens": 21}, DAY) == []


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(
            {"provider": "openai", "model": "gpt-99", "input_tokens": 1, "output_tokens": 1}, id="none"
        ),
        pytest.param({**CLAUDE, "input_tokens": 1}, id="output not told"),
        pytest.param({"input_tokens": 1, "output_tokens": 1}, id="no model"),
    ],
)
def test_what_has_no_price_has_no_lines(card: RateCard, call: Mapping[str, Any]) -> None:
    assert card.lines(call, DAY) == []


PRICES = st.dictionaries(st.sampled_from(TOKENS), st.decimals(0, 500, places=12)).map(
    lambda drawn: {"input": D(1), "output": D(2), **drawn}
)
COUNTS = st.fixed_dictionaries(
    dict.fromkeys(("text", "cached", "kept", "hour", "audio", "heard", "image"), st.integers(0, 10**6))
)


@given(prices=PRICES, n=COUNTS, written=st.integers(0, 10**6))
def test_any_prices_and_counts_add_up_and_no_line_is_off_by_more_than_a_digit(
    prices: dict[str, Decimal], n: dict[str, int], written: int
) -> None:
    card = RateCard.of(Rate(provider="p", model="m", kind=k, price=p) for k, p in prices.items())
    call = {
        "provider": "p", "model": "m", "input_tokens": sum(n.values()), "output_tokens": 3 * written,
        "cache_read_tokens": n["cached"] + n["heard"], "cache_write_tokens": n["kept"] + n["hour"],
        "cache_write_1h_tokens": n["hour"], "input_audio_tokens": n["audio"] + n["heard"],
        "cache_audio_read_tokens": n["heard"], "input_image_tokens": n["image"],
        "reasoning_tokens": written, "output_audio_tokens": written, "output_image_tokens": written,
    }  # fmt: skip
    lines = card.lines(call, DAY)
    assert sum(line.cost for line in lines) == card.price(call, DAY).cost
    for line in lines:
        assert abs(line.cost - Fraction(line.quantity) * Fraction(line.price) * 10**12) <= 1
        assert prices.get(line.kind, line.price * 10**6) == line.price * 10**6
