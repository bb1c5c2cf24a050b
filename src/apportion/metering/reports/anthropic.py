"""What Anthropic's usage report says of a group of calls, in the words of operations."""

from collections.abc import Mapping
from typing import Any

from apportion.core.buckets import Result
from apportion.pricing.compiling import UNTOLD, WINDOW

KEYS = (
    "workspace_id", "account_id", "service_account_id", "api_key_id", "model", "service_tier",
    "context_window", "inference_geo", "speed",
)  # fmt: skip
"""What reports are grouped by."""

_NOWHERE = {"", "global", "not_available"}
_FREE = ("api_key_id", "service_account_id", "speed")
"""Keys that operations have no field for."""


def kind_of(result: Result) -> tuple[str, str] | None:
    """The report's name and what was done; None for what is no usage of messages."""
    return ("messages", "chat") if "uncached_input_tokens" in result else None


def counts(result: Result) -> dict[str, Any]:
    """Token counts. The report counts each kind apart, so the input is the sum of all that was read."""
    written = result.get("cache_creation") or {}
    hour = written.get("ephemeral_1h_input_tokens") or 0
    kept = hour + (written.get("ephemeral_5m_input_tokens") or 0)
    cached = result.get("cache_read_input_tokens") or 0
    found = {
        "input_tokens": (result.get("uncached_input_tokens") or 0) + cached + kept,
        "cache_read_tokens": cached,
        "cache_write_tokens": kept,
        "cache_write_1h_tokens": hour,
    }
    if (output := result.get("output_tokens")) is not None:
        found["output_tokens"] = output
    return found


def fields(result: Result) -> Mapping[str, Any]:
    """For whom and with what. Batches are told as a tier."""
    tier = result.get("service_tier")
    geo = result.get("inference_geo")
    return {
        "project": result.get("workspace_id"),
        "user": result.get("account_id"),
        "model": result.get("model"),
        "service_tier": "standard" if tier == "batch" else tier,
        "batch": None if tier is None else tier == "batch",
        "region": geo if geo not in _NOWHERE else None,
        "dimensions": {**{name: result.get(name) for name in _FREE}, WINDOW: result.get(WINDOW) or UNTOLD},
    }
