"""Single values out of attributes: counts, names, money; each is taken only where it is beyond doubt."""

import hashlib
import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

MOST_TOKENS = 10**12
MOST_JSON = 2 * 2**20
MOST_PYTHON = 20_000
_LONGEST = 200
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN = re.compile(r"[^a-z0-9]+")
_DIGITS = re.compile(r"\d{1,13}")
_OBJECT = re.compile(r"\{|[A-Z]\w{1,60}\(")
_PRINTED = re.compile(r"""'[^'\\]*'|"[^"\\]*"|[A-Za-z_]\w*[=(]?|\)""")
_WORDS = {"None": "null", "True": "true", "False": "false"}
_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@lru_cache(maxsize=16384)
def canonical(key: str) -> str:
    """One spelling for one name: `customer.id`, `customerId` and `Customer-ID` are all `customer_id`."""
    return _BETWEEN.sub("_", _HUMPS.sub("_", key).lower()).strip("_")


def count(value: Any) -> int | None:
    """A number of tokens, or nothing: whole, not negative, not absurd."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and 0 <= value <= MOST_TOKENS else None


def text(value: Any) -> str | None:
    """A name or an id, clean of control characters; one of more than 200 characters is told by its hash."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        value = str(value) if abs(value) < 10**30 else ""
    if not isinstance(value, str):
        return None
    if len(value) <= _LONGEST and value.isprintable():  # the way of nearly all
        return value.strip() or None
    clean = _NOT_TEXT.sub("", value[:4096]).strip()
    if len(clean) > _LONGEST:
        whole = hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
        return f"sha256:{whole}"
    return clean or None


def money(value: Any) -> str | None:
    """An amount in USD as text with up to 12 decimals, or nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)[:65]) > 64:
        return None
    try:
        amount = Decimal(str(value)).quantize(Decimal("1e-12"))
        return format(amount.normalize(), "f") if 0 <= amount <= MOST_TOKENS else None
    except InvalidOperation:
        return None


def flag(value: Any) -> bool | None:
    """Yes or no, where it is one of the ways to write it."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


def structure(value: Any) -> dict[str, Any] | None:
    """An object that came as one, as JSON, or as Python prints it (as LiteLLM does)."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, str) or len(value) > MOST_JSON or not _OBJECT.match(value):
        return None
    found = _json(value)
    if found is None and len(value) <= MOST_PYTHON:
        found = _json(_PRINTED.sub(_as_json, value))
    return found if isinstance(found, dict) else None


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _as_json(token: re.Match[str]) -> str:
    """A token of Python's as one of JSON's: `Usage(total=None)` is `{"total":null}`."""
    told = token[0]
    if told[0] == "'":
        return json.dumps(told[1:-1])
    if told[-1] == "=":
        return f'"{told[:-1]}":'
    if told[-1] in "()":
        return "{" if told[-1] == "(" else "}"
    return _WORDS.get(told, told)


def flattened(value: Mapping[Any, Any], prefix: str = "", depth: int = 4) -> dict[str, Any]:
    """Nested objects as one, their canonical names joined: `{"a": {"bC": 1}}` becomes `{"a_b_c": 1}`."""
    flat: dict[str, Any] = {}
    for key, one in value.items():
        if not isinstance(key, str):
            continue
        name = f"{prefix}_{canonical(key)}" if prefix else canonical(key)
        if isinstance(one, dict):
            flat.update(flattened(one, name, depth - 1) if depth else {})
        else:
            flat.setdefault(name, one)
    return flat
