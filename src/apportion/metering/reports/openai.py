"""What OpenAI's usage reports say of a group of calls, in the words of operations."""

from collections.abc import Mapping
from typing import Any

from apportion.core.buckets import Result

OBJECTS = {
    "organization.usage.completions.result": ("completions", "chat"),
    "organization.usage.embeddings.result": ("embeddings", "embeddings"),
}
"""Kinds of result that tell of tokens: the report's name, and what was done."""

KEYS = ("project_id", "user_id", "api_key_id", "model", "batch", "service_tier")
"""What reports are grouped by."""

_SAME = {
    "input_tokens": "input_tokens",
    "input_cached_tokens": "cache_read_tokens",
    "input_cache_write_tokens": "cache_write_tokens",
    "input_cached_audio_tokens": "cache_audio_read_tokens",
    "input_image_tokens": "input_image_tokens",
    "output_tokens": "output_tokens",
    "output_audio_tokens": "output_audio_tokens",
    "output_image_tokens": "output_image_tokens",
    "num_model_requests": "requests",
}
"""Counts that mean the same. Of images the report counts the uncached ones, and so do prices."""


def kind_of(result: Result) -> tuple[str, str] | None:
    """The report's name and what was done; None for results that do not count tokens."""
    told = result.get("object")
    if told is None and "input_tokens" in result:
        return ("completions", "chat") if "output_tokens" in result else ("embeddings", "embeddings")
    return OBJECTS.get(str(told))


def counts(result: Result) -> dict[str, Any]:
    """Token counts and requests. Input includes what came from a cache; uncached audio is told apart."""
    found = {ours: result[theirs] for theirs, ours in _SAME.items() if result.get(theirs) is not None}
    if (audio := result.get("input_audio_tokens")) is not None:
        found["input_audio_tokens"] = audio + (result.get("input_cached_audio_tokens") or 0)
    return found


def fields(result: Result) -> Mapping[str, Any]:
    """For whom and with what."""
    return {
        "project": result.get("project_id"),
        "user": result.get("user_id"),
        "model": result.get("model"),
        "service_tier": result.get("service_tier"),
        "batch": result.get("batch"),
        "dimensions": {"api_key_id": result.get("api_key_id")},
    }
