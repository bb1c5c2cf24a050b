"""What each of the workspace's own rates does, in words: whom it is for, and what is doubtful of it."""

from collections.abc import Sequence
from datetime import date

from apportion.pricing import patterns
from apportion.pricing.card import RateCard
from apportion.pricing.conditions import Conditions
from apportion.pricing.rate import ANY, DISCOUNT, MISSING, NONE, SO_FAR, Rate
from apportion.pricing.resolving import Own, applicable

Row = dict[str, str | int | date | None]


def checked(card: RateCard, day: date) -> list[Row]:
    """One row for each of one's own rates, as they stand on `day`: of dated prices those that hold on it."""
    places: dict[int, int] = {}
    for place, own in enumerate(card.own):
        first = own.rows[0]
        if first.override not in places or (
            first.valid(day) and not card.own[places[first.override]].rows[0].valid(day)
        ):
            places[first.override] = place
    return [_row(card, place, day) for place in places.values()]


def _row(card: RateCard, place: int, day: date) -> Row:
    own = card.own[place]
    first = own.rows[0]
    reached = _reached(card, own, day)
    return {
        "rate": first.override,
        "provider": first.provider,
        "model": first.model,
        "when": _when(first),
        "does": "; ".join(map(_said, own.rows)),
        "list_models": len(reached),
        "for_example": ", ".join(reached[:2]) or None,
        "valid_from": first.valid_from,
        "valid_to": first.valid_to,
        "note": "; ".join(_notes(card, place, reached, day)) or None,
    }


def _when(first: Rate) -> str:
    batch = {None: "", True: "batch", False: "not batch" if first.kind == DISCOUNT else ""}[first.batch]
    tier = "" if first.service_tier == ANY else first.service_tier or "standard tier"
    return ", ".join(word for word in (tier, batch, first.region) if word) or "any"


def _said(row: Rate) -> str:
    if row.kind == NONE:
        return "what its cluster costs"
    price = f"{row.price.normalize():f}"
    if row.kind == DISCOUNT:
        return f"{price} % off the list" if row.price >= 0 else f"{price[1:]} % on top of the list"
    return f"{row.kind} {price} {row.currency} per {row.unit}"


def _reached(card: RateCard, own: Own, day: date) -> list[str]:
    """The list's models that it is for, whether or not one before it takes them."""
    first = own.rows[0]
    tier = "" if first.service_tier == ANY else first.service_tier
    when = Conditions(tier, bool(first.batch), first.region)
    return [
        f"{provider}/{model}"
        for provider, model in card.models()
        if own.holds([provider], [model], when, day)
    ]


def _notes(card: RateCard, place: int, reached: Sequence[str], day: date) -> list[str]:
    own, found = card.own[place], []
    first = own.rows[0]
    if not first.valid(day):
        found.append(f"does not hold on {day}")
    if before := next((o for o in card.own[:place] if _takes_all(o.rows[0], first)), None):
        found.append(f"never used: rate {before.rows[0].override} takes all it is for")
    if first.derived:
        found += _of_cluster(first, day)
    if first.kind == DISCOUNT and first.valid(day) and not reached:
        found.append("the list has no such model, so there is nothing to discount")
    found += _dear_caches(card, own, reached, day)
    return found


def _of_cluster(first: Rate, day: date) -> list[str]:
    if first.derived == MISSING:
        return [f"unpriced on {day}: 'apportion rates derive --apply' divides the cluster's cost"]
    if first.derived == SO_FAR:
        return [
            "an estimate, until the month is complete and 'apportion rates derive --apply' divides its cost"
        ]
    return []


def _takes_all(before: Rate, first: Rate) -> bool:
    """Whether all that `first` is for is already taken; only what can be seen from the words themselves."""
    return (
        _covers(before.provider, first.provider)
        and _covers(before.pattern, first.pattern)
        and (before.service_tier in (ANY, first.service_tier))
        and (before.batch is None or before.batch == first.batch)
        and (before.region in ("", first.region))
        and (
            before.valid_from is None
            or (first.valid_from is not None and before.valid_from <= first.valid_from)
        )
        and (before.valid_to is None or (first.valid_to is not None and first.valid_to <= before.valid_to))
    )


def _covers(wide: str, narrow: str) -> bool:
    return wide in (ANY, narrow) or ("*" not in narrow and patterns.matcher(wide)(narrow))


def _dear_caches(card: RateCard, own: Own, reached: Sequence[str], day: date) -> list[str]:
    """Where one's own input costs less than reading a cache does at the list's price, which stays."""
    prices = {row.kind: row.price for row in own.rows}
    if "input" not in prices or "cache_read" in prices:
        return []
    first = own.rows[0]
    when = Conditions(first.service_tier, bool(first.batch), first.region)
    for name in reached:
        provider, _, model = name.partition("/")
        for rate in applicable(card.listed(provider, model), when, day):
            if rate.kind == "cache_read" and rate.price > prices["input"]:
                return [f"reading a cache keeps the list's price, which is above this input price ({name})"]
    return []
