"""Which rates hold for a model under its conditions on a day: the list's, and one's own over them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from apportion.pricing import patterns
from apportion.pricing.conditions import Conditions
from apportion.pricing.rate import ANY, DISCOUNT, Rate


@dataclass(frozen=True)
class Own:
    """One of the workspace's own rates, ready to be asked."""

    rows: Sequence[Rate]
    provider: patterns.Matcher
    model: patterns.Matcher

    def holds(self, providers: Iterable[str], models: Iterable[str], when: Conditions, day: date) -> bool:
        """Whether it is for one of these names, under these conditions, on this day."""
        first = self.rows[0]
        return (
            first.valid(day)
            and first.service_tier in (ANY, when.service_tier)
            and first.batch in (None, when.batch)
            and first.region in ("", when.region)
            and any(map(self.provider, providers))
            and any(map(self.model, models))
        )


def applicable(rates: Iterable[Rate], when: Conditions, day: date) -> list[Rate]:
    """The list's rows for exactly these conditions; those of the call's region before those of no region."""
    found = [
        r
        for r in rates
        if r.service_tier == when.service_tier and r.batch == when.batch and r.region in ("", when.region)
        and r.valid(day)
    ]  # fmt: skip
    return sorted(found, key=lambda r: r.region == "") if when.region else found


def with_own(own: Sequence[Rate], listed: Sequence[Rate], standard: Sequence[Rate]) -> list[Rate]:
    """The list's rows with one's own over them.

    A discount comes off every list price, and off the `standard` ones where it names a tier or batches that
    the list has no price for. Prices of one's own replace the list's of their kind; kinds that they leave out
    keep the list's, so that a cache's price is never lost, unless the currencies differ. A price by the
    GPU-hour, or from a cluster's cost, replaces all.
    """
    if own[0].kind == DISCOUNT:
        named = own[0].service_tier not in ("", ANY) or own[0].batch
        return [_discounted(row, own[0]) for row in listed or (standard if named else ())]
    kinds = {row.kind for row in own}
    if "gpu" in kinds or own[0].derived:
        return list(own)
    kept = (r for r in listed if r.kind not in kinds and r.currency == own[0].currency)
    return [*own, *kept]


def _discounted(row: Rate, discount: Rate) -> Rate:
    """A list price less a percentage; what is no price of a kind that operations count stays as it is."""
    factor = (100 - discount.price) / Decimal(100)
    return replace(
        row,
        price=row.price * factor,
        source=f"{row.source} {row.version}, less {discount.price.normalize():f} % ({discount.source})",
        override=discount.override,
    )
