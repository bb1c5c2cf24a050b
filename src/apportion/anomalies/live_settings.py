"""The part of apportion.yaml about live cost: which usage tells of which cost before the bill does."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from apportion.anomalies.settings import USAGE, FieldName
from apportion.core.settings import Name, Part


def _listed(given: object) -> object:
    return [given] if isinstance(given, str) else given


class LiveCost(Part):
    """The cost that a measure of usage makes."""

    where: dict[str, Any] = Field(default_factory=lambda: dict(USAGE))
    """A filter over the charges. Left out: usage, without what recurs whatever is used."""


class LiveMeasure(Part):
    """A measure whose usage is turned into cost, at the organization's own price, until the bill is there."""

    measure: Name
    by: Annotated[list[FieldName], BeforeValidator(_listed)] = Field(default_factory=list, max_length=3)
    """Dimensions that both the usage and the cost have: each value has a price and a series of its own."""
    cost: LiveCost = LiveCost()
    days: int = Field(default=14, ge=1, le=60)
    """Last complete days of the bill whose cost and usage make the price."""
