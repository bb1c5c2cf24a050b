"""What stands under `rates` in apportion.yaml: discounts, prices of one's own, and which of them is used."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from apportion.core.errors import BadInput
from apportion.core.money import from_units
from apportion.pricing import RateCard
from apportion.pricing.checking import checked
from apportion.workspace import parse

DAY = date(2026, 11, 1)
D = Decimal
GPT = {"provider": "openai", "model": "gpt-4o"}
MILLION = {"input_tokens": 1_000_000, "output_tokens": 0}


def card(rates: str) -> RateCard:
    return RateCard.seeded(parse(f"rates:\n{rates}").rates)


def cost(of: RateCard, day: date = DAY, **operation: Any) -> Decimal | None:
    priced = of.price({**GPT, **MILLION, **operation}, day)
    return from_units(priced.cost) if priced.state == "priced" else None


def test_a_discount_comes_off_every_price_of_the_list() -> None:
    ours = card("  - {provider: openai, discount: 10}")
    assert cost(ours) == D("2.25")
    assert cost(ours, cache_read_tokens=1_000_000) == D("1.125")
    assert cost(ours, batch=True) == D("1.125")
    assert cost(ours, service_tier="priority") == D("3.825")
    assert cost(ours, provider="anthropic", model="claude-haiku-4-5") == 1


def test_a_discount_below_zero_adds() -> None:
    assert cost(card("  - {discount: -10, region: eu}"), region="EU") == D("2.75")


def test_a_discount_on_a_long_context_counts_there_too() -> None:
    ours = card("  - {provider: anthropic, model: claude-sonnet-4-5, discount: 50}")
    assert cost(ours, provider="anthropic", model="claude-sonnet-4-5-20250929") == 3


def test_the_first_that_matches_is_used_and_no_other() -> None:
    ours = card(
        "  - {provider: openai, model: 'gpt-4o*', discount: 20}\n  - {provider: openai, discount: 12}"
    )
    assert cost(ours) == 2
    assert cost(ours, model="gpt-4.1") == D("1.76")


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 6, 30), D("2.5")), (date(2026, 7, 1), D("2")), (date(2027, 7, 1), D("2.5"))],
)
def test_it_holds_on_its_days(day: date, expected: Decimal) -> None:
    ours = card("  - {provider: openai, discount: 20, valid_from: 2026-07-01, valid_to: 2027-07-01}")
    assert cost(ours, day) == expected


@pytest.mark.parametrize("provider", ["azure", "azure.ai.openai", "Azure.AI.OpenAI"])
def test_a_provider_is_meant_by_any_of_its_names(provider: str) -> None:
    ours = card(f"  - {{provider: {provider}, discount: 20}}")
    assert cost(ours, provider="az.ai.openai") == 2
    assert cost(ours) == D("2.5")


def test_several_providers_can_be_named_at_once() -> None:
    ours = card("  - {provider: 'azure.ai.openai | openai', discount: 20}")
    assert cost(ours, provider="az.ai.openai") == cost(ours, provider="openai.chat") == 2


def test_a_model_is_meant_by_the_lists_name_for_it() -> None:
    ours = card("  - {model: gpt-4o, discount: 20}")
    assert cost(ours, model="gpt-4o-2024-11-20") == 2
    assert cost(ours, model="gpt-4o-mini") == D("0.15")


def test_a_discount_that_names_batches_comes_off_the_standard_price_where_the_list_has_none_for_them() -> (
    None
):
    ours = card("  - {provider: azure, batch: true, discount: 50}")
    assert cost(ours, provider="azure", batch=True) == D("1.25")
    assert cost(ours, provider="azure") == D("2.5")
    assert cost(ours, provider="openai", batch=True) == D("1.25")


def test_a_discount_of_zero_says_that_a_tier_costs_the_standard_price() -> None:
    ours = card("  - {provider: groq, service_tier: flex, discount: 0}")
    groq = {"provider": "groq", "model": "openai/gpt-oss-120b"}
    assert cost(ours, **groq, service_tier="flex") == cost(ours, **groq) == D("0.15")
    assert cost(RateCard.seeded(), **groq, service_tier="flex") is None


def test_a_discount_on_what_the_list_does_not_know_leaves_it_unpriced() -> None:
    assert cost(card("  - {discount: 50}"), model="gpt-99") is None


def test_kinds_that_a_price_of_ones_own_leaves_out_keep_the_lists() -> None:
    """The trap: a custom price of input that makes cached tokens cost input's price, or nothing."""
    ours = card("  - {provider: openai, model: gpt-4o, per_million: {input: 2.00}}")
    assert cost(ours) == 2
    assert cost(ours, cache_read_tokens=1_000_000) == D("1.25")
    assert cost(ours, input_tokens=0, output_tokens=1_000_000) == 10


def test_without_the_lists_price_a_part_costs_what_its_whole_does() -> None:
    ours = card("  - {provider: vllm, per_million: {input: 1, output: 4}}")
    own = {"provider": "vllm", "model": "summarizer"}
    assert cost(ours, **own, cache_read_tokens=1_000_000) == 1
    assert cost(ours, **own, input_tokens=0, output_tokens=10**6, reasoning_tokens=10**6) == 4


def test_a_price_of_ones_own_is_for_standard_calls_unless_it_names_others() -> None:
    ours = card("  - {provider: openai, model: gpt-4o, per_million: {input: 1, output: 2}}")
    assert cost(ours, batch=True) == D("1.25")
    assert cost(ours, service_tier="priority") == D("4.25")
    batches = card("  - {model: gpt-4o, batch: true, per_million: {input: 1, output: 2}}")
    assert (cost(batches, batch=True), cost(batches)) == (1, D("2.5"))


def test_a_price_in_another_currency_takes_none_of_the_lists_prices() -> None:
    ours = card("  - {model: gpt-4o, currency: EUR, per_million: {input: 2, output: 8}}")
    priced = ours.price({**GPT, **MILLION, "cache_read_tokens": 10**6}, DAY)
    assert (priced.currency, from_units(priced.cost)) == ("EUR", 2)


def test_a_price_for_each_request_adds_to_that_of_tokens() -> None:
    ours = card("  - {provider: openai, per_request: 0.01}\n  - {provider: search-api, per_request: 0.005}")
    assert cost(ours) == D("2.51")
    assert ours.price({"provider": "search-api", "model": "web"}, DAY).cost == 5 * 10**9


def test_a_price_for_each_request_counts_all_that_a_row_adds_up() -> None:
    ours = card("  - {provider: openai, per_request: 0.01}")
    assert cost(ours, requests=40) == D("2.90")


def test_a_gpu_hour_is_charged_by_the_second_and_nothing_else_is() -> None:
    ours = card("  - {provider: ollama, model: 'llama3*', per_gpu_hour: 2.10}")
    own = {"provider": "ollama", "model": "llama3.1:8b"}
    assert cost(ours, **own, gpu_seconds=D("12.5")) == D("0.007291666667")
    assert cost(ours, **own) is None
    assert ours.price({**own, **MILLION}, DAY).state == "unknown"


def test_a_model_that_costs_nothing_is_priced_whatever_is_known_of_its_tokens() -> None:
    free = card("  - {provider: ollama, per_million: {input: 0, output: 0}}")
    for counts in ({"input_tokens": 10, "output_tokens": 5}, {"output_tokens": 5}, {"input_tokens": 10}, {}):
        assert free.price({"provider": "ollama", "model": "llama3.1", **counts}, DAY)[:2] == ("priced", 0)


def test_a_gpu_hour_replaces_the_lists_prices() -> None:
    assert cost(card("  - {model: gpt-4o, per_gpu_hour: 3.6}"), gpu_seconds=1) == D("0.001")


def test_a_price_for_output_alone_leaves_calls_with_input_unpriced() -> None:
    ours = card("  - {provider: vllm, per_million: {output: 4}}")
    own = {"provider": "vllm", "model": "summarizer", "output_tokens": 10**6}
    assert cost(ours, **own) is None
    assert cost(ours, **own, input_tokens=0) == 4


def test_the_rate_names_whose_it_is_and_the_version_changes_with_it() -> None:
    one, other = card("  - {discount: 10}"), card("  - {discount: 11}")
    assert one.price({**GPT, **MILLION}, DAY).rate == f"openai/gpt-4o;own=1#{one.version}"
    assert len({one.version, other.version, RateCard.seeded().version}) == 3
    assert one.version == card("  - {discount: 10}").version


@pytest.mark.parametrize(
    ("rate", "message"),
    [
        ("{provider: openai}", "give either a discount or prices"),
        ("{discount: 5, per_request: 1}", "give either a discount or prices"),
        ("{discount: 5, currency: EUR}", "a discount has the currency of the list"),
        ("{discount: 101}", "less than or equal to 100"),
        ("{per_million: {inputs: 1}}", "Input should be 'input'"),
        (
            "{per_request: 1, valid_from: 2026-02-01, valid_to: 2026-02-01}",
            "valid_to is the first day after it",
        ),
        ("{per_request: -1}", "greater than or equal to 0"),
        ("{per_request: 1, until: 2026-02-01}", "there is no such setting here"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(rate: str, message: str) -> None:
    with pytest.raises(BadInput, match="line 2") as refused:
        parse(f"rates:\n  - {rate}\n")
    assert message in str(refused.value)


def test_the_check_says_what_each_does_and_what_is_doubtful() -> None:
    rows = checked(
        card(
            "  - {provider: openai, discount: 12}\n"
            "  - {provider: openai, model: gpt-4o, discount: 20}\n"
            "  - {provider: nobody, discount: 5}\n"
            "  - {provider: anthropic, model: claude-sonnet-4-5, per_million: {input: 0.2}}\n"
            "  - {provider: vllm, per_gpu_hour: 3.5, valid_to: 2026-01-01}\n"
        ),
        DAY,
    )
    assert [row["does"] for row in rows] == [
        "12 % off the list", "20 % off the list", "5 % off the list", "input 0.2 USD per million tokens",
        "gpu 3.5 USD per hour",
    ]  # fmt: skip
    assert [row["note"] for row in rows] == [
        None,
        "never used: rate 1 takes all it is for",
        "the list has no such model, so there is nothing to discount",
        "reading a cache keeps the list's price, which is above this input price (anthropic/claude-sonnet-4-5)",
        "does not hold on 2026-11-01",
    ]
    assert [row["list_models"] for row in rows][1:] == [1, 0, 1, 0]
