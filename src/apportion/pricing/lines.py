"""The price of an operation explained: a line for each kind that it was charged for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from apportion.core.money import UNIT
from apportion.pricing.prices import COSTED, FINE, Prices
from apportion.pricing.rate import Rate

SECONDS = 10**12
"""Parts of a second that GPU time is counted in."""
_HOUR = 3600 * SECONDS
_UNIT = _HOUR * FINE // UNIT
"""A unit of 10⁻¹² of the currency, in parts of 10⁻²⁴ that an hour's price can be divided into."""
_WIDE = Context(prec=60)
_WHOLE = {
    "cache_read": "input",
    "cache_write": "input",
    "cache_write_1h": "cache_write",
    "input_audio": "input",
    "cache_audio_read": "cache_read",
    "input_image": "input",
    "output_reasoning": "output",
    "output_audio": "output",
    "output_image": "output",
}
"""Whose price a part has that has none of its own."""


class Line(NamedTuple):
    """So much of one kind, each at a price.

    `price` is for one `unit` ('token', 'request' or 'hour') in the operation's currency. `cost` is in 10⁻¹²
    of it: quantity times price, but for the digit by which the lines add up to what the operation costs.
    Hours are rounded to twelve places, the cost is not of the rounded ones. `source` says whose price it is.
    """

    kind: str
    quantity: Decimal
    unit: str
    price: Decimal
    cost: int
    source: str


class _Part(NamedTuple):
    """`size` is a count, of tokens, of requests, or of 10⁻¹² seconds; `price` of one in 10⁻²⁴."""

    kind: str
    size: int
    price: int


def lines_of(prices: Prices, operation: Mapping[str, Any]) -> list[Line]:
    """The lines of an operation at these prices; their costs add up to `prices.of(operation).cost`.

    None for an operation without a price. Each token is in one line. A part of a count that has no price of
    its own has a line where it is told apart from the other parts for certain, else it is in its whole's.
    """
    priced = prices.of(operation)
    if priced.state not in COSTED:
        return []
    parts = [part for part in _parts(prices, operation) if part.size]
    exact = [p.size * p.price * (1 if p.kind == "gpu" else _HOUR) for p in parts]
    costs = _rounded(priced.cost, exact)
    return [_line(part, cost, prices.rates) for part, cost in zip(parts, costs, strict=True)]


def _rounded(total: int, exact: Sequence[int]) -> list[int]:
    """Each in whole units, down or up, so that they add up to `total`, which is their sum rounded."""
    costs = [one // _UNIT for one in exact]
    order = sorted(range(len(exact)), key=lambda i: -(exact[i] % _UNIT))
    for place in order[: total - sum(costs)]:
        costs[place] += 1
    return costs


def _line(part: _Part, cost: int, rates: Mapping[str, Rate]) -> Line:
    unit = {"gpu": "hour", "request": "request"}.get(part.kind, "token")
    quantity = Decimal(part.size)
    if part.kind == "gpu":
        quantity = _WIDE.quantize(_WIDE.divide(quantity, Decimal(_HOUR)), Decimal("1E-12"))
    price = _WIDE.divide(Decimal(part.price), Decimal(FINE))
    return Line(part.kind, quantity, unit, price, cost, _source(part.kind, rates))


def _source(kind: str, rates: Mapping[str, Rate]) -> str:
    while kind not in rates and kind in _WHOLE:
        kind = "input_audio" if kind == "cache_audio_read" and "cache_read" not in rates else _WHOLE[kind]
    if (rate := rates.get(kind)) is None:
        return ""
    return rate.source if rate.override else f"{rate.source} {rate.version}".strip()


def _parts(prices: Prices, operation: Mapping[str, Any]) -> Iterator[_Part]:
    count = {name: value for name, value in operation.items() if value is not None}
    if prices.by_token and "input_tokens" in count:
        yield from _read(prices, count)
    if prices.by_token and "output_tokens" in count:
        yield from _written(prices, count)
    if "request" in prices.rates:
        yield _Part("request", count.get("requests") or 1, prices.request)
    if prices.gpu is not None:
        yield _Part("gpu", int(Fraction(str(count["gpu_seconds"])) * SECONDS), prices.gpu)


def _read(prices: Prices, count: Mapping[str, int]) -> Iterator[_Part]:
    """What was read, cached or not. A write to a cache is for 5 minutes unless said to be for an hour."""
    cached, hour = count.get("cache_read_tokens", 0), count.get("cache_write_1h_tokens", 0)
    kept, heard = count.get("cache_write_tokens", hour), count.get("cache_audio_read_tokens", 0)
    audio = count.get("input_audio_tokens", heard) - heard
    whole = prices.input
    of_audio, of_images = whole + prices.audio, whole + prices.image
    from_cache = whole + prices.cache_read
    written = whole + prices.cache_write
    uncached = count["input_tokens"] - cached - kept
    apart = (
        _Part("input_audio", audio, of_audio),
        _Part("input_image", count.get("input_image_tokens", 0), of_images),
    )
    yield from _divided(_Part("input", uncached, whole), apart)
    yield _Part("cache_read", cached - heard, from_cache)
    yield _Part("cache_audio_read", heard, from_cache + prices.audio + prices.cache_audio)
    yield _Part("cache_write", kept - hour, written)
    yield _Part("cache_write_1h", hour, written + prices.cache_write_1h)


def _written(prices: Prices, count: Mapping[str, int]) -> Iterator[_Part]:
    whole = prices.output
    apart = (
        _Part("output_reasoning", count.get("reasoning_tokens", 0), whole + prices.reasoning),
        _Part("output_audio", count.get("output_audio_tokens", 0), whole + prices.output_audio),
        _Part("output_image", count.get("output_image_tokens", 0), whole + prices.output_image),
    )
    yield from _divided(_Part("output", count["output_tokens"], whole), apart)


def _divided(whole: _Part, apart: Iterable[_Part]) -> Iterator[_Part]:
    """The parts, and what is left of their whole. Those at its price may overlap, so they stay in it then."""
    left, found = whole.size, []
    for part in sorted(apart, key=lambda p: p.price == whole.price):
        if part.price != whole.price or part.size <= left:
            found.append(part)
            left -= part.size
    yield whole._replace(size=left)
    yield from found
