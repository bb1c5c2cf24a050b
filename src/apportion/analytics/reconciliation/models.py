"""What a statement of a run consists of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from apportion.analytics.models import Amount, Part

Stage = Literal["charged", "spread", "claimed", "arrived"]


class Stated(Part):
    """What a line of the statement is about."""

    perspective: str
    source: str
    billing_period: str
    currency: str
    metric: str


class Arrival(Part):
    """Where an amount arrived."""

    allocated: Amount
    idle: Amount
    unallocated: Amount


class ReconciliationTotal(Arrival):
    """All rows asked for of a perspective, currency and metric, through every step."""

    perspective: str
    currency: str
    metric: str
    charged: Amount
    spread: Amount
    claimed: Amount
    arrived: Amount
    difference: Amount = Field(description="charged less arrived: 0.")
    rejected: Amount
    rejected_rows: int


class RuleTotal(Arrival):
    """What a rule took of all rows asked for, and where that arrived."""

    perspective: str
    currency: str
    metric: str
    rule: str
    method: str
    claimed: Amount
    difference: Amount


class ReconciliationRow(Stated):
    """One source, period, currency and metric; charged = allocated + idle + unallocated."""

    charged: Amount
    allocated: Amount
    idle: Amount
    unallocated: Amount
    difference: Amount = Field(description="0, or the run would not stand.")
    rejected: Amount = Field(description="Cost in rows that could not be read; not part of charged.")
    rejected_rows: int


class ReconciliationStage(Stated):
    """One step on the way of a row's cost, counted from that step's own table."""

    stage: Stage = Field(
        description="charged: the charges; spread: over their days; claimed: by rules, where cost began; "
        "arrived: at targets, idle or unallocated."
    )
    amount: Amount
    difference: Amount = Field(description="Against the stage before: 0, nothing is lost on the way.")


class ReconciliationRule(Stated):
    """What a rule took where the cost began, and where that arrived; "" is what no rule took."""

    rule: str
    method: str
    claimed: Amount
    allocated: Amount
    idle: Amount
    unallocated: Amount
    difference: Amount = Field(description="claimed less where it arrived: 0.")


class Reconciliation(Part):
    """The statement of the run whose results stand; the rules of a row add up to what was charged."""

    run_id: str
    headline: str
    totals: list[ReconciliationTotal]
    by_rule: list[RuleTotal]
    rows: list[ReconciliationRow]
    stages: list[ReconciliationStage]
    rules: list[ReconciliationRule]


@dataclass(frozen=True)
class Wanted:
    """Which rows of the statement; None is all."""

    perspective: str | None = None
    source: str | None = None
    billing_period: str | None = None
    currency: str | None = None
    metric: str | None = None

    @property
    def params(self) -> Mapping[str, object]:
        return vars(self)
