"""An amount, what it is made of, and the reason for its size."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from apportion.analytics.filters import Filter
from apportion.analytics.models import Amount, Part, Percent
from apportion.analytics.scope import Meta, Scope

Level = Literal["rules", "services", "pools", "days", "paths", "line_items"]
Kind = Literal["node", "allocated", "idle", "unallocated"]
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


class StepDriver(Part):
    """What a step was divided by: one measure of use, cost, or nothing that was measured."""

    measure: str = Field(
        description="A measure, `cost`, `attributed`, or empty where none was.", examples=["requests"]
    )
    quantity: Amount | None = Field(description="What the target used, or its cost; null for none.")
    total: Amount | None = Field(description="What all targets used, or their cost.")
    share_pct: Percent | None = Field(description="What of the node's cost went to the target by this.")
    share: Amount | None = Field(description="The same with twelve digits.", examples=["4.000000000000"])
    keys: dict[str, str] = Field(
        description="What usage had to carry to count.", examples=[{"service": "shared-db"}]
    )
    start: date | None = Field(serialization_alias="from", description="The first day counted.")
    to: date | None = Field(description="The last day counted.")
    carried_forward: bool = Field(description="The days counted lie before the day that is explained.")
    usage_rows: list[UsageRow] = Field(description="The largest rows of the target's use, twenty at most.")
    usage_rows_count: int | None = Field(description="All rows; null at levels that do not read them.")
    usage: str | None = Field(
        description="The address of all rows; null where it is not use that divided.",
        examples=["/api/v1/explain/usage?measure=requests&from=2026-09-14&to=2026-09-14&…"],
    )


class Step(Part):
    """One step on the way of a cost: what a rule moved from one node to the next, or to the target."""

    node: str = Field(examples=["service=shared-db, environment=production"])
    name: str = Field(description="The node's short name.", examples=["shared-db"])
    rule: str = Field(description="Empty where no rule took the cost.")
    rule_version: str = Field(description="Changes when the rule does.", examples=["77ab01c2de45"])
    method: str
    to: str = Field(description="The dimension the rule moves cost to.")
    target_kind: Kind
    target: str
    target_name: str
    evidence: str = Field(description="direct, measured or assumed.")
    share_pct: Percent | None = Field(description="What of the node's cost went this way.")
    share: Amount = Field(description="The same with twelve digits.", examples=["4.000000000000"])
    weight: str = Field(description="With `whole`, the share as an exact fraction.", examples=["1"])
    whole: str = Field(examples=["25"])
    sentence: str = Field(examples=["1,240,000 of 31,000,000 requests to shared-db on 2026-09-14 (4.00 %)."])
    drivers: list[StepDriver]


class Basis(Part):
    """Why the target carries this share of the pool: every step between them."""

    sentence: str = Field(
        examples=[
            "platform passed 12.50 % of it to shared-db (by cost), which passed 4.00 % to acme (by requests)."
        ]
    )
    share_pct: Percent | None = Field(description="The explained part of the pool's cost of the day.")
    share: Amount | None = Field(description="The same with twelve digits, as the steps have it.")
    pool_amount: Amount | None = Field(description="The pool's cost of the day; null where it is not known.")
    evidence: str = Field(description="The weakest of the steps; empty where ways differ.")
    rules_version: str = Field(description="Changes when any rule or dimension of the run does.")
    steps: list[Step] = Field(description="Empty at level `paths`, where each part has its own.")
    doubts: list[str] = Field(description="What is odd about the use that was counted.")


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
    steps: list[Step] | None = Field(default=None, description="Of a path: its steps, usage rows left out.")


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
