"""How a cost is known: what of it is direct, measured and assumed, in money and in percent."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent
from apportion.core.money import largest_remainder, split_running, to_units

KINDS = ("direct", "measured", "assumed")
HUNDREDTHS = 10_000
"""Hundredths of a percent in the whole."""


class Known(Protocol):
    """Anything whose cost is told by how it is known."""

    @property
    def direct(self) -> Decimal: ...
    @property
    def measured(self) -> Decimal: ...
    @property
    def assumed(self) -> Decimal: ...


class Evidence(Part):
    """What stands beside every margin: `direct`, `measured` and `assumed` add up to `cost`, exactly."""

    direct: Amount = Field(description="Cost that carries the customer's name.")
    measured: Amount = Field(description="Shared cost divided by measured use.")
    assumed: Amount = Field(description="Shared cost divided by an assumption: even, fixed, carried forward.")
    direct_pct: Percent | None = Field(description="Of the cost; the three add up to 100.00.")
    measured_pct: Percent | None = Field(description="Null where there is no cost.")
    assumed_pct: Percent | None


@dataclass(frozen=True)
class CostEvidence:
    """A cost by how it is known."""

    direct: Decimal
    measured: Decimal
    assumed: Decimal

    @classmethod
    def of(cls, rows: Iterable[Known]) -> "CostEvidence":
        """That of several costs together."""
        found = list(rows)
        zero = Decimal(0).scaleb(-12)
        return cls(
            sum((row.direct for row in found), zero),
            sum((row.measured for row in found), zero),
            sum((row.assumed for row in found), zero),
        )

    @property
    def figures(self) -> dict[str, Decimal | None]:
        """The fields of `Evidence`."""
        amounts = [self.direct, self.measured, self.assumed]
        named = dict(zip(KINDS, amounts, strict=True))
        percents = dict(zip((f"{kind}_pct" for kind in KINDS), _percents(amounts), strict=True))
        return {**named, **percents}


def _percents(amounts: list[Decimal]) -> list[Decimal] | list[None]:
    """Percentages that add up to 100.00; with credits among the amounts some may be below 0 or above it."""
    units = [to_units(amount) for amount in amounts]
    if sum(units) == 0:
        return [None] * len(units)
    if min(units) < 0:
        parts = split_running(HUNDREDTHS, units)
    else:
        parts = largest_remainder(HUNDREDTHS, units, KINDS)
    return [Decimal(part).scaleb(-2) for part in parts]
