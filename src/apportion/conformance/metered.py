"""Operations as FOCUS charges: one for each kind of token, in sum what the operation costs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from apportion.core.money import from_units, largest_remainder, to_units
from apportion.core.periods import next_month
from apportion.metering.operation import TREE
from apportion.pricing import Line, RateCard

Record = Mapping[str, Any]
Charge = dict[str, Any]

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
OWN = ("x_OperationId", "x_PriceSource", "x_PriceState", "x_RateCard", "x_TokenKind")
"""What a charge has besides FOCUS's columns."""


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
        listed = self._list_lines(by, record, lines) if by.own and not divided else {}
        whole = _of_operation(record, rate)
        return Charges(
            [{**whole, **_of_line(line, listed.get(line.kind, line), whole)} for line in lines], divided
        )

    def _by(self, version: str) -> RateCard:
        if version not in self._cards:
            self._cards[version] = self._card_of(version) or self._card
        return self._cards[version]

    def _list_lines(self, by: RateCard, record: Record, lines: Sequence[Line]) -> dict[str, Line]:
        """What the same would have cost at list price, where the list has one in the same currency."""
        day = record["time"].astimezone(UTC).date()
        if self._listed.price(record, day).currency != by.price(record, day).currency:
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


def _of_operation(record: Record, rate: str) -> Charge:
    """What all charges of an operation have in common. It is charged in the second in which it began."""
    begin: datetime = record["time"].astimezone(UTC).replace(microsecond=0)
    first = begin.date().replace(day=1)
    provider = record["provider"] or rate.partition("/")[0] or "unknown"
    months = (datetime(d.year, d.month, 1, tzinfo=UTC) for d in (first, next_month(first)))
    names = ("ServiceProviderName", "ProviderName", "PublisherName", "HostProviderName", "InvoiceIssuerName")
    tags = {name: record[name] for name in TAGS if record[name]} | (record["dimensions"] or {})
    return {
        **dict.fromkeys(
            (*names, "BillingAccountId", "BillingAccountName", "ServiceName", "x_Source"), provider
        ),
        "BillingAccountType": "AI provider",
        "BillingCurrency": record["currency"],
        "PricingCurrency": record["currency"],
        **dict(zip(("BillingPeriodStart", "BillingPeriodEnd"), months, strict=True)),
        "ChargePeriodStart": begin,
        "ChargePeriodEnd": begin + timedelta(seconds=1),
        "ChargeCategory": "Usage",
        "ChargeFrequency": "Usage-Based",
        "PricingCategory": "Standard",
        "ServiceCategory": "AI and Machine Learning",
        "ServiceSubcategory": "Generative AI",
        "RegionId": record["region"],
        "RegionName": record["region"],
        "SkuId": rate.partition(";")[0]
        or f"{provider}/{record['model'] or record['requested_model'] or 'unknown'}",
        "SkuPriceId": rate or None,
        "Tags": dict(sorted(tags.items())),
        "x_OperationId": record["operation_id"],
        "x_PriceState": record["price_state"],
        "x_RateCard": (record["rate"] or "").rpartition("#")[2] or None,
    }


def _of_line(line: Line, listed: Line, whole: Charge) -> Charge:
    """One kind of an operation. Token prices are for a million, as providers list them."""
    per = MILLION if line.unit == "token" else Decimal(1)
    unit = UNITS[line.unit]
    cost = from_units(line.cost)
    sku = f"{whole['SkuId']} {line.kind}"
    price = f"{whole['SkuPriceId'] or whole['SkuId']} {line.kind}"
    return {
        **dict.fromkeys(
            ("BilledCost", "EffectiveCost", "ContractedCost", "PricingCurrencyEffectiveCost"), cost
        ),
        "ListCost": from_units(listed.cost),
        **dict.fromkeys(("ContractedUnitPrice", "PricingCurrencyContractedUnitPrice"), line.price * per),
        **dict.fromkeys(("ListUnitPrice", "PricingCurrencyListUnitPrice"), listed.price * per),
        "ConsumedQuantity": line.quantity,
        "ConsumedUnit": unit,
        "PricingQuantity": line.quantity / per,
        "PricingUnit": f"{per} {unit}" if per > 1 else unit,
        "ChargeDescription": f"{METERS[line.kind]} of {whole['SkuId']}",
        "SkuId": sku,
        "SkuMeter": METERS[line.kind],
        "SkuPriceId": price,
        "x_TokenKind": line.kind,
        "x_PriceSource": line.source or None,
    }
