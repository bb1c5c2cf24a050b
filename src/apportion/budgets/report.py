"""How budgets are told: lists, checks, and one with how it burns down."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from apportion.analytics.models import Percent
from apportion.budgets.asking import BudgetRoom, Money

State = Literal["within", "near", "over"]


class Part(BaseModel):
    """Base of all that is told of budgets."""

    model_config = ConfigDict(frozen=True)


class Crossing(Part):
    """When a threshold was reached first."""

    threshold: Money = Field(description="In percent of the limit.", examples=["80"])
    at: datetime = Field(description="UTC.")
    spent: Money = Field(description="By then.")


class BudgetRow(Part):
    """A budget of one entity in the period that runs."""

    budget: str = Field(examples=["team_ai"])
    entity: dict[str, str] = Field(
        description="Fields and names; empty for the whole company.", examples=[{"team": "search"}]
    )
    title: str = Field(examples=["AI of teams"])
    kind: Literal["operations", "cost"] = Field(description="Operations as they happen, or cost by day.")
    enforced: bool = Field(description="Whether reservations that there is no room for are refused.")
    period: str = Field(
        description="daily, weekly, monthly, quarterly, yearly or custom.", examples=["monthly"]
    )
    start: datetime = Field(description="Of the period, UTC.")
    until: datetime = Field(description="The end, which is not part of it.")
    time_zone: str = Field(description="In which periods and days begin.", examples=["Europe/Berlin"])
    currency: str = Field(examples=["USD"])
    limit: Money = Field(description="By the file, with what was added by hand.", examples=["8000"])
    spent: Money = Field(examples=["5120.25"])
    reserved: Money = Field(description="Held for calls that have begun.", examples=["1.25"])
    remaining: Money = Field(description="Limit − spent − reserved.", examples=["2878.50"])
    over: Money = Field(description="What was spent beyond the limit.", examples=["0.00"])
    uncounted: int = Field(
        description="Operations without a price, or in another currency; `spent` has what was held for them.",
        examples=[0],
    )
    percent: Percent = Field(description="Spent, in percent of the limit.")
    state: State = Field(description="within; near from 80 %; over where more than the limit was spent.")
    as_of: datetime | None = Field(
        description="Where the newest data ends, or what was asked for; null: now."
    )
    forecast: Money | None = Field(
        description="What the period comes to: of operations if it goes on as it has so far, of cost by its "
        "forecast; null where nothing can be said yet."
    )
    forecast_low: Money | None = Field(description="Of cost: as likely as 1 in 10 to end below.")
    forecast_high: Money | None = Field(description="Of cost: as likely as 1 in 10 to end above.")
    crossings: list[Crossing] = Field(description="Thresholds that were reached in this period.")


class BudgetList(Part):
    """A page of budgets."""

    headline: str = Field(examples=["1 of 6 budgets is over its limit, 2 near."])
    budgets: list[BudgetRow]
    next_cursor: str | None = Field(description="For the next page; null on the last.")


class Checked(Part):
    """Whether there is room for a call now. Nothing is held: who must not overspend reserves."""

    allowed: bool
    budgets: list[BudgetRoom] = Field(description="All that concern what was asked about.")


class BudgetDay(Part):
    """A day of the period, in the reporting time zone."""

    day: date
    spent: Money
    total: Money = Field(description="Since the period began.")
    ideal: Money = Field(description="Where an even pace would be at the end of the day.")


class DayAhead(Part):
    """A day to come."""

    day: date
    total: Money = Field(description="Expected since the period began.")
    low: Money | None = Field(default=None, description="Of cost: as likely as 1 in 10 to be below.")
    high: Money | None = Field(default=None, description="Of cost: as likely as 1 in 10 to be above.")
    ideal: Money


class Hold(Part):
    """A reservation that nobody has settled yet."""

    reservation_id: str = Field(examples=["call-8731"])
    created: datetime
    expires: datetime
    estimate: Money
    basis: str = Field(description="Where the estimate is from.", examples=["learned"])
    fields: dict[str, str] = Field(description="What was said of the call.")


class Overshoot(Part):
    """A call that cost more than was held for it."""

    reservation_id: str = Field(examples=["call-8731"])
    at: datetime
    estimate: Money
    cost: Money
    over: Money = Field(description="The difference.")


class Adjustment(Part):
    """What was added to the limit of the period, or taken from it."""

    at: datetime
    who: str = Field(examples=["ana"])
    reason: str = Field(examples=["The launch, agreed with finance"])
    amount: Money = Field(examples=["500"])


class OneBudget(BudgetRow):
    """A budget of one entity, day by day."""

    headline: str = Field(examples=["92.00 % of $8,000 is spent; it resets in 6 days."])
    by_day: list[BudgetDay] = Field(description="Days so far.")
    ahead: list[DayAhead] = Field(description="Days to come, where that can be said.")
    forecast_by: str = Field(description="How: 'run rate' is what was spent in the minutes so far.")
    holds: list[Hold] = Field(description="The newest 100.")
    overshoots: list[Overshoot] = Field(description="The newest 100 calls above their estimate.")
    adjustments: list[Adjustment]
    counted_from: datetime | None = Field(
        description="Operations of periods from then on count; null where none has come yet."
    )
    counted_at_first: int = Field(description="Operations that were there when it was first declared so.")


def state_of(limit: int, spent: int) -> State:
    """In whole units."""
    if spent > limit:
        return "over"
    return "near" if limit and spent * 100 >= limit * 80 else "within"
