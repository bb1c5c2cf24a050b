"""Anthropic's client. Its input tokens leave out those of the cache; they are added here."""

from collections.abc import Mapping
from typing import Any

from apportion_sdk.clients.api import Api, Facts, at, count, text
from apportion_sdk.clients.prompts import led_by

PROVIDERS = {"Bedrock": "aws.bedrock", "Vertex": "gcp.vertex_ai", "Foundry": "azure.ai.inference"}
_COUNTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")
_NO_PLACE = ("global", "not_available")


def provider_of(client: Any) -> str:
    """Whose models a client asks, as OpenTelemetry names them."""
    name = type(client).__name__
    return next((provider for part, provider in PROVIDERS.items() if part in name), "anthropic")


def _request(given: Mapping[str, Any]) -> Facts:
    return {"requested_model": text(given, "model"), "max_tokens": count(given, "max_tokens")}


def usage(given: Any) -> Facts:
    """Counts of a message's `usage`: input is what was read fresh, written to the cache, and read from it."""
    fresh, read = count(given, "input_tokens"), count(given, "cache_read_input_tokens")
    hour = count(given, "cache_creation", "ephemeral_1h_input_tokens")
    written = count(given, "cache_creation_input_tokens")
    if written is None and hour is not None:
        written = hour + (count(given, "cache_creation", "ephemeral_5m_input_tokens") or 0)
    tier = text(given, "service_tier")
    speed, place = text(given, "speed"), text(given, "inference_geo")
    free = {
        "speed": speed if speed != "standard" else None,
        "inference_geo": None if place in _NO_PLACE else place,
    }
    return {
        "input_tokens": None if fresh is None else fresh + (written or 0) + (read or 0),
        "cache_read_tokens": read,
        "cache_write_tokens": written,
        "cache_write_1h_tokens": hour,
        "output_tokens": count(given, "output_tokens"),
        "reasoning_tokens": count(given, "output_tokens_details", "thinking_tokens"),
        "service_tier": tier,
        "batch": True if tier == "batch" else None,
        "dimensions": free if any(free.values()) else None,
    }


def _answer(message: Any) -> Facts:
    return {
        "response_id": text(message, "id"),
        "model": text(message, "model"),
        **usage(at(message, "usage")),
    }


def _event(event: Any, memory: Facts) -> Facts:
    """Usage comes with the first event and, grown, with those near the end; the first knows no output yet."""
    kind = at(event, "type")
    if kind == "message_start":
        _remember(memory, at(event, "message", "usage"))
        memory["output_tokens"] = None
        return {**_answer(at(event, "message")), "output_tokens": None, "reasoning_tokens": None}
    if kind == "message_delta":
        _remember(memory, at(event, "usage"))
        return usage(memory)
    return {}


def _remember(memory: Facts, given: Any) -> None:
    for name in (
        *_COUNTS,
        "cache_creation",
        "output_tokens_details",
        "service_tier",
        "speed",
        "inference_geo",
    ):
        if (value := at(given, name)) is not None:
            memory[name] = value


MESSAGE = Api(
    "chat", _request, lambda given: led_by(given.get("system"), given.get("messages")), _answer, _event,
    lambda event: at(event, "type") == "message_stop",
)  # fmt: skip

METHODS: tuple[tuple[str, str, Api], ...] = (
    ("messages", "create", MESSAGE),
    ("messages", "parse", MESSAGE),
    ("messages", "stream", MESSAGE),
    ("beta.messages", "create", MESSAGE),
    ("beta.messages", "parse", MESSAGE),
    ("beta.messages", "stream", MESSAGE),
)
"""Where a client has a method, its name, and what it is."""
