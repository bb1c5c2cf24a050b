"""The table of rates as it is shown: which rows are asked for, and what each says."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from apportion.core.errors import NotFound
from apportion.core.money import plain
from apportion.pricing import patterns
from apportion.pricing.card import Found, RateCard
from apportion.pricing.conditions import STANDARD, Conditions
from apportion.pricing.rate import ANY, COUNTED, Rate

Price = Annotated[
    Decimal,
    PlainSerializer(plain, return_type=str, when_used="json"),
    WithJsonSchema(
        {"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["2.5"]}, mode="serialization"
    ),
]


class RateRow(BaseModel):
    """One rate. What does not matter to it is null."""

    model_config = ConfigDict(frozen=True)

    provider: str = Field(examples=["openai"])
    model: str = Field(examples=["gpt-4o"])
    pattern: str = Field(description="Which names mean the model.")
    kind: str = Field(description="What is priced.", examples=["cache_read"])
    price: Price = Field(description="For one unit; of a discount: percent.")
    unit: str = Field(examples=["million tokens"])
    currency: str | None = Field(examples=["USD"])
    when: str | None = Field(description="Its conditions in words.", examples=["above 200,000 input tokens"])
    service_tier: str | None = Field(description="Null is the standard tier, * any.")
    region: str | None
    batch: bool | None = Field(description="True for batches alone.")
    above: int | None = Field(description="For calls that read more input tokens than this.")
    from_time: str | None = Field(description="From this hour on, in UTC.", examples=["16:30"])
    to_time: str | None
    valid_from: date | None = Field(description="First day, in UTC; null is ever.")
    valid_to: date | None = Field(description="First day on which it no longer holds; null is open.")
    source: str = Field(description="Who says so.", examples=["genai-prices 0.2.3"])
    version: str = Field(description="Of the source.")
    own: int | None = Field(description="The number of a rate of your own; null is the price list.")
    counted: bool = Field(description="Whether operations have a count for it.")
    derived: str | None = Field(
        description="Of a price from a cluster's cost: final, so far, or missing.", examples=["final"]
    )


def asked(card: RateCard, provider: str = "", model: str = "", day: date | None = None) -> list[Rate]:
    """The card's rows for a provider and a model by any of their names, '' for all, that hold on `day`.

    `model` may have the wildcard *.
    """
    wanted, means = card.providers.id_of(provider), patterns.matcher(model.strip().lower())
    return [
        rate
        for rate in card.rates
        if (not provider or rate.provider in (ANY, wanted))
        and (not model or _is_for(rate, model.strip().lower(), means))
        and (day is None or rate.valid(day))
    ]


def _is_for(rate: Rate, model: str, means: patterns.Matcher) -> bool:
    return means(rate.model.lower()) or (ANY not in model and patterns.matcher(rate.pattern)(model))


def row(rate: Rate) -> RateRow:
    """A rate as it is shown."""
    given: dict[str, Any] = {
        name: getattr(rate, name)
        for name in (
            "provider",
            "model",
            "pattern",
            "kind",
            "price",
            "unit",
            "valid_from",
            "valid_to",
            "version",
        )
    }
    given |= {
        name: getattr(rate, name) or None
        for name in ("currency", "service_tier", "region", "batch", "above", "derived")
    }
    return RateRow(
        **given,
        when=_when(rate) or None,
        from_time=f"{rate.from_time:%H:%M}" if rate.from_time else None,
        to_time=f"{rate.to_time:%H:%M}" if rate.to_time else None,
        source=rate.source if rate.override else f"{rate.source} {rate.version}",
        own=rate.override or None,
        counted=rate.counted,
    )


def _when(rate: Rate) -> str:
    hours = f"{rate.from_time:%H:%M}–{rate.to_time:%H:%M} UTC" if rate.from_time and rate.to_time else ""
    words = [rate.service_tier if rate.service_tier != ANY else "any tier", rate.region, hours]
    words += ["batch" if rate.batch else ""]
    words += [f"above {rate.above:,} input tokens" if rate.above else ""]
    return ", ".join(filter(None, words))


def holding(card: RateCard, provider: str, model: str, day: date, when: Conditions = STANDARD) -> Found:
    """The prices that hold for a model on a day: the rows that are used, in the order of kinds.

    Raises NotFound where there are none, with the reason.
    """
    found = card.find(provider, model, day, when)
    if found.why:
        raise NotFound(
            f"Unpriced on {day}: {found.why}.",
            hint="Give it a price under 'rates' in apportion.yaml, or see 'apportion rates list'.",
        )
    return found._replace(rates=_used(found.rates))


def _used(found: Iterable[Rate]) -> list[Rate]:
    """The first row of each kind, threshold and hours."""
    kinds = {kind: place for place, kind in enumerate(COUNTED)}
    first: dict[tuple[Any, ...], Rate] = {}
    for rate in found:
        first.setdefault((rate.kind, rate.above, rate.from_time, rate.to_time), rate)
    return sorted(
        first.values(), key=lambda r: (kinds.get(r.kind, len(kinds)), r.above, str(r.from_time or ""))
    )
