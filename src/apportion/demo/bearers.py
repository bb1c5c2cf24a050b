"""Who bears a day's charges: each customer or feature, idleness, or nobody, by the company's own records."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Protocol

from apportion.core.money import largest_remainder
from apportion.demo.company import NONE, PRODUCT, PRODUCTION, SERVICES, Owner
from apportion.demo.reciprocal import final_shares
from apportion.demo.usage import TAKEN, UNUSED, Usage

IDLE, UNALLOCATED = "(idle)", "(unallocated)"
WAREHOUSE, READERS = "warehouse", ("reporting", "analytics-api", "insights-assistant", "exports")
ENGINEERING, ALL_FEATURES = "engineering", "all features"
Pair = list[int]  # BilledCost and EffectiveCost
Models = Mapping[str, Mapping[str, int]]
"""What each model cost those who asked it on a day, at list price."""


@dataclass(frozen=True)
class Place:
    """Where a charge stands in the books: whose it is, which bill has it, and what it belongs to.

    `commitment` is the one that covers it, or that it paid for without use (`idle`), or that it bought
    (`purchase`). A `fee` of the management account (support, its tax, credits) belongs to all that its
    provider charges. `model` is the one that was asked.
    """

    owner: Owner
    provider: str
    period: int
    feature: str
    commitment: str = ""
    idle: bool = False
    purchase: bool = False
    fee: bool = False
    model: str = ""

    @property
    def follows(self) -> str:
        """The commitment or provider whose charges of the period it goes with, or '' for none."""
        return self.commitment if self.purchase else self.provider if self.fee else ""


class Bearers(Protocol):
    """How one day's cost is borne: by whom depends on the destination that a place has."""

    def destination(self, place: Place) -> str:
        """What decides who bears the cost of a place that follows no other."""

    def bear(self, destination: str, pair: Pair) -> Iterator[tuple[str, Pair]]:
        """The pair divided among those who bear the cost of a destination."""


def split(pair: Pair, weights: Mapping[str, int]) -> Iterator[tuple[str, Pair]]:
    """The pair divided by `weights`, every unit of it."""
    names = list(weights)
    parts = [largest_remainder(amount, list(weights.values()), names) for amount in pair]
    for name, *part in zip(names, *parts, strict=True):
        yield name, part


class Customers:
    """By customer: by requests or what they asked of models, evenly where it is engineering, or nobody."""

    def __init__(self, usage: Usage, models: Models, day: date) -> None:
        self._usage, self._models, self._day = usage, models, day
        self._reached = _reached(usage, day)

    def destination(self, place: Place) -> str:
        owner = place.owner
        if place.idle:
            return IDLE
        if place.model in self._models:
            return place.model
        if owner.customer != NONE:
            return owner.customer
        if owner.research:
            return ENGINEERING
        shared = owner.environment == PRODUCTION and (
            owner.service in PRODUCT or owner.service in self._reached
        )
        return owner.service if shared else UNALLOCATED

    def bear(self, destination: str, pair: Pair) -> Iterator[tuple[str, Pair]]:
        if destination in PRODUCT:
            yield from split(pair, self._usage.requests[self._day, destination])
        elif destination in self._reached:
            for service, part in split(pair, self._reached[destination]):
                yield from self.bear(IDLE if service == UNUSED else service, part)
        elif destination in self._models:
            yield from split(pair, self._models[destination])
        elif destination == ENGINEERING:
            yield from split(pair, dict.fromkeys(self._usage.active[self._day], 1))
        else:
            yield destination, pair


def _reached(usage: Usage, day: date) -> dict[str, dict[str, int]]:
    """The product services, and the cluster's idleness, that each platform service reaches in the end."""
    taken = {service: usage.taken[day, service] for service in TAKEN}
    read = {service: sum(usage.requests[day, service].values()) for service in READERS}
    return {name: _whole(shares) for name, shares in final_shares({**taken, WAREHOUSE: read}).items()}


def _whole(shares: Mapping[str, Fraction]) -> dict[str, int]:
    """The shares in whole numbers, in proportion to each other exactly."""
    unit = lcm(*(share.denominator for share in shares.values()))
    return {name: int(share * unit) for name, share in shares.items()}


class Features:
    """By feature: each its own, models by what it asked of them, the rest by what each cost on the day."""

    def __init__(self, costs: Mapping[Place, Pair], models: Models) -> None:
        self._models = models
        sums: dict[str, int] = defaultdict(int)
        for place, pair in costs.items():
            if place.feature != NONE:
                sums[place.feature] += pair[1]
        self._weights = {feature: max(0, cost) for feature, cost in sums.items()}

    def destination(self, place: Place) -> str:
        if place.idle:
            return IDLE
        if place.model in self._models:
            return place.model
        if place.feature != NONE:
            return place.feature
        return ALL_FEATURES if place.owner.service in SERVICES else UNALLOCATED

    def bear(self, destination: str, pair: Pair) -> Iterator[tuple[str, Pair]]:
        if destination == ALL_FEATURES:
            yield from split(pair, self._weights)
        elif destination in self._models:
            yield from split(pair, self._models[destination])
        else:
            yield destination, pair


class Teams:
    """By team: each its own, and models by what it asked of them. A buyer bears what it wastes."""

    def __init__(self, models: Models) -> None:
        self._models = models

    def destination(self, place: Place) -> str:
        return place.model if place.model in self._models else place.owner.team

    def bear(self, destination: str, pair: Pair) -> Iterator[tuple[str, Pair]]:
        if destination in self._models:
            yield from split(pair, self._models[destination])
        else:
            yield destination, pair
