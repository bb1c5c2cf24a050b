"""A model's dated prices and conditions in genai-prices, as periods in which each price is one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from genai_prices import types as listed

from apportion.pricing.published import FREE, HALF_IN_BATCH
from apportion.pricing.rate import NONE, Rate

Price = Decimal | listed.TieredPrices
UNITS = {
    "_mtok": ("", "million tokens"),
    "_hours": ("_time", "hour"),
    "_mchars": ("_characters", "million characters"),
    "_gpixels": ("_pixels", "billion pixels"),
    "_kpages": ("_pages", "thousand pages"),
    "_kcount": ("", "thousand"),
}
"""What the endings of genai-prices' keys are in kinds of ours, and what their prices are for."""


@dataclass(frozen=True)
class Condition:
    """What a call has to be for a price other than the standard one."""

    service_tier: str = ""
    batch: bool = False


STANDARD, BATCH = Condition(), Condition(batch=True)


@dataclass(frozen=True)
class Period:
    """Prices by genai-prices' keys from a day (None: ever) to a day (None: still), and of some hours."""

    condition: Condition
    start: date | None
    end: date | None
    prices: Mapping[str, Price]
    hours: Sequence[tuple[time, time, Mapping[str, Price]]] = ()
    source: str = ""

    def rates(self, provider: str, model: str, pattern: str, source: str, release: str) -> Iterator[Rate]:
        """The rows of this period, prices of certain hours first."""
        parts: list[tuple[time | None, time | None, Mapping[str, Price]]]
        parts = [*self.hours, (None, None, self.prices)]
        for start, end, prices in parts:
            for kind, unit, above, price in _rows(prices):
                yield Rate(
                    provider=provider, model=model, pattern=pattern, kind=kind, unit=unit, price=price,
                    above=above, service_tier=self.condition.service_tier, batch=self.condition.batch,
                    valid_from=self.start, valid_to=self.end, from_time=start, to_time=end,
                    source=self.source or source, version=release,
                )  # fmt: skip


def periods(provider: str, model: listed.ModelInfo) -> list[Period]:
    """Every period of a model, standard prices first."""
    standard = list(_standard(model))
    if (provider, model.id) in FREE:
        standard = [Period(STANDARD, None, None, _nothing(), source=FREE[provider, model.id])]
    found = [*standard]
    for condition, when in _conditions(model).items():
        found += _special(model, condition, when, standard)
    if half := HALF_IN_BATCH.get(provider):
        found += _halved(standard, [p for p in found if p.condition == BATCH], half)
    return found


def _standard(model: listed.ModelInfo) -> Iterator[Period]:
    dated = model.prices if isinstance(model.prices, list) else [listed.ConditionalPrice(prices=model.prices)]
    for start, end in _spans(c.constraint for c in dated):
        hours, base = [], dated[0].prices
        for choice in reversed(dated):
            limit = choice.constraint
            if isinstance(limit, listed.TimeOfDateConstraint):
                hours.append((_utc(limit.start_time), _utc(limit.end_time), _given(choice.prices)))
            elif _active(limit, start):
                base = choice.prices
                break
        prices = _given(base)
        if not prices and model.id.endswith(":free"):
            prices = _nothing()
        yield Period(STANDARD, start, end, prices, hours)


def _conditions(model: listed.ModelInfo) -> dict[Condition, dict[str, str]]:
    """The conditions of a model that an operation can tell, each with genai-prices' words for it."""
    known = {}
    for variant in model.price_variants or ():
        match list(variant.when.items()):
            case [("processing", "batch")]:
                known[BATCH] = variant.when
            case [("service_tier" | "speed", word)] if word not in ("default", "standard"):
                known[Condition(word)] = variant.when
    return known


def _special(
    model: listed.ModelInfo, condition: Condition, when: Mapping[str, str], standard: list[Period]
) -> list[Period]:
    """Prices under a condition.

    Their first day is often only the day on which someone wrote them down. They are taken to hold before it,
    too, for as long as the standard price was the same.
    """
    variants = [v for v in model.price_variants or () if v.when == when]
    found: list[Period] = []
    for start, end in _spans([*(v.constraint for v in variants), *_starts(standard)]):
        base = next(p for p in reversed(standard) if p.start is None or (start and p.start <= start))
        prices: dict[str, Price] = {}
        active = [v for v in variants if _active(v.constraint, start)]
        for variant in active:
            prices = {**_given(variant.prices), **prices}
        if active:
            found.append(Period(condition, start, end, {**base.prices, **prices}))
    if found and (first := found[0]).start is not None:
        first_base = next(p for p in reversed(standard) if p.start is None or p.start <= first.start)
        found[0] = Period(condition, first_base.start, first.end, first.prices)
    return found


def _halved(standard: list[Period], known: list[Period], source: str) -> Iterator[Period]:
    """Half the standard price of each kind of token, on all days for which no batch price is known."""
    until = known[0].start if known else None
    if known and until is None:
        return
    for period in standard:
        end = period.end if until is None or (period.end and period.end <= until) else until
        if (until and period.start and period.start >= until) or not period.prices:
            continue
        yield Period(
            BATCH, period.start, end,
            {k: _half(v) for k, v in period.prices.items() if k.endswith("_mtok")}, source=source,
        )  # fmt: skip


def _half(price: Price) -> Price:
    if isinstance(price, Decimal):
        return price / 2
    return listed.TieredPrices(price.base / 2, [listed.Tier(t.start, t.price / 2) for t in price.tiers])


def _starts(found: Iterable[Period]) -> list[listed.StartDateConstraint]:
    return [listed.StartDateConstraint(p.start) for p in found if p.start]


def _spans(limits: Iterable[object]) -> list[tuple[date | None, date | None]]:
    """The days between changes, the first from ever, the last until ever."""
    days = sorted({limit.start_date for limit in limits if isinstance(limit, listed.StartDateConstraint)})
    return list(zip([None, *days], [*days, None], strict=True))


def _active(limit: object, day: date | None) -> bool:
    if isinstance(limit, listed.StartDateConstraint):
        return day is not None and limit.start_date <= day
    return limit is None


def _utc(when: time) -> time:
    """A time of day in UTC, without its zone; genai-prices means UTC where it names none."""
    return datetime.combine(date(1970, 1, 1), when).astimezone(UTC).time() if when.tzinfo else when


def _given(prices: listed.ModelPrice) -> dict[str, Price]:
    """Prices that are there, without those whose name says nothing."""
    return {k: v for k, v in vars(prices).items() if v is not None and not k.startswith("_")}


def _nothing() -> dict[str, Price]:
    return {"input_mtok": Decimal(0), "output_mtok": Decimal(0)}


def _rows(prices: Mapping[str, Price]) -> Iterator[tuple[str, str, int, Decimal]]:
    """Kind, unit, threshold and price of each row; one that says there is no price where there is none."""
    if not prices:
        yield NONE, "", 0, Decimal(0)
    for key, price in prices.items():
        ending = next((e for e in UNITS if key.endswith(e)), "")
        word, unit = UNITS.get(ending, ("", key))
        kind = key.removesuffix(ending) + word
        steps = [(0, price)] if isinstance(price, Decimal) else [(0, price.base), *_tiers(price)]
        for above, amount in steps:
            if kind == "requests":
                yield "request", "request", above, amount / 1000
            else:
                yield kind, unit, above, amount


def _tiers(price: listed.TieredPrices) -> Iterator[tuple[int, Decimal]]:
    return ((tier.start, tier.price) for tier in price.tiers)
