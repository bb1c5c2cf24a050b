"""The hash of a prompt: the same for the same messages, whichever client sends them. Never their text."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any


def prompt_hash(messages: Any) -> str | None:
    """SHA-256 of the messages as canonical JSON: keys sorted, no spaces, UTF-8; None where there are none.

    A text is taken as one message of the user. What can be read only once is left alone.
    """
    if isinstance(messages, str):
        messages = [{"content": messages, "role": "user"}]
    if not isinstance(messages, Sequence) or isinstance(messages, (bytes, bytearray)) or not messages:
        return None
    canonical = json.dumps(
        messages, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def led_by(system: Any, messages: Any) -> Any:
    """The messages with a system prompt that was given apart as the first of them."""
    if not isinstance(system, (str, list)) or not system:
        return messages
    if isinstance(messages, str):
        messages = [{"content": messages, "role": "user"}]
    first = {"content": system, "role": "system"}
    return [first, *messages] if isinstance(messages, Sequence) else None


def _plain(value: Any) -> Any:
    """Models of client libraries as mappings, the rest by type: a representation may have an address."""
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        return dump(mode="json", exclude_unset=True)
    return dict(value) if isinstance(value, Mapping) else f"<{type(value).__name__}>"
