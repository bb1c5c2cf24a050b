"""A callback for LiteLLM. The one module that needs more than httpx: `litellm`, which the application has."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litellm.integrations.custom_logger import CustomLogger

from apportion_sdk import default, scope
from apportion_sdk.client import Client
from apportion_sdk.clients.api import at, count, text
from apportion_sdk.clients.openai import usage
from apportion_sdk.clients.prompts import prompt_hash
from apportion_sdk.operation import CONTEXT, utc

_MOST_OPEN = 10_000
_RESERVED = " reserved"
_OPERATIONS = {
    "embedding": "embeddings",
    "text_completion": "text_completion",
    "completion": "chat",
    "responses": "chat",
}
_PROVIDERS = {
    "azure": "azure.ai.openai", "bedrock": "aws.bedrock", "vertex_ai": "gcp.vertex_ai",
    "gemini": "gcp.gemini", "mistral": "mistral_ai", "xai": "x_ai",
}  # fmt: skip
"""LiteLLM's names of providers as OpenTelemetry has them."""


class ApportionLogger(CustomLogger):  # type: ignore[misc]
    """Records each call: `litellm.callbacks = [ApportionLogger()]`.

    The contexts of the moment of the call hold, and fields of a context in the call's `metadata`. What
    LiteLLM makes of the cost is kept as reported cost. The id is LiteLLM's own of the call.
    """

    def __init__(self, metering: Client | None = None) -> None:
        super().__init__()
        self._metering = metering
        self._open: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._lock = threading.RLock()

    def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:  # noqa: ARG002
        """Keep what the contexts say: the callbacks at the end run in other threads."""
        try:
            scope_now = scope.gathered()
            if key := text(kwargs, "litellm_call_id"):
                with self._lock:
                    earlier = self._open.get(key)  # LiteLLM tries again by itself
                    if reserved := (earlier or {}).get(_RESERVED) or scope.taken():
                        scope_now[_RESERVED] = reserved
                    if earlier is None:
                        scope.began(reserved.id if reserved else key)
                    self._open[key] = scope_now
                    while len(self._open) > _MOST_OPEN:
                        self._open.popitem(last=False)
        except Exception as why:  # noqa: BLE001 (the application must not suffer)
            self._client().unmetered("litellm", type(why).__name__)

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self._record(kwargs, response_obj, start_time, end_time, success=True)

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self._record(kwargs, response_obj, start_time, end_time, success=False)

    async def async_log_success_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        self._record(kwargs, response_obj, start_time, end_time, success=True)

    async def async_log_failure_event(
        self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any
    ) -> None:
        self._record(kwargs, response_obj, start_time, end_time, success=False)

    def _client(self) -> Client:
        return self._metering or default.current()

    def _record(self, kwargs: Any, answer: Any, start: Any, end: Any, *, success: bool) -> None:
        try:
            key = text(kwargs, "litellm_call_id")
            with self._lock:
                carried = self._open.pop(key, None) if key else None
            fields = scope.gathered() if carried is None else carried
            reserved: scope.Takeable | None = fields.pop(_RESERVED, None)
            fields = scope.overlaid(fields, _named(kwargs))
            fields = scope.overlaid(fields, self._facts(kwargs, answer, start, end))
            named = (
                key if success or key is None else f"{key}-failed"
            )  # a retry may succeed under the same id
            if reserved and success:
                named = reserved.id
            elif reserved:
                reserved.give_back()
            self._client().track({**fields, "success": success}, id=named)
        except Exception as why:  # noqa: BLE001 (the application must not suffer)
            self._client().unmetered("litellm", type(why).__name__)

    def _facts(self, kwargs: Any, answer: Any, start: Any, end: Any) -> dict[str, Any]:
        provider = text(kwargs, "custom_llm_provider") or text(
            kwargs, "litellm_params", "custom_llm_provider"
        )
        kind = text(kwargs, "call_type") or ""
        facts: dict[str, Any] = {
            "operation": _OPERATIONS.get(kind.removeprefix("a"), _OPERATIONS.get(kind)),
            "provider": _PROVIDERS.get(provider or "", provider),
            "requested_model": text(kwargs, "model"),
            "model": text(answer, "model") or text(kwargs, "model"),
            "response_id": text(answer, "id"),
            "max_tokens": count(kwargs, "optional_params", "max_tokens"),
            "service_tier": text(answer, "service_tier"),
        }
        if self._client().hash_prompts:
            facts["prompt_hash"] = prompt_hash(at(kwargs, "messages"))
        if isinstance(start, datetime) and isinstance(end, datetime):
            facts["time"] = utc(start.astimezone())
            facts["latency_ms"] = round((end - start).total_seconds() * 1000)
        return {
            name: value for name, value in {**facts, **_usage(kwargs, answer)}.items() if value is not None
        }


def _usage(kwargs: Any, answer: Any) -> dict[str, Any]:
    """Counts of an answer; none where LiteLLM says that nothing was read: it does not know then."""
    given = at(answer, "usage")
    found = usage(given)
    if not found["input_tokens"]:
        return {}
    written, hour = (
        count(given, "cache_creation_input_tokens"),
        count(given, "prompt_tokens_details", "cache_creation_token_details", "ephemeral_1h_input_tokens"),
    )
    found["cache_write_tokens"] = found["cache_write_tokens"] if written is None else written
    found["cache_write_1h_tokens"] = hour
    if text(kwargs, "call_type") in ("embedding", "aembedding"):
        found["output_tokens"] = 0
    cost = at(kwargs, "response_cost")
    found["reported_cost"] = cost if isinstance(cost, (int, float)) and cost > 0 else None
    return found


def _named(kwargs: Any) -> dict[str, Any]:
    """Fields of a context among the call's own metadata."""
    metadata = at(kwargs, "litellm_params", "metadata")
    if not isinstance(metadata, Mapping):
        return {}
    return {name: value for name, value in metadata.items() if name in CONTEXT and value is not None}
