"""Operations as FOCUS charges: one for each kind of token, in sum what the operation costs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, NamedTuple

from apportion.core.money import from_units, largest_remainder, to_units
from apportion.metering.operation import TREE
from apportion.pricing import Line, RateCard

Record = Mapping[str, Any]

MILLION = Decimal(1_000_000)
TAGS = ("customer", "plan", "feature", *TREE, "environment", "conversation", "prompt", "variant")
"""Fields of an operation that become tags, beside its free dimensions."""
METERS = {
    "input": "Input tokens",
    "cache_read": "Input tokens read from a cache",
    "cache_write": "Input tokens written to a cache",
    "cache_write_1h": "Input tokens written to a cache for an hour",
    "input_audio": "Input audio tokens",
    "cache_audio_read": "Input audio tokens read from a cache",
    "input_image": "Input image tokens",
    "output": "Output tokens",
    "output_reasoning": "Reasoning tokens",
    "output_audio": "Output audio tokens",
    "output_image": "Output image tokens",
    "request": "Requests",
    "gpu": "GPU hours",
}
UNITS = {"token": "Tokens", "request": "Requests", "hour": "Hours"}
_WIDE, _PLACES = Context(prec=60, rounding=ROUND_HALF_UP), Decimal("1E-12")


class Charge(NamedTuple):
    """One kind of one operation; `metered.sql` makes FOCUS's columns of it.

    Prices and `priced_quantity` are for `price_unit`: a million tokens, as providers list them.
    """

    operation_id: str
    time: datetime
    provider: str
    product: str
    rate: str
    currency: str
    region: str | None
    tags: list[tuple[str, str]]
    price_state: str
    card: str | None
    kind: str
    meter: str
    unit: str
    price_unit: str
    quantity: Decimal
    priced_quantity: Decimal
    price: Decimal
    list_price: Decimal
    cost: Decimal
    list_cost: Decimal
    source: str | None


class Charges(NamedTuple):
    """The charges of one operation; `divided` where its cost is divided by prices that it did not have."""

    rows: list[Charge]
    divided: bool = False


class Charging:
    """Makes charges of operations.

    `card_of` has the rate cards that operations were priced by; `card` stands in for one that is not kept.
    `listed` has list prices alone, for ListCost where one's own prices are lower.
    """

    def __init__(self, card: RateCard, listed: RateCard, card_of: Callable[[str], RateCard | None]) -> None:
        self._card, self._listed = card, listed
        self._cards: dict[str, RateCard] = {card.version: card}
        self._card_of = card_of

    def charges(self, record: Record) -> Charges:
        """The charges of an operation; none for one without a cost."""
        if record["cost"] is None:
            return Charges([])
        day, cost = record["time"].astimezone(UTC).date(), to_units(record["cost"])
        rate, _, version = (record["rate"] or "").rpartition("#")
        by = self._by(version)
        lines = by.lines(record, day)
        divided = sum(line.cost for line in lines) != cost
        if divided:
            lines = _divided(cost, lines, record)
        listed = self._list_lines(record, lines) if ";own=" in rate and not divided else {}
        return Charges(list(_charges(record, rate, version, lines, listed)), divided)

    def _by(self, version: str) -> RateCard:
        if version not in self._cards:
            self._cards[version] = self._card_of(version) or self._card
        return self._cards[version]

    def _list_lines(self, record: Record, lines: Sequence[Line]) -> dict[str, Line]:
        """What the same would have cost at list price, where the list has one in the same currency."""
        day = record["time"].astimezone(UTC).date()
        if self._listed.price(record, day).currency != record["currency"]:
            return {}
        quantities = {line.kind: line.quantity for line in lines}
        found = self._listed.lines(record, day)
        return {line.kind: line for line in found if quantities.get(line.kind) == line.quantity}


def _divided(cost: int, lines: Sequence[Line], record: Record) -> list[Line]:
    """The cost of an operation over the lines of another card, or in one line where that has no price."""
    weights = [line.cost for line in lines]
    if not any(weights):
        calls = Decimal(record["requests"] or 1)
        return [Line("request", calls, "request", from_units(cost) / calls, cost, "")]
    costs = largest_remainder(cost, weights, [line.kind for line in lines])
    return [
        line._replace(cost=part, price=from_units(part) / line.quantity)
        for line, part in zip(lines, costs, strict=True)
    ]


def _charges(
    record: Record, rate: str, card: str, lines: Sequence[Line], listed: Mapping[str, Line]
) -> Iterator[Charge]:
    provider = record["provider"] or rate.partition("/")[0] or "unknown"
    model = record["model"] or record["requested_model"] or "unknown"
    product = rate.partition(";")[0] or f"{provider}/{model}"
    tags = {name: record[name] for name in TAGS if record[name]} | (record["dimensions"] or {})
    named = sorted(tags.items())
    for line in lines:
        list_line = listed.get(line.kind, line)
        per = MILLION if line.unit == "token" else Decimal(1)
        unit = UNITS[line.unit]
        yield Charge(
            operation_id=record["operation_id"],
            time=record["time"],
            provider=provider,
            product=product,
            rate=rate or product,
            currency=record["currency"],
            region=record["region"],
            tags=named,
            price_state=record["price_state"],
            card=card or None,
            kind=line.kind,
            meter=METERS[line.kind],
            unit=unit,
            price_unit=f"{per} {unit}" if per > 1 else unit,
            quantity=line.quantity,
            priced_quantity=line.quantity / per,
            price=_WIDE.quantize(line.price * per, _PLACES),
            list_price=_WIDE.quantize(list_line.price * per, _PLACES),
            cost=from_units(line.cost),
            list_cost=from_units(list_line.cost),
            source=line.source or None,
        )
