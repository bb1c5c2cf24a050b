"""A rate card as text, to be kept whole and read back as it was."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, time
from decimal import Decimal
from typing import Any

from apportion.pricing.card import RateCard
from apportion.pricing.providers import Provider
from apportion.pricing.rate import Rate

_READ: Mapping[str, Callable[[str], object]] = {
    "price": Decimal,
    "valid_from": date.fromisoformat,
    "valid_to": date.fromisoformat,
    "from_time": time.fromisoformat,
    "to_time": time.fromisoformat,
}
"""Columns whose values JSON has no type for; they are text in it."""


def written(card: RateCard) -> str:
    """The card as text: JSON by columns, which compresses best, deflated, in base 64."""
    columns = {field.name: [_plain(getattr(r, field.name)) for r in card.rates] for field in fields(Rate)}
    providers = [[p.id, p.called, p.models, list(p.also)] for p in card.providers.by_id.values()]
    told = {"version": card.version, "rates": columns, "providers": providers}
    return b64encode(zlib.compress(json.dumps(told, separators=(",", ":")).encode())).decode()


def read(text: str) -> RateCard:
    """The card that `written` made `text` of: the same rows in the same order, under the same version.

    Columns that rates have got since are as they are by default.
    """
    told = json.loads(zlib.decompress(b64decode(text)))
    known = {field.name for field in fields(Rate)}
    columns = {name: _values(name, values) for name, values in told["rates"].items() if name in known}
    rates = [Rate(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]
    providers = [
        Provider(name, called, models, tuple(also)) for name, called, models, also in told["providers"]
    ]
    return RateCard(tuple(rates), tuple(providers), told["version"])


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)


def _values(name: str, values: list[Any]) -> list[Any]:
    convert = _READ.get(name)
    if convert is None:
        return values
    known = {text: convert(text) for text in set(values) if text is not None}
    return [None if text is None else known[text] for text in values]
