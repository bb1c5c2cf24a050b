"""The part of apportion.yaml about anomalies: what is watched, and from when on it matters."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from apportion.core.settings import Part

FieldName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
USAGE: dict[str, Any] = {
    "and": [
        {"ChargeCategory": ["Usage"]},
        {"not": {"or": [{"ChargeFrequency": ["Recurring"]}, {"ChargeClass": ["Correction"]}]}},
    ]
}
"""What can be judged: a purchase, a fee that the bill itself calls recurring, or a refund is no surprise."""
FOCUS_GROUPINGS = (("ServiceName",), ("SubAccountId",), ("SkuId",))


class Grouping(Part):
    """One way of cutting cost into series: a series for each combination of values."""

    by: list[FieldName] = Field(min_length=1, max_length=3)
    perspective: str | None = None

    @property
    def name(self) -> str:
        """What people and tables call it: "service", "team, environment", "target of customer"."""
        return ", ".join(self.by) + (f" of {self.perspective}" if self.perspective else "")


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
