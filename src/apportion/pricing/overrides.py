"""The workspace's own rates as rows of the one table."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

from apportion.pricing.conditions import conditions
from apportion.pricing.derived import Derived, derived_rows
from apportion.pricing.rate import ANY, COUNTED, DISCOUNT, NONE, Rate
from apportion.pricing.settings import OwnRate

SOURCE = "apportion.yaml"


def own_rates(settings: Iterable[OwnRate], derived: Derived | None = None) -> list[Rate]:
    """The rows of all of the workspace's own rates, in their order, counted from 1.

    `derived` has the prices of those that come from a cluster's cost.
    """
    return [row for number, own in enumerate(settings, start=1) for row in _rows(number, own, derived or {})]


def said(own: OwnRate) -> str:
    """Changes with whatever a rate says."""
    return sha256(own.model_dump_json().encode()).hexdigest()[:12]


def _rows(number: int, own: OwnRate, derived: Derived) -> Iterator[Rate]:
    """Without a tier or batch named, discounts and clusters hold for all, prices for standard calls."""
    when = conditions(own.service_tier, own.batch, own.region)
    anyhow = not own.absolute
    first = Rate(
        provider=own.provider.strip().lower(),
        model=own.model.strip().lower(),
        pattern=own.model.strip().lower(),
        kind=NONE,
        price=Decimal(0),
        unit="",
        currency="" if anyhow else own.currency,
        service_tier=ANY if anyhow and own.service_tier is None else when.service_tier,
        batch=None if anyhow and own.batch is None and not when.batch else when.batch,
        region=when.region,
        valid_from=own.valid_from,
        valid_to=own.valid_to,
        source=f"{SOURCE}, rates {number}",
        version=said(own),
        override=number,
    )
    if own.cluster_cost:
        yield from derived_rows(first, derived.get(first.version, ()))
    for kind, price in _prices(own):
        unit = "percent" if kind == DISCOUNT else COUNTED[kind]
        yield replace(first, kind=kind, price=price, unit=unit)


def _prices(own: OwnRate) -> Iterator[tuple[str, Decimal]]:
    if own.discount is not None:
        yield DISCOUNT, own.discount
    yield from own.per_million.items()
    if own.per_request is not None:
        yield "request", own.per_request
    if own.per_gpu_hour is not None:
        yield "gpu", own.per_gpu_hour
