"""What calls cost whose true cost is known, and what Apportion says where it cannot be."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from apportion.core.money import from_units
from apportion.pricing import Priced, Rate, RateCard

DAY = date(2026, 11, 1)
GPT = {"provider": "openai", "model": "gpt-4o"}
CLAUDE = {"provider": "anthropic", "model": "claude-sonnet-4-5"}
UNKNOWN, UNPRICED = Priced("unknown", 0, "USD", ""), Priced("unpriced", 0, "USD", "")


def own_card(**prices: str) -> RateCard:
    """A card of one model, acme/m, with these prices for a million tokens."""
    return RateCard.of(
        Rate(provider="acme", model="m", kind=kind, price=Decimal(price)) for kind, price in prices.items()
    )


def cost(card: RateCard, operation: dict[str, Any], day: date = DAY) -> Decimal:
    priced = card.price(operation, day)
    assert priced.state == "priced"
    return from_units(priced.cost)


def test_a_call_of_openai_with_a_cache_and_reasoning(card: RateCard) -> None:
    """400 fresh × $2.50 + 600 cached × $1.25 + 200 × $10; reasoning is part of the output."""
    call = {
        **GPT,
        "input_tokens": 1000,
        "cache_read_tokens": 600,
        "output_tokens": 200,
        "reasoning_tokens": 50,
    }
    assert cost(card, call) == Decimal("0.00375")
    assert card.price(call, DAY).rate == f"openai/gpt-4o#{card.version}"


def test_a_call_of_anthropic_that_writes_two_caches(card: RateCard) -> None:
    """300 fresh × $3 + 60 × $3.75 + 40 × $6 + 600 read × $0.30 + 200 × $15."""
    call = {
        **CLAUDE, "input_tokens": 1000, "cache_read_tokens": 600, "cache_write_tokens": 100,
        "cache_write_1h_tokens": 40, "output_tokens": 200,
    }  # fmt: skip
    assert cost(card, call) == Decimal("0.004545")


def test_a_write_to_a_cache_is_for_five_minutes_unless_said_otherwise(card: RateCard) -> None:
    call = {**CLAUDE, "input_tokens": 1_000_000, "cache_write_tokens": 1_000_000, "output_tokens": 0}
    assert cost(card, {**call, "input_tokens": 100_000, "cache_write_tokens": 100_000}) == Decimal("0.375")


def test_a_long_context_is_dearer_for_all_its_tokens(card: RateCard) -> None:
    assert cost(card, {**CLAUDE, "input_tokens": 200_000, "output_tokens": 0}) == Decimal("0.6")
    assert cost(card, {**CLAUDE, "input_tokens": 200_001, "output_tokens": 0}) == Decimal("1.200006")


def test_an_embedding_needs_no_output(card: RateCard) -> None:
    call = {"provider": "openai", "model": "text-embedding-3-small", "input_tokens": 1_000_000}
    assert cost(card, call) == Decimal("0.02")


def test_a_retired_model_keeps_its_price(card: RateCard) -> None:
    call = {"provider": "anthropic", "model": "claude-2.1", "input_tokens": 1000, "output_tokens": 1000}
    assert cost(card, call) == Decimal("0.032")


def test_audio_read_from_a_cache_is_taken_out_of_both() -> None:
    card = own_card(input="1", cache_read="0.5", input_audio="10", cache_audio_read="3", output="0")
    call = {
        "provider": "acme", "model": "m", "input_tokens": 100, "cache_read_tokens": 40,
        "input_audio_tokens": 30, "cache_audio_read_tokens": 10,
    }  # fmt: skip
    of_text, of_cache, of_audio, of_both = 40 * 1, 30 * Decimal("0.5"), 20 * 10, 10 * 3
    assert cost(card, call) == (of_text + of_cache + of_audio + of_both) / Decimal(10**6)


def test_the_sum_is_rounded_once_half_away_from_zero() -> None:
    """A price of 10⁻⁷ for a million is 10⁻¹³ for one token: five of them are half a unit."""
    card = own_card(input="0.0000001", output="0.0000001")

    def cost_of(read: int, written: int) -> int:
        call = {"provider": "acme", "model": "m", "input_tokens": read, "output_tokens": written}
        return card.price(call, DAY).cost

    assert [cost_of(4, 0), cost_of(5, 0), cost_of(3, 2), cost_of(14, 0), cost_of(15, 0)] == [0, 1, 1, 1, 2]


def test_prices_by_the_hour_of_the_day(card: RateCard) -> None:
    call = {"provider": "deepseek", "model": "deepseek-v4-pro", "input_tokens": 10**6, "output_tokens": 0}
    at = {hour: cost(card, {**call, "time": datetime(2026, 11, 1, hour)}) for hour in (0, 1, 3, 4, 6, 12)}  # noqa: DTZ001
    assert at == {0: Decimal("0.66"), 1: Decimal("1.32"), 3: Decimal("1.32"), 4: Decimal("0.66"),
                  6: Decimal("1.32"), 12: Decimal("0.66")}  # fmt: skip
    assert cost(card, call) == Decimal("0.66")


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param({}, id="no counts at all"),
        pytest.param({"output_tokens": 200}, id="input left out"),
        pytest.param({"input_tokens": 1000}, id="output left out"),
        pytest.param({"input_tokens": None, "output_tokens": 200}, id="input is null"),
        pytest.param(
            {"input_tokens": 10, "cache_read_tokens": 11, "output_tokens": 1}, id="more cached than read"
        ),
        pytest.param(
            {"input_tokens": 10, "cache_read_tokens": 6, "cache_write_tokens": 5, "output_tokens": 1},
            id="reads and writes exceed the whole",
        ),
        pytest.param(
            {"input_tokens": 10, "cache_write_tokens": 5, "cache_write_1h_tokens": 6, "output_tokens": 1},
            id="more for an hour than written",
        ),
        pytest.param(
            {"input_tokens": 10, "input_audio_tokens": 11, "output_tokens": 1}, id="more audio than read"
        ),
        pytest.param(
            {"input_tokens": 10, "cache_audio_read_tokens": 2, "output_tokens": 1}, id="audio from no cache"
        ),
        pytest.param(
            {"input_tokens": 10, "output_tokens": 5, "reasoning_tokens": 6}, id="more thought than said"
        ),
        pytest.param(
            {"input_tokens": 10, "output_tokens": 5, "output_audio_tokens": 6}, id="more spoken than said"
        ),
    ],
)
def test_counts_that_are_missing_or_contradict_each_other_are_unknown(
    card: RateCard, counts: dict[str, Any]
) -> None:
    assert card.price({**GPT, **counts}, DAY) == UNKNOWN


def test_an_unknown_cost_says_why(card: RateCard) -> None:
    assert card.why({**GPT, "input_tokens": 9}, DAY) == "token counts are missing or contradict each other"
    assert card.why({"provider": "openai", "input_tokens": 9}, DAY) == "no model is named"
    assert card.why({**GPT, "input_tokens": 9, "output_tokens": 0}, DAY) == ""


def test_counts_that_would_cost_more_than_can_be_kept_are_not_believed(card: RateCard) -> None:
    """A cost is kept as a whole number of 64 bits: $9,223,372."""
    assert cost(card, {**GPT, "input_tokens": 10**12, "output_tokens": 0}) == 2_500_000
    assert card.price({**GPT, "input_tokens": 10**12, "output_tokens": 10**12}, DAY) == UNKNOWN


def test_zero_tokens_cost_zero_and_that_is_known(card: RateCard) -> None:
    assert cost(card, {**GPT, "input_tokens": 0, "output_tokens": 0}) == 0


def test_a_call_that_names_no_model_is_unknown(card: RateCard) -> None:
    assert card.price({"provider": "openai", "input_tokens": 1, "output_tokens": 1}, DAY) == UNKNOWN


def test_the_model_that_was_asked_for_counts_where_none_answered(card: RateCard) -> None:
    call = {"provider": "openai", "requested_model": "gpt-4o", "input_tokens": 1000, "output_tokens": 0}
    assert cost(card, call) == Decimal("0.0025")


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        ({"provider": "openai", "model": "gpt-99"}, "no rate for openai/gpt-99"),
        ({"provider": "ollama", "model": "llama3.1"}, "no rate for ollama/llama3.1"),
        ({"provider": "openai", "model": "whisper-1"}, "priced by audio_time, input_audio_time, which"),
        ({"provider": "github-copilot", "model": "gpt-4o"}, "knows github-copilot/gpt-4o, but not its price"),
        ({**GPT, "service_tier": "scale"}, "no rate for openai/gpt-4o under these conditions: scale"),
        (
            {"provider": "azure", "model": "gpt-4o", "batch": True},
            "azure/gpt-4o under these conditions: batch",
        ),
    ],
)
def test_what_has_no_rate_is_unpriced_and_says_why(
    card: RateCard, operation: dict[str, Any], why: str
) -> None:
    assert card.price({**operation, "input_tokens": 1000, "output_tokens": 1}, DAY) == UNPRICED
    assert why in card.why(operation, DAY)


def test_output_of_a_model_without_a_price_for_output_is_unpriced(card: RateCard) -> None:
    embedding = {"provider": "openai", "model": "text-embedding-3-small", "input_tokens": 10}
    assert card.price({**embedding, "output_tokens": 0}, DAY).state == "priced"
    assert card.price({**embedding, "output_tokens": 1}, DAY) == UNPRICED
    assert card.why({**embedding, "output_tokens": 1}, DAY).endswith(
        "no price for input or for output that it counted"
    )


@pytest.mark.parametrize("model", ["deepseek/deepseek-r1:free", "google/gemma-3-27b-it:free"])
def test_a_model_that_is_free_costs_nothing_and_is_priced(card: RateCard, model: str) -> None:
    assert cost(card, {"provider": "openrouter", "model": model, "input_tokens": 9, "output_tokens": 9}) == 0
