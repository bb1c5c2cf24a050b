"""How many credits an operation takes: the first rule that fits says it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from typing import Any, Literal

from apportion.credits.settings import Conversion
from apportion.credits.units import MOST, to_credits

Counted = Literal["counted", "unpriced", "too_large", "free"]
_WITHOUT = frozenset({"changed", "received", "rate", "success", "value", "latency_ms", "price_state"})
"""What of an operation its credits do not depend on."""


@dataclass(frozen=True)
class Converted:
    """Units of 10⁻⁹ credit. 'unpriced': it goes by cost, and none is known; 'free': no rule fits it.

    'too_large': it takes more than one operation can, and counts as that.
    """

    amount: int
    state: Counted


def convert(record: Mapping[str, Any], rules: Sequence[Conversion], currency: str) -> Converted:
    """The credits of an operation, rounded half away from zero; `currency` is that of costs."""
    rule = next((rule for rule in rules if _fits(rule, record, currency)), None)
    if rule is None:
        return Converted(0, "free")
    quantity = _quantity(rule, record)
    if quantity is None:
        return Converted(0, "unpriced")
    amount = to_credits(max(quantity, Decimal(0)) * rule.credits)
    return Converted(min(amount, MOST), "too_large" if amount > MOST else "counted")


def basis(record: Mapping[str, Any]) -> str:
    """Changes whenever something changes that credits may depend on."""
    told = [(n, v) for n, v in record.items() if v is not None and n not in _WITHOUT]
    return blake2b(repr(sorted(told)).encode(), digest_size=16).hexdigest()


def _fits(rule: Conversion, record: Mapping[str, Any], currency: str) -> bool:
    if rule.unit is not None and record.get("unit") != rule.unit:
        return False
    if rule.counts == "unit" and record.get("units") is None:
        return False
    costed = rule.counts == "cost" and record.get("cost") is not None
    if costed and record.get("currency") != (rule.currency or currency):
        return False
    return all(matches(field(record, name), wanted) for name, wanted in (rule.where or {}).items())


def _quantity(rule: Conversion, record: Mapping[str, Any]) -> Decimal | None:
    if rule.counts == "cost":
        cost: Decimal | None = record.get("cost")
        return cost
    if rule.counts == "unit":
        return Decimal(record["units"])
    if rule.counts == "call":
        return Decimal(record.get("requests") or 0)
    tokens = (record.get("input_tokens") or 0) + (record.get("output_tokens") or 0)
    return Decimal(tokens).scaleb(-3)


def field(record: Mapping[str, Any], name: str) -> str | None:
    """A field of an operation as text; a dimension of one's own where it has no such field."""
    value = record.get(name)
    if value is None:
        value = (record.get("dimensions") or {}).get(name)
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def matches(value: str | None, wanted: str | list[str]) -> bool:
    """Whether a value is one of those wanted; `*` in them stands for any text."""
    patterns = [wanted] if isinstance(wanted, str) else wanted
    return value is not None and any(_pattern(one).fullmatch(value) for one in patterns)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("*"))), re.DOTALL)
