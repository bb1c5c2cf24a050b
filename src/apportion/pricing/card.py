"""The rate card: one table of rates, and what an operation costs by it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple, Self

from apportion.pricing import patterns
from apportion.pricing.compiling import Missing, Resolved, compiled
from apportion.pricing.conditions import STANDARD, Conditions, conditions
from apportion.pricing.derived import CLUSTER, Derived
from apportion.pricing.lines import Line, lines_of
from apportion.pricing.overrides import own_rates
from apportion.pricing.prices import COSTED, UNKNOWN, UNPRICED, Priced
from apportion.pricing.providers import Provider, Providers
from apportion.pricing.rate import ANY, NONE, Rate, content_hash
from apportion.pricing.resolving import Own, applicable, with_own
from apportion.pricing.settings import OwnRate
from apportion.pricing.shelf import Shelf

MOST = 50_000
"""Resolved prices that are kept at a time; names come from outside."""

UNDERIVED = "costs what its cluster does, which 'apportion rates derive --apply' has not divided for that day"


class Found(NamedTuple):
    """The rates that hold for a model on a day: `provider` and `model` as the price list calls them.

    `why` says what is missing where there are no rates.
    """

    provider: str
    model: str
    rates: list[Rate]
    why: str = ""


class RateCard:
    """All rates, by which operations are priced. It never changes; `version` changes with any of its rows."""

    def __init__(self, rates: Sequence[Rate], providers: Sequence[Provider] = (), version: str = "") -> None:
        self.rates = rates
        self.version = version or version_of(rates, providers)
        shelves: dict[str, list[Rate]] = {}
        own: list[Rate] = []
        for rate in rates:
            if rate.override:
                own.append(rate)
            else:
                shelves.setdefault(rate.provider, []).append(rate)
        named = (name for rate in own for name in rate.provider.split(patterns.OR) if ANY not in name)
        self.providers = Providers(providers, shelves, named)
        self._shelves = {provider: Shelf(found) for provider, found in shelves.items()}
        self.own = [
            self._own(list(rows))
            for _, rows in groupby(own, lambda r: (r.override, r.valid_from, r.valid_to))
        ]
        self._resolved: dict[tuple[Any, ...], Resolved] = {}

    @classmethod
    def of(cls, rates: Iterable[Rate], providers: Iterable[Provider] = ()) -> Self:
        """A card of these rates alone. Of rows for one model, day, kind and condition the first holds."""
        return cls(tuple(rates), tuple(providers))

    @classmethod
    def seeded(cls, overrides: Iterable[OwnRate] = (), derived: Derived | None = None) -> Self:
        """The list prices that come with Apportion, with one's own over them.

        `derived` has the prices of one's own rates that come from a cluster's cost.
        """
        from apportion.pricing.seed import price_list  # noqa: PLC0415  a large list, read when first needed

        listed = price_list()
        own = own_rates(overrides, derived)
        version = content_hash(own, listed.version) if own else listed.version
        return cls((*own, *listed.rates), listed.providers, version)

    def price(self, operation: Mapping[str, Any], day: date) -> Priced:
        """What `operation` costs at the rates of `day`, the UTC day on which it began."""
        return self._holding(operation, day).of(operation)

    def lines(self, operation: Mapping[str, Any], day: date) -> list[Line]:
        """`price()` explained: a line for each kind charged for, in sum its cost; none without a price."""
        prices = self._holding(operation, day).at(operation)
        return lines_of(prices, operation) if prices else []

    def why(self, operation: Mapping[str, Any], day: date) -> str:
        """Why `operation` is not priced on `day`, in words; '' where it is."""
        get = operation.get
        state = self.price(operation, day).state
        if state in COSTED:
            return ""
        model = get("model") or get("requested_model")
        if state == "unknown":
            return "token counts are missing or contradict each other" if model else "no model is named"
        when = conditions(get("service_tier"), get("batch"), get("region"))
        found = self.find(get("provider") or "", model or "", day, when)
        return (
            found.why
            or f"{found.provider}/{found.model} has no price for input or for output that it counted"
        )

    def _holding(self, operation: Mapping[str, Any], day: date) -> Resolved:
        get = operation.get
        key = (
            get("provider"), get("model") or get("requested_model"), get("service_tier"), get("batch"),
            get("region"), day,
        )  # fmt: skip
        return self._resolved.get(key) or self._keep(key)

    def _keep(self, key: tuple[Any, ...]) -> Resolved:
        provider, model, tier, batch, region, day = key
        if len(self._resolved) >= MOST:
            self._resolved.clear()
        when = conditions(tier, batch, region)
        found = self.find(provider or "", model or "", day, when)
        if any(r.counted for r in found.rates):
            made = compiled(found.rates, self._id(found, when))
        else:
            made = Missing(UNPRICED if model else UNKNOWN)
        self._resolved[key] = made
        return made

    def _id(self, found: Found, when: Conditions) -> str:
        """Names the prices: provider/model, what else they depend on, and after # the card's version."""
        parts = [f"{found.provider}/{found.model}"]
        parts += [f"tier={when.service_tier}"] if when.service_tier else []
        parts += ["batch"] if when.batch else []
        parts += [f"region={when.region}"] if any(r.region for r in found.rates) else []
        own = sorted({r.override for r in found.rates} - {0})
        parts += [f"own={own[0]}"] if own else []
        parts += [CLUSTER] if any(r.derived for r in found.rates) else []
        starts = [r.valid_from for r in found.rates if r.valid_from]
        parts += [f"from={max(starts)}"] if starts else []
        return f"{';'.join(parts)}#{self.version}"

    def find(self, provider: str, model: str, day: date, when: Conditions = STANDARD) -> Found:
        """The rates for a model by any of its names, with what is one's own applied."""
        place, name = self.providers.place(provider, model.strip().lower())
        shelf, listed_name, rates = self._listed(place, name)
        listed = applicable(rates, when, day) if shelf == place or when == _plain(when) else []
        rows = listed
        called = {place, provider.strip().lower(), self.providers.id_of(provider)}
        for own in self.own:
            if own.holds(called, {name, model.strip().lower(), listed_name}, when, day):
                rows = with_own(own.rows, listed, applicable(rates, _plain(when), day))
                break
        found = Found(place, listed_name or name, rows)
        if any(r.counted for r in rows):
            return found
        if rows and rows[0].derived:
            return found._replace(why=f"{place or '?'}/{name} {UNDERIVED}")
        return found._replace(why=self._why(place or "?", name, rates, listed, when))

    def models(self) -> list[tuple[str, str]]:
        """Provider and name of every model of the price list, in its order."""
        return [(place, model) for place, shelf in self._shelves.items() for model, _ in shelf.models]

    def listed(self, provider: str, model: str) -> list[Rate]:
        """All that the price list says of a model, of any day."""
        place, name = self.providers.place(provider, model.strip().lower())
        return self._listed(place, name)[2]

    def _listed(self, provider: str, name: str) -> tuple[str, str, list[Rate]]:
        """Where the list has the model: at the provider, or at one whose models it offers."""
        known = self.providers.by_id.get(provider)
        for place in (provider, *(known.also if known else ())):
            if (shelf := self._shelves.get(place)) and (found := shelf.find(name)):
                return place, found[0], found[1]
        return provider, "", []

    @staticmethod
    def _why(provider: str, model: str, rates: list[Rate], listed: list[Rate], when: Conditions) -> str:
        name = f"{provider}/{model or '?'}"
        if not rates:
            return f"no rate for {name}"
        if all(r.kind == NONE for r in rates):
            return f"the price list knows {name}, but not its price"
        if not listed:
            return f"no rate for {name} under these conditions: {when}"
        kinds = ", ".join(sorted({r.kind for r in listed}))
        return f"{name} is priced by {kinds}, which operations do not count"

    def _own(self, rows: list[Rate]) -> Own:
        first = rows[0]
        written = first.provider.split(patterns.OR)
        known = [self.providers.id_of(name) for name in written if ANY not in name]
        names = patterns.OR.join([*written, *known])
        return Own(rows, patterns.matcher(names), patterns.matcher(first.pattern))


def _plain(when: Conditions) -> Conditions:
    return Conditions(region=when.region)


def version_of(rates: Sequence[Rate], providers: Sequence[Provider]) -> str:
    """A hash of the price list, and where there are rates of one's own, of both: a card's version."""
    own = [rate for rate in rates if rate.override]
    listed = content_hash((rate for rate in rates if not rate.override), tuple(providers))
    return content_hash(own, listed) if own else listed
