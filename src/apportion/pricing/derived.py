"""Prices that come from a cluster's own cost, month by month, as rows of the one table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from apportion.pricing.rate import COUNTED, FINAL, MISSING, NONE, SO_FAR, Rate

CLUSTER = "cluster"
"""Marks such prices in the rate that an operation names."""


@dataclass(frozen=True)
class DerivedPrice:
    """What a million tokens of each kind cost on the days from `start` up to but not including `end`.

    `rate` is the version of the rate that it is the price of, `final` says whether those days are all of a
    month that were to come, `run` names the allocation whose cost was divided.
    """

    rate: str
    start: date
    end: date
    final: bool
    prices: Mapping[str, Decimal]
    currency: str
    run: str


Derived = Mapping[str, Sequence[DerivedPrice]]
"""Derived prices by the version of their rate, earlier ones first."""


def of_cluster(rate: str) -> bool:
    """Whether the rate that an operation names is a price from a cluster's cost, which the bill has, too."""
    return CLUSTER in rate.rpartition("#")[0].split(";")


def derived_rows(rate: Rate, found: Sequence[DerivedPrice]) -> Iterator[Rate]:
    """The rows of a rate, one after the other in time; last one that says there is no price otherwise.

    Days after those of a price, until the next one begins, have it too: so far nothing better is known.
    """
    for price, following in pairwise([*found, None]):
        if price is None:
            continue
        until = following.start if following else None
        if price.final:
            yield from _priced(rate, price, price.start, price.end, FINAL)
            if price.end != until:
                yield from _priced(rate, price, price.end, until, SO_FAR)
        else:
            yield from _priced(rate, price, price.start, until, SO_FAR)
    yield replace(rate, kind=NONE, derived=MISSING)


def _priced(rate: Rate, price: DerivedPrice, start: date, end: date | None, state: str) -> Iterator[Rate]:
    start = max(start, rate.valid_from or start)
    end = min(filter(None, (end, rate.valid_to)), default=None)
    if end is not None and end <= start:
        return
    for kind, amount in price.prices.items():
        yield replace(
            rate,
            kind=kind,
            price=amount,
            unit=COUNTED[kind],
            currency=price.currency,
            valid_from=start,
            valid_to=end,
            source=f"cluster cost, {price.run}",
            derived=state,
        )
