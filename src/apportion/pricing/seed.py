"""The price list that comes with Apportion: genai-prices' data as rates."""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

from genai_prices import data
from genai_prices import types as listed

from apportion.pricing import patterns
from apportion.pricing.history import periods
from apportion.pricing.providers import Provider
from apportion.pricing.rate import Rate, content_hash

SOURCE = "genai-prices"


class PriceList(NamedTuple):
    """Rates, the providers they are of, and the content hash of both."""

    rates: tuple[Rate, ...]
    providers: tuple[Provider, ...]
    version: str


@cache
def price_list() -> PriceList:
    """All rates and providers of the installed genai-prices, in its order. Nothing is fetched."""
    release = version(SOURCE)
    rates = tuple(rate for provider in data.providers for rate in _rates(provider, release))
    providers = tuple(map(_provider, data.providers))
    return PriceList(rates, providers, content_hash(rates, providers))


def _provider(found: listed.Provider) -> Provider:
    return Provider(
        id=found.id,
        called=pattern_of(found.provider_match) if found.provider_match else "",
        models=pattern_of(found.model_match) if found.model_match else "",
        also=tuple(found.fallback_model_providers or ()),
    )


def _rates(provider: listed.Provider, release: str) -> Iterator[Rate]:
    for model in provider.models:
        pattern = pattern_of(model.match)
        for period in periods(provider.id, model):
            yield from period.rates(provider.id, model.id, pattern, SOURCE, release)


def pattern_of(match: listed.MatchLogic) -> str:
    """genai-prices' matching logic as a pattern; alternatives within a conjunction are multiplied out."""
    return patterns.OR.join(patterns.AND.join(parts) for parts in _alternatives(match))


def _alternatives(match: listed.MatchLogic) -> list[list[str]]:
    if isinstance(match, listed.ClauseOr):
        return [parts for clause in match.or_ for parts in _alternatives(clause)]
    if isinstance(match, listed.ClauseAnd):
        found: list[list[str]] = [[]]
        for clause in match.and_:
            found = [[*parts, *more] for parts in found for more in _alternatives(clause)]
        return found
    return [[_atom(match)]]


def _atom(match: listed.MatchLogic) -> str:
    match match:
        case listed.ClauseEquals(equals=text):
            return patterns.literal(text)
        case listed.ClauseStartsWith(starts_with=text):
            return patterns.affixed("", text, "*")
        case listed.ClauseEndsWith(ends_with=text):
            return patterns.affixed("*", text, "")
        case listed.ClauseContains(contains=text):
            return patterns.affixed("*", text, "*")
        case listed.ClauseRegex(regex=text):
            return patterns.regular(text)
    raise TypeError(f"genai-prices matches models in a way that is not known here: {match!r}")
