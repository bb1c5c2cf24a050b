"""Rate cards: what a token, a second or a call costs, since when, and who says so."""

from collections.abc import Iterable

from apportion.pricing.card import Found, RateCard
from apportion.pricing.conditions import Conditions, conditions
from apportion.pricing.derived import DerivedPrice
from apportion.pricing.lines import Line
from apportion.pricing.prices import COSTED, Priced
from apportion.pricing.providers import Provider
from apportion.pricing.rate import Rate
from apportion.pricing.settings import OwnRate


def seeded(overrides: Iterable[OwnRate] = ()) -> RateCard:
    """The list prices that come with Apportion, with one's own over them."""
    return RateCard.seeded(overrides)


__all__ = [
    "COSTED",
    "Conditions",
    "DerivedPrice",
    "Found",
    "Line",
    "OwnRate",
    "Priced",
    "Provider",
    "Rate",
    "RateCard",
    "conditions",
    "seeded",
]
