"""Ollama's client: models on one's own machines, with the time that they took."""

from collections.abc import Mapping
from typing import Any

from apportion_sdk.clients.api import Api, Facts, at, count, text
from apportion_sdk.clients.prompts import led_by

_NANOSECONDS = 10**9


def provider_of(_client: Any) -> str:
    return "ollama"


def _request(given: Mapping[str, Any]) -> Facts:
    return {
        "requested_model": text(given, "model"),
        "max_tokens": count(given, "options", "num_predict"),
    }


def _answer(answer: Any) -> Facts:
    """Facts of an answer, or of a stream's last part: the others have no counts."""
    busy = [count(answer, name) for name in ("prompt_eval_duration", "eval_duration")]
    return {
        "model": text(answer, "model"),
        "input_tokens": count(answer, "prompt_eval_count"),
        "output_tokens": count(answer, "eval_count"),
        "gpu_seconds": sum(one or 0 for one in busy) / _NANOSECONDS if any(busy) else None,
    }


def _embedding(answer: Any) -> Facts:
    return {**_answer(answer), "output_tokens": 0}


def _event(part: Any, _memory: Facts) -> Facts:
    return _answer(part)


def _is_end(part: Any) -> bool:
    return at(part, "done") is True


CHAT = Api(
    "chat", _request, lambda given: given.get("messages"), _answer, _event, _is_end,
    positional=("model", "messages"),
)  # fmt: skip
GENERATE = Api(
    "text_completion", _request, lambda given: led_by(given.get("system"), given.get("prompt")), _answer,
    _event, _is_end, positional=("model", "prompt"),
)  # fmt: skip
EMBED = Api(
    "embeddings", _request, lambda _given: None, _embedding, _event, _is_end, positional=("model", "input")
)

METHODS: tuple[tuple[str, str, Api], ...] = (
    ("", "chat", CHAT),
    ("", "generate", GENERATE),
    ("", "embed", EMBED),
)
"""Where a client has a method (here at its root), its name, and what it is."""
