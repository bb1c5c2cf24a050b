"""An amount, what it is made of, and the reason for its size."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from apportion.analytics.filters import Filter
from apportion.analytics.models import Amount, Part, Percent
from apportion.analytics.scope import Meta, Scope

Level = Literal["rules", "services", "pools", "days", "line_items"]
PAGE = 50


@dataclass(frozen=True)
class ExplainRequest:
    """Which amount to explain.

    With `perspective`: what `target` (all targets where empty) carries; without: cost as charged. `pins` fix
    fields to values and so decide the level; `cursor` is the number of parts to pass over.
    """

    scope: Scope
    perspective: str | None = None
    target: str | None = None
    pins: Mapping[str, str] = field(default_factory=dict)
    where: Filter | None = None
    cursor: int = 0
    limit: int = PAGE


class Node(Part):
    """The amount that is explained."""

    title: str
    amount: Amount
    currency: str


class UsageRow(Part):
    """A row of measured use that counted for the target."""

    x_SourceFile: str | None  # noqa: N815
    x_SourceLine: int | None  # noqa: N815
    time: datetime
    quantity: Amount


class Basis(Part):
    """Why the target carries this share of the pool."""

    rule: str
    method: str
    measure: str | None
    quantity: Amount | None = Field(description="What the target used.")
    total: Amount | None = Field(description="What all targets used.")
    share_pct: Percent | None = Field(description="The target's amount of the pool's.")
    pool_amount: Amount
    usage_rows: list[UsageRow] = Field(description="The largest rows of the target's use.")
    sentence: str = Field(examples=["1,240,000 of 31,000,000 requests to shared-db on 2026-09-14 (4.00 %)."])


class LineItem(Part):
    """A line of a bill."""

    x_SourceFile: str | None  # noqa: N815
    x_SourceLine: int | None  # noqa: N815
    ChargeDescription: str | None
    ResourceId: str | None
    ServiceName: str | None
    SkuId: str | None
    ChargePeriodStart: datetime | None
    amount_on_bill: Amount = Field(description="The whole charge, as the bill has it.")
    amount_of_day: Amount = Field(description="The part of the charge that falls on the day.")
    amount: Amount = Field(description="What of it belongs to the explained amount.")


class ExplainedPart(Part):
    """One part; `pins` added to the question explain it, None where it is not made of anything else."""

    label: str
    detail: str
    amount: Amount
    share_pct: Percent | None
    pins: dict[str, str] | None
    line_item: LineItem | None


class Explanation(Part):
    """One level of an explanation. All parts, on all pages, add up to the node's amount exactly."""

    meta: Meta
    node: Node
    level: Level
    sentence: str
    basis: Basis | None
    parts: list[ExplainedPart]
    parts_total: Amount = Field(description="The sum of all parts, on all pages: the node's amount.")
    parts_count: int
    more: int = Field(description="Parts after the ones shown.")
    next_cursor: str | None


def day_of(text: str) -> date | None:
    """The day that a pin names; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
