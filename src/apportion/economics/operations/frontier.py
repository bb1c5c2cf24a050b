"""Which variants are worth their cost: none that is dearer without being better."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apportion.economics.operations.intervals import Interval


@dataclass(frozen=True)
class Choice:
    """A variant as it is judged: what a request costs, how good it is, and between which bounds."""

    name: str
    cost: Decimal
    quality: Decimal
    bounds: Interval | None


def efficient(choices: Sequence[Choice]) -> list[Choice]:
    """The choices for which no other is as cheap and better, or as good and cheaper: the cheapest first."""
    found: list[Choice] = []
    for choice in sorted(choices, key=lambda c: (c.cost, -c.quality, c.name)):
        if not found or choice.quality > found[-1].quality:
            found.append(choice)
    return found


def better_than(choice: Choice, frontier: Sequence[Choice]) -> Choice | None:
    """The best choice that costs no more than `choice` and is as good; None where `choice` is efficient."""
    if choice in frontier:
        return None
    as_good = [c for c in frontier if c.cost <= choice.cost and c.quality >= choice.quality]
    return max(as_good, key=lambda c: c.quality, default=None)


def proven(cheaper: Choice, dearer: Choice) -> bool:
    """Whether the dearer one is better beyond doubt: the intervals of their quality do not overlap."""
    if cheaper.bounds is None or dearer.bounds is None:
        return False
    return not cheaper.bounds.overlaps(dearer.bounds)
