"""The workspace's own rates as rows of the one table."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from hashlib import sha256

from apportion.pricing.conditions import conditions
from apportion.pricing.rate import ANY, COUNTED, DISCOUNT, Rate
from apportion.pricing.settings import OwnRate

SOURCE = "apportion.yaml"


def own_rates(settings: Iterable[OwnRate]) -> list[Rate]:
    """The rows of all of the workspace's own rates, in their order, counted from 1."""
    return [row for number, own in enumerate(settings, start=1) for row in _rows(number, own)]


def _rows(number: int, own: OwnRate) -> Iterator[Rate]:
    """A discount holds for every tier and batch unless it names one, a price for standard calls."""
    when = conditions(own.service_tier, own.batch, own.region)
    said = sha256(own.model_dump_json().encode()).hexdigest()[:12]
    for kind, price in _prices(own):
        anyhow = kind == DISCOUNT
        yield Rate(
            provider=own.provider.strip().lower(),
            model=own.model.strip().lower(),
            pattern=own.model.strip().lower(),
            kind=kind,
            price=price,
            unit="percent" if anyhow else COUNTED[kind],
            currency="" if anyhow else own.currency,
            service_tier=ANY if anyhow and own.service_tier is None else when.service_tier,
            batch=None if anyhow and own.batch is None and not when.batch else when.batch,
            region=when.region,
            valid_from=own.valid_from,
            valid_to=own.valid_to,
            source=f"{SOURCE}, rates {number}",
            version=said,
            override=number,
        )


def _prices(own: OwnRate) -> Iterator[tuple[str, Decimal]]:
    if own.discount is not None:
        yield DISCOUNT, own.discount
    yield from own.per_million.items()
    if own.per_request is not None:
        yield "request", own.per_request
    if own.per_gpu_hour is not None:
        yield "gpu", own.per_gpu_hour
