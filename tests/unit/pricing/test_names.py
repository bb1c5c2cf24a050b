"""Which provider and which model a name means."""

from datetime import date
from decimal import Decimal

import pytest

from apportion.pricing import OwnRate, Rate, RateCard, patterns
from apportion.pricing.shelf import Shelf

DAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("openai", "openai"),
        ("openai.chat", "openai"),
        ("OpenAI.responses", "openai"),
        ("anthropic.messages", "anthropic"),
        ("aws.bedrock", "aws"),
        ("amazon-bedrock", "aws"),
        ("azure.ai.openai", "azure"),
        ("azure.ai.inference", "azure"),
        ("azure-openai.chat", "azure"),
        ("gcp.vertex_ai", "google"),
        ("gcp.gemini", "google"),
        ("gcp.gen_ai", "google"),
        ("google.generative-ai", "google"),
        ("google.vertex.chat", "google"),
        ("x_ai", "x-ai"),
        ("xai.chat", "x-ai"),
        ("mistral_ai", "mistral"),
        ("mistral.chat", "mistral"),
        ("groq", "groq"),
        ("together_ai", "together"),
        ("z.ai", "zai"),
        ("ollama", "ollama"),
        (" vLLM ", "vllm"),
    ],
)
def test_a_provider_has_many_names(card: RateCard, name: str, provider: str) -> None:
    assert card.providers.id_of(name) == provider


@pytest.mark.parametrize(
    ("provider", "model", "meant"),
    [
        ("openai", "gpt-4o-2024-08-06", "openai/gpt-4o"),
        ("openai", "GPT-4o", "openai/gpt-4o"),
        ("openai", "gpt-5.2-20251211", "openai/gpt-5.2"),
        ("anthropic", "claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4-5"),
        ("gcp.vertex_ai", "claude-sonnet-4-5@20250929", "google/claude-sonnet-4-5"),
        ("litellm", "openai/gpt-4o", "openai/gpt-4o"),
        ("litellm_proxy", "mistral/mistral-large-latest", "mistral/mistral-large"),
        ("", "anthropic/claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
        ("", "gpt-4o", "openai/gpt-4o"),
        ("", "claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
        ("openrouter", "openai/gpt-4o", "openrouter/openai/gpt-4o"),
    ],
)
def test_a_model_has_many_names(card: RateCard, provider: str, model: str, meant: str) -> None:
    found = card.find(provider, model, DAY)
    assert (f"{found.provider}/{found.model}", found.why) == (meant, "")


@pytest.mark.parametrize(
    "model",
    [
        "mistralai/mistral-large-latest",
        "deepseek-r1:14b",
        "gpt-oss-120b",
        "mistral-large-latest",
        "llama3.1:8b",
    ],
)
def test_an_open_model_does_not_tell_who_ran_it(card: RateCard, model: str) -> None:
    assert card.find("", model, DAY).why == f"no rate for ?/{model}"


def test_bedrock_names_models_by_profile_and_version(card: RateCard) -> None:
    found = card.find("aws.bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", DAY)
    assert (found.provider, found.why) == ("aws", "")
    assert {r.kind for r in found.rates} >= {"input", "output", "cache_read", "cache_write"}


def test_azure_offers_openais_models_at_their_price(card: RateCard) -> None:
    call = {"model": "gpt-4o", "input_tokens": 1000, "output_tokens": 100}
    azure, openai = (card.price({**call, "provider": p}, DAY) for p in ("azure.ai.openai", "openai"))
    assert azure.cost == openai.cost
    assert azure.rate == f"azure/gpt-4o#{card.version}"


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("gpt-4o", ["gpt-4o"], ["gpt-4o-mini", "xgpt-4o"]),
        ("GPT-4*", ["gpt-4", "gpt-4o"], ["agpt-4"]),
        ("*mini", ["o4-mini"], ["mini-o4"]),
        ("*claude*", ["eu.claude-2", "claude"], ["clade"]),
        ("gpt*o*5", ["gpt-4o-5", "gpto5"], ["gpt-45"]),
        ("a | b* | c", ["a", "bx", "c"], ["ax", "d"]),
        ("gem* & re:^(?!.*-tts)", ["gemini"], ["gemini-tts", "x-gemini"]),
        ("re:^o[0-9]", ["o3-mini"], ["gpt-o3"]),
        ("a.b", ["a.b"], ["axb"]),
        ("*", ["", "anything"], []),
    ],
)
def test_patterns(pattern: str, yes: list[str], no: list[str]) -> None:
    meant = patterns.matcher(pattern)
    assert [name for name in yes if not meant(name)] == []
    assert [name for name in no if meant(name)] == []


@pytest.mark.parametrize("text", ["plain", "a*b", "a | b", "x & y", "re:odd", "with space"])
def test_any_text_can_be_meant_literally(text: str) -> None:
    assert patterns.matcher(patterns.literal(text))(text)
    assert not patterns.matcher(patterns.literal(text))(f"{text}x")


def test_the_first_model_that_matches_is_meant() -> None:
    def rate(model: str, pattern: str) -> Rate:
        return Rate(provider="p", model=model, pattern=pattern, kind="input", price=1)  # type: ignore[arg-type]

    shelf = Shelf([rate("mini", "*mini"), rate("exact", "o4-mini | o4"), rate("rest", "o*")])
    found = {name: shelf.find(name) for name in ("o4-mini", "o4", "o5", "x")}
    assert {name: model and model[0] for name, model in found.items()} == {
        "o4-mini": "mini", "o4": "exact", "o5": "rest", "x": None,
    }  # fmt: skip


def test_a_gateway_may_name_a_provider_of_ones_own_before_the_model() -> None:
    own = OwnRate(provider="vllm", model="llama-3*", per_million={"input": Decimal(1), "output": Decimal(2)})
    found = RateCard.seeded([own]).find("litellm", "vllm/llama-3-8b", DAY)
    assert (found.provider, found.model, [rate.price for rate in found.rates]) == (
        "vllm",
        "llama-3-8b",
        [1, 2],
    )
    assert RateCard.seeded([]).find("litellm", "vllm/llama-3-8b", DAY).rates == []
    assert RateCard.seeded([own]).find("", "vllm/llama-3-8b", DAY).rates == []  # anyone can run it
