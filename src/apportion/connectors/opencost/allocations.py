"""Allocations, as the API answers them, as usage: when, how much, and by whom."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Decimal, InvalidOperation, localcontext
from typing import Any

from apportion.connectors.usage.written import Shares
from apportion.core.errors import BadInput

SPECIAL = ("__idle__", "__unmounted__", "__unallocated__")
"""Names of what no workload used."""

_UNIT = Decimal("0.000000000001")
_WORDS = {"controllerkind": "controllerKind", "providerid": "providerID"}
_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_DIGITS = 60


@dataclass(frozen=True)
class Wanted:
    """What is taken of each allocation: the field `quantity`, and which field answers which dimension.

    Fields are `cluster`, `node`, `namespace`, `controllerKind`, `controller`, `pod`, `container`, `label:KEY`
    and `annotation:KEY`.
    """

    quantity: str = "totalCost"
    dimensions: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> list[str]:
        """Each field once."""
        return list(dict.fromkeys(_WORDS.get(f.lower(), f) for f in self.dimensions.values()))


def answer_rows(text: str, wanted: Wanted, where: str) -> Iterator[Shares]:
    """Every allocation of an answer; one of several days is spread over them by time.

    Numbers keep their digits. BadInput where it is no answer of the allocation API.
    """
    try:
        # Numbers stay text: a float would change them. NaN is no number, and is rejected as what it is.
        answer = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as why:
        raise BadInput(
            f"This is no JSON ({why}).", where=where, hint="Save the API's answer again."
        ) from None
    for allocation in _allocations(answer, where):
        yield from shares_of(allocation, wanted, where)


def shares_of(allocation: Mapping[str, Any], wanted: Wanted, where: str) -> Iterator[Shares]:
    """What one allocation says, on each of its days."""
    quantity = allocation.get(wanted.quantity)
    if wanted.quantity not in allocation:
        has = ", ".join(sorted(k for k, v in allocation.items() if _number(str(v)) is not None))
        raise BadInput(
            f"An allocation has no '{wanted.quantity}' (it has {has}).",
            where=where,
            hint="Name the right quantity.",
        )
    by = tuple(_answer(allocation, field, wanted) for field in wanted.dimensions.values())
    window = _inner(allocation, "window")
    start = _moment(allocation.get("start") or window.get("start"), where)
    end = _moment(allocation.get("end") or window.get("end"), where)
    text = "" if quantity is None else str(quantity)
    for moment, part in _spread(start, end, text):
        yield Shares(f"{moment:%Y-%m-%dT%H:%M:%SZ}", part, by)


def _allocations(answer: Any, where: str) -> Iterator[Mapping[str, Any]]:
    """All allocations of all sets, whichever way an answer nests them."""
    data = answer.get("data") if isinstance(answer, dict) else answer
    sets = data.get("sets") if isinstance(data, dict) else data
    if not isinstance(sets, list):
        raise BadInput(
            "This is no answer of the allocation API: it has no list of sets in 'data'.",
            where=where,
            hint="Give what /allocation answers.",
        )
    for found in sets:
        inner = found.get("allocations", found) if isinstance(found, dict) else {}
        for name, allocation in inner.items() if isinstance(inner, dict) else ():
            if isinstance(allocation, dict):
                yield {"name": name, **allocation}


def _answer(allocation: Mapping[str, Any], asked: str, wanted: Wanted) -> str:
    """The value of a field; what nobody used has its special name for an answer."""
    properties = _inner(allocation, "properties")
    kind, separator, key = asked.partition(":")
    if separator:
        places = (f"{kind}s", f"namespace{kind.title()}s")
        found = next((v for place in places if (v := _labelled(properties, place, key))), None)
    else:
        found = properties.get(_WORDS.get(asked.lower(), asked))
    name = str(allocation.get("name", ""))
    special = next((s for s in SPECIAL[:2] if s in name.split("/")), "")
    return str(found or special or _by_place(name, asked, wanted))


def _inner(around: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object inside another; an empty one where there is something else."""
    found = around.get(name)
    return found if isinstance(found, dict) else {}


def _labelled(properties: Mapping[str, Any], kind: str, key: str) -> Any:
    """A label's value; Prometheus knows no signs but letters, digits and underscores in its name."""
    labels = _inner(properties, kind)
    plain = "".join(c if c.isalnum() else "_" for c in key)
    return labels.get(key, labels.get(plain))


def _by_place(name: str, asked: str, wanted: Wanted) -> str:
    """The part of the name at the place of the field among those that were asked for."""
    parts, fields = name.split("/"), wanted.fields
    if len(parts) != len(fields) or asked not in fields:
        return ""
    found = parts[fields.index(asked)]
    return "" if found in SPECIAL else found


def _spread(start: datetime, end: datetime, text: str) -> list[tuple[datetime, str]]:
    """A quantity divided over the days between two moments by time; the last day has what rounding left."""
    quantity = _number(text)
    days = _days(start, end)
    if quantity is None or len(days) < 2:
        return [(start, text if quantity is None else plain(quantity))]
    with localcontext(prec=_DIGITS):
        whole = (end - start) // _MICROSECOND
        parts = [
            (quantity * ((b - a) // _MICROSECOND) / whole).quantize(_UNIT, ROUND_DOWN) for a, b in days[:-1]
        ]
        parts.append(quantity - sum(parts, Decimal(0)))
    return [(a, plain(part)) for (a, _), part in zip(days, parts, strict=True)]


def _days(start: datetime, end: datetime) -> Sequence[tuple[datetime, datetime]]:
    found, at = [], start
    while at < end:
        midnight = (at + _DAY).replace(hour=0, minute=0, second=0, microsecond=0)
        found.append((at, min(midnight, end)))
        at = midnight
    return found


def plain(number: Decimal) -> str:
    """Digits without an exponent, at most twelve behind the point."""
    with localcontext(prec=_DIGITS):
        return f"{number.quantize(_UNIT):f}"


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < Decimal(10) ** 24 else None


def _moment(text: Any, where: str) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise BadInput(f"'{text}' is no time.", where=where, hint="Save the API's answer again.") from None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
