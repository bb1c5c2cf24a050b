"""Service tiers and batches cost what they cost, or nothing is said; never the standard price instead."""

from datetime import date
from decimal import Decimal

import pytest

from apportion.core.money import from_units
from apportion.pricing import Rate, RateCard

DAY = date(2026, 11, 1)
COUNTS = {"input_tokens": 1_000_000, "output_tokens": 0}


def cost(card: RateCard, provider: str, model: str, day: date = DAY, **more: object) -> Decimal | None:
    priced = card.price({"provider": provider, "model": model, **COUNTS, **more}, day)
    return from_units(priced.cost) if priced.state == "priced" else None


@pytest.mark.parametrize("tier", [None, "", "standard", "default", "auto", "ON_DEMAND", " Default "])
def test_many_words_mean_the_standard_tier(card: RateCard, tier: str | None) -> None:
    assert cost(card, "openai", "gpt-4.1", service_tier=tier) == 2


def test_a_tier_that_the_list_knows_has_its_own_price(card: RateCard) -> None:
    assert cost(card, "openai", "gpt-4.1", service_tier="priority") == Decimal("3.5")
    assert cost(card, "google", "gemini-3.8-flash-tts", service_tier="ON_DEMAND_FLEX") == Decimal("0.25")


@pytest.mark.parametrize("tier", ["scale", "reserved", "no such tier"])
def test_a_tier_without_a_rate_is_not_charged_at_the_standard_price(card: RateCard, tier: str) -> None:
    assert cost(card, "openai", "gpt-4.1", service_tier=tier) is None


def test_batches_cost_half_at_openai_and_anthropic(card: RateCard) -> None:
    assert cost(card, "openai", "gpt-4o", batch=True) == Decimal("1.25")
    assert cost(card, "anthropic", "claude-sonnet-4-5", service_tier="batch", input_tokens=1000) == Decimal(
        "0.0015"
    )


def test_half_is_said_by_the_provider_where_the_list_has_no_batch_price(card: RateCard) -> None:
    """claude-2 is retired, and not in the list of batch prices."""
    assert cost(card, "anthropic", "claude-2.1", batch=True) == 4
    sources = {
        r.source for r in card.rates if r.model == "claude-2" and r.provider == "anthropic" and r.batch
    }
    assert sources == {"Anthropic, Message Batches API: half the standard price"}


def test_batches_elsewhere_are_unpriced_unless_the_list_knows_them(card: RateCard) -> None:
    assert cost(card, "mistral", "codestral-latest", batch=True) == Decimal("0.15")
    assert cost(card, "cohere", "command-r", batch=True) is None
    assert cost(card, "cohere", "command-r") is not None


def test_a_batch_of_a_tier_is_unpriced(card: RateCard) -> None:
    assert cost(card, "openai", "gpt-4.1", batch=True, service_tier="flex") is None


def test_a_rate_for_a_region_goes_before_one_for_all() -> None:
    def rate(price: str, region: str) -> Rate:
        return Rate(provider="acme", model="m", kind="input", price=Decimal(price), region=region)

    card = RateCard.of([rate("1", ""), rate("1.1", "eu-west-1")])
    costs = {place: cost(card, "acme", "m", region=place) for place in (None, "us-east-1", "EU-West-1")}
    assert costs == {None: 1, "us-east-1": 1, "EU-West-1": Decimal("1.1")}


def test_a_tiers_price_holds_before_it_was_written_down_while_the_standard_price_was_the_same(
    card: RateCard,
) -> None:
    """genai-prices has priority prices of gpt-4.1 since 2026-10-12 alone."""
    assert cost(card, "openai", "gpt-4.1", date(2026, 1, 1), service_tier="priority") == Decimal("3.5")


@pytest.mark.parametrize("read", [150_000, 250_000])
def test_calls_that_were_added_up_cross_a_threshold_only_where_one_of_them_does(
    card: RateCard, read: int
) -> None:
    one = cost(card, "google", "gemini-2.5-pro", input_tokens=read)
    ten = cost(card, "google", "gemini-2.5-pro", input_tokens=10 * read, requests=10)
    assert one is not None
    assert ten == 10 * one
    assert (ten < 10 * Decimal("2.5") * read / 10**6) == (read < 200_000)
