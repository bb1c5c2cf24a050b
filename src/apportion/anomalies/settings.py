"""The part of apportion.yaml about anomalies: what is watched, and from when on it matters."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from apportion.core.settings import Name, Part

FieldName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


def _listed(given: object) -> object:
    return [given] if isinstance(given, str) else given


Fields = Annotated[list[FieldName], BeforeValidator(_listed)]
USAGE: dict[str, Any] = {
    "and": [
        {"ChargeCategory": ["Usage"]},
        {
            "not": {
                "or": [
                    {"ChargeFrequency": ["Recurring"]},
                    {"ChargeClass": ["Correction"]},
                    {"CommitmentDiscountStatus": ["Unused"]},
                ]
            }
        },
    ]
}
"""What can be judged: no purchase, no fee that the bill itself calls recurring, no refund, and not what a
commitment leaves unused when something that it covered is stopped.
"""
FOCUS_GROUPINGS = (("ServiceName",), ("SubAccountId",), ("SkuId",))


class Grouping(Part):
    """One way of cutting cost into series: a series for each combination of values."""

    by: Fields = Field(min_length=1, max_length=3)
    perspective: str | None = None

    @property
    def name(self) -> str:
        """What people and tables call it: "service", "team, environment", "target of customer"."""
        return ", ".join(self.by) + (f" of {self.perspective}" if self.perspective else "")


class LiveCost(Part):
    """The cost that a measure of usage makes."""

    where: dict[str, Any] = Field(default_factory=lambda: dict(USAGE))
    """A filter over the charges. Left out: usage, without what recurs whatever is used."""


class LiveMeasure(Part):
    """A measure whose usage is turned into cost, at the organization's own price, until the bill is there."""

    measure: Name
    by: Fields = Field(default_factory=list, max_length=3)
    """Dimensions that both the usage and the cost have: each value has a price and a series of its own."""
    cost: LiveCost = LiveCost()
    days: int = Field(default=14, ge=1, le=60)
    """Last complete days of the bill whose cost and usage make the price."""


class UsageWatched(Part):
    """A measure of usage that is judged by day, in its own unit."""

    measure: Name
    by: Fields = Field(min_length=1, max_length=3)
    warning: Decimal = Field(gt=0)
    critical: Decimal | None = Field(default=None, gt=0)


class Detection(Part):
    """What is watched, and how."""

    enabled: bool = True
    groupings: list[Grouping] = Field(default_factory=list)
    where: dict[str, Any] = Field(default_factory=lambda: dict(USAGE))
    history: int = Field(default=400, ge=28, le=1200)
    """Days that the usual cost is learned from."""
    hourly: bool = True
    warning: Decimal = Field(default=Decimal(50), ge=0)
    """So much more (or less) than usual, in the currency of the bill, before anybody is told."""
    critical: Decimal = Field(default=Decimal(500), ge=0)
    page: Decimal = Field(default=Decimal(250), ge=0)
    """An hour is critical where the last three cost so much above their range."""
    live: list[LiveMeasure] = Field(default_factory=list)
    usage: list[UsageWatched] = Field(default_factory=list)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.critical < self.warning:
            raise ValueError(
                "`critical` is less than `warning`: the graver of the two needs the larger excess"
            )
        return self

    def watched(self, dimensions: tuple[str, ...]) -> list[Grouping]:
        """What is declared, or else every dimension, service, account and SKU by itself."""
        if self.groupings:
            return self.groupings
        return [Grouping(by=[name]) for name in dimensions] + [
            Grouping(by=list(by)) for by in FOCUS_GROUPINGS
        ]
