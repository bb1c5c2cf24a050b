"""OpenAI's client, and the many services that speak its language. Its counts include their parts."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from apportion_sdk.clients.api import Api, Facts, at, count, text
from apportion_sdk.clients.prompts import led_by

HOSTS = {
    "openrouter.ai": "openrouter", "groq.com": "groq", "mistral.ai": "mistral_ai", "deepseek.com": "deepseek",
    "perplexity.ai": "perplexity", "x.ai": "x_ai", "together.xyz": "together", "fireworks.ai": "fireworks",
}  # fmt: skip
"""Services that OpenAI's client is used for, by the end of their host's name."""


def provider_of(client: Any) -> str:
    """Whose models a client asks, as OpenTelemetry names them."""
    if "Azure" in type(client).__name__:
        return "azure.ai.openai"
    host = urlsplit(str(getattr(client, "base_url", ""))).hostname or ""
    return next((name for end, name in HOSTS.items() if host == end or host.endswith(f".{end}")), "openai")


def _request(given: Mapping[str, Any]) -> Facts:
    most = [count(given, name) for name in ("max_completion_tokens", "max_output_tokens", "max_tokens")]
    return {
        "requested_model": text(given, "model"),
        "max_tokens": next((one for one in most if one is not None), None),
        "service_tier": _tier(given),
    }


def _tier(thing: Any) -> str | None:
    tier = text(thing, "service_tier")
    return None if tier == "auto" else tier


def _head(answer: Any) -> Facts:
    return {
        "response_id": text(answer, "id"),
        "model": text(answer, "model"),
        "service_tier": _tier(answer),
    }


def usage(given: Any) -> Facts:
    """Counts of a chat's `usage`. Where reasoning was counted beside the output, the total shows it.

    OpenRouter says there what the call cost in USD.
    """
    read, written = count(given, "prompt_tokens"), count(given, "completion_tokens")
    reasoning = count(given, "completion_tokens_details", "reasoning_tokens")
    cost = at(given, "cost")
    if (
        reasoning and read is not None and written is not None
        and count(given, "total_tokens") == read + written + reasoning
    ):  # fmt: skip
        written += reasoning
    return {
        "input_tokens": read,
        "cache_read_tokens": count(given, "prompt_tokens_details", "cached_tokens"),
        "cache_write_tokens": count(given, "prompt_tokens_details", "cache_write_tokens"),
        "input_audio_tokens": count(given, "prompt_tokens_details", "audio_tokens"),
        "output_tokens": written,
        "reasoning_tokens": reasoning,
        "output_audio_tokens": count(given, "completion_tokens_details", "audio_tokens"),
        "reported_cost": cost if isinstance(cost, (int, float)) and cost > 0 else None,
    }


def _answer(answer: Any) -> Facts:
    return {**_head(answer), **usage(at(answer, "usage"))}


def _chunk(chunk: Any, memory: Facts) -> Facts:
    memory |= {name: value for name, value in _answer(chunk).items() if value is not None}
    return memory


def _is_last_chunk(chunk: Any) -> bool:
    return any(at(choice, "finish_reason") for choice in at(chunk, "choices") or ())


def _is_usage_chunk(chunk: Any) -> bool:
    return at(chunk, "choices") == [] and at(chunk, "usage") is not None


def _embedding(answer: Any) -> Facts:
    return {**_head(answer), "input_tokens": count(answer, "usage", "prompt_tokens"), "output_tokens": 0}


def response(answer: Any) -> Facts:
    """Facts of an answer of the Responses API; one in the background has no counts yet."""
    given = at(answer, "usage")
    status = at(answer, "status")
    return {
        **_head(answer),
        "input_tokens": count(given, "input_tokens"),
        "cache_read_tokens": count(given, "input_tokens_details", "cached_tokens"),
        "cache_write_tokens": count(given, "input_tokens_details", "cache_write_tokens"),
        "output_tokens": count(given, "output_tokens"),
        "reasoning_tokens": count(given, "output_tokens_details", "reasoning_tokens"),
        "success": False if status in ("failed", "cancelled") else None,
    }


def _response_event(event: Any, _memory: Facts) -> Facts:
    return response(at(event, "response")) if at(event, "response") is not None else {}


def _is_response_end(event: Any) -> bool:
    return at(event, "type") in ("response.completed", "response.incomplete", "response.failed")


CHAT = Api(
    "chat", _request, lambda given: given.get("messages"), _answer, _chunk, _is_last_chunk, _is_usage_chunk
)
COMPLETION = Api(
    "text_completion", _request, lambda given: given.get("prompt"), _answer, _chunk, _is_last_chunk,
    _is_usage_chunk,
)  # fmt: skip
RESPONSE = Api(
    "chat", _request, lambda given: led_by(given.get("instructions"), given.get("input")), response,
    _response_event, _is_response_end,
)  # fmt: skip
EMBEDDING = Api(
    "embeddings", _request, lambda _given: None, _embedding, lambda _event, _memory: {}, lambda _event: False
)

METHODS: tuple[tuple[str, str, Api], ...] = (
    ("chat.completions", "create", CHAT),
    ("chat.completions", "parse", CHAT),
    ("beta.chat.completions", "create", CHAT),
    ("beta.chat.completions", "parse", CHAT),
    ("completions", "create", COMPLETION),
    ("responses", "create", RESPONSE),
    ("responses", "parse", RESPONSE),
    ("embeddings", "create", EMBEDDING),
)
"""Where a client has a method, its name, and what it is."""
