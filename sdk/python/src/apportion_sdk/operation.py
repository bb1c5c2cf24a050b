"""The fields of an operation, and how what an application says of them is made fit for the wire."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

Text = str | int | UUID | None
Number = Decimal | int | float | str | None


class ContextFields(TypedDict, total=False):
    """Whom and what operations are done for; what is left out, or None, is unknown."""

    customer: Text
    plan: Text
    feature: Text
    organization: Text
    cost_center: Text
    team: Text
    project: Text
    user: Text
    workflow: Text
    conversation: Text
    environment: Text
    region: Text
    prompt: Text
    variant: Text
    dimensions: Mapping[str, Text]


class OperationFields(ContextFields, total=False):
    """All that can be said of an operation. Counts include their parts; no field is text of a prompt."""

    time: datetime
    operation: Text
    provider: Text
    model: Text
    requested_model: Text
    service_tier: Text
    batch: bool | None
    input_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    cache_write_1h_tokens: int | None
    input_audio_tokens: int | None
    cache_audio_read_tokens: int | None
    input_image_tokens: int | None
    output_tokens: int | None
    reasoning_tokens: int | None
    output_audio_tokens: int | None
    output_image_tokens: int | None
    max_tokens: int | None
    gpu_seconds: Number
    prompt_hash: str | None
    prefix_hash: str | None
    units: Number
    unit: Text
    success: bool | None
    value: Number
    latency_ms: float | None
    reported_cost: Number
    trace_id: Text
    span_id: Text
    response_id: Text


LONGEST = 200
MOST_DIMENSIONS = 30
_LARGEST = 10**12
_STEP = Decimal("1e-12")
_HASH = re.compile(r"[A-Za-z0-9+/=_:.-]{1,128}")

Complain = Callable[[str, str], None]
"""Called with the name of a field that cannot be sent as it is, and the reason."""


def fit(fields: Mapping[str, Any], complain: Complain) -> dict[str, Any]:
    """What of `fields` can be sent, as JSON has it; the rest is left out (unknown), with a complaint.

    Names that an operation does not have are kept among its dimensions.
    """
    kept: dict[str, Any] = {}
    free: dict[str, Any] = {}
    for name, value in fields.items():
        if _is_unknown(value):
            continue
        if name == "dimensions":
            free |= value if isinstance(value, Mapping) else {name: value}
        elif name not in _READERS:
            complain(name, "an operation has no such field; it is kept as a dimension")
            free[name] = value
        else:
            try:
                kept[name] = _READERS[name](value)
            except (ValueError, TypeError, ArithmeticError, AttributeError) as why:
                complain(name, f"{why}; it is left out")
    if free and (dimensions := _dimensions(free, complain)):
        kept["dimensions"] = dimensions
    _consistent(kept, complain)
    return kept


def _dimensions(free: Mapping[Any, Any], complain: Complain) -> dict[str, str]:
    kept: dict[str, str] = {}
    for key, value in free.items():
        if _is_unknown(value):
            continue
        if len(kept) == MOST_DIMENSIONS:
            complain("dimensions", f"more than {MOST_DIMENSIONS}; the others are left out")
            break
        try:
            kept[text(key)] = text(repr(value) if isinstance(value, (bool, float)) else value)
        except (ValueError, TypeError) as why:
            complain("dimensions", f"{why}; it is left out")
    return kept


def _is_unknown(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value)


def _consistent(kept: dict[str, Any], complain: Complain) -> None:
    """Leave out parts that are more than their whole: the server could only refuse the operation."""
    for whole, parts in _PARTS.items():
        given = [part for part in parts if part in kept]
        if whole in kept and sum(kept[part] for part in given) > kept[whole]:
            complain(whole, f"fewer than its parts ({', '.join(given)}); they are left out")
            for part in given:
                del kept[part]


_PARTS = {
    "cache_write_tokens": ("cache_write_1h_tokens",),
    "input_tokens": ("cache_read_tokens", "cache_write_tokens"),
    "output_tokens": ("reasoning_tokens",),
}


def text(value: object) -> str:
    """`value` as text of 1 to 200 characters; raises ValueError or TypeError where it is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int, UUID)):
        raise TypeError(f"a {type(value).__name__} is no text")
    found = (str.__str__(value) if isinstance(value, str) else str(value)).strip()
    if not found or len(found) > LONGEST:
        raise ValueError(f"a text has 1 to {LONGEST} characters, not {len(found)}")
    found.encode()  # half a surrogate pair could not be sent
    return found


def _count(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError("a bool is no count")
    count = operator.index(value)
    if not 0 <= count <= _LARGEST:
        raise ValueError("a count is 0 or more, and at most a million millions")
    return count


def _number(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, float, str)):
        raise TypeError(f"a {type(value).__name__} is no number")
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise ValueError("a number is finite and below a million millions")
    return f"{number.quantize(_STEP).normalize():f}"


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither True nor False")
    return value


def _milliseconds(value: Any) -> int:
    if isinstance(value, bool) or not 0 <= value <= 10**10:
        raise ValueError("a latency is 0 milliseconds or more")
    return round(float(value))


def _hash(value: Any) -> str:
    if not _HASH.fullmatch(value):
        raise ValueError("no hash of up to 128 characters")
    return str(value)


def _time(value: Any) -> str:
    return utc(value).isoformat().replace("+00:00", "Z")


def utc(time: datetime) -> datetime:
    """`time` in UTC; one without a zone is taken to be in UTC."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


_NUMBERS = ("gpu_seconds", "units", "value", "reported_cost")
_OTHERS: dict[str, Callable[[Any], Any]] = {
    "time": _time, "batch": _flag, "success": _flag, "latency_ms": _milliseconds,
    "prompt_hash": _hash, "prefix_hash": _hash,
}  # fmt: skip


def _reader(name: str) -> Callable[[Any], Any]:
    if name in _OTHERS:
        return _OTHERS[name]
    if name in _NUMBERS:
        return _number
    return _count if name.endswith("_tokens") else text


FIELDS = frozenset(OperationFields.__annotations__)
CONTEXT = frozenset(ContextFields.__annotations__)
_READERS = {name: _reader(name) for name in FIELDS | {"id"}}
