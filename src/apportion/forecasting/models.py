"""What a forecast says: the month to come, the days to come, and how earlier forecasts turned out."""

from datetime import date
from typing import Literal

from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent
from apportion.analytics.scope import Meta

Horizon = Literal["month", "90d"]


class MonthEnd(Part):
    """One group's cost in the month of the origin: what is known, and what the whole month will be."""

    keys: dict[str, str] = Field(examples=[{"team": "payments"}], description="Empty for the total.")
    currency: str
    others: bool = Field(description="True where the row is the sum of the groups beyond the limit.")
    month: str = Field(examples=["2026-09"])
    origin: date = Field(description="The last complete day: everything after it is forecast.")
    so_far: Amount = Field(description="Actual cost of the month up to and with the origin, exact.")
    forecast: Amount | None = Field(description="The whole month; null where nothing can be said.")
    low: Amount | None = Field(description="The month is as likely as 1 in 10 to end below.")
    high: Amount | None = Field(description="The month is as likely as 1 in 10 to end above.")
    last_month: Amount | None = Field(description="Null where the month before is not wholly in the data.")
    change: Amount | None = Field(description="Forecast less last month.")
    change_pct: Percent | None
    method: str = Field(examples=["band"])
    reason: str | None = Field(description="Why there is no forecast.")


class Ahead(Part):
    """The sum of the days after the origin, with an interval of its own."""

    keys: dict[str, str]
    currency: str
    others: bool
    start: date = Field(serialization_alias="from")
    to: date = Field(description="The day after the last.")
    total: Amount | None = Field(description="Null where nothing can be said.")
    low: Amount | None = Field(description="Not the sum of the days' lows: errors of days go together.")
    high: Amount | None


class ForecastDay(Part):
    """What one day will cost one group."""

    keys: dict[str, str]
    currency: str
    others: bool
    day: date
    expected: Amount
    low: Amount
    high: Amount


class PastForecast(Part):
    """A forecast of a month that is over, beside what the month cost."""

    kind: Literal["hindcast", "given"] = Field(
        description="Replayed today on the days known then, or as it was given on that day."
    )
    currency: str
    month: str
    made_on: date = Field(description="The last day it knew.")
    forecast: Amount
    low: Amount
    high: Amount
    actual: Amount | None = Field(description="Null while the month is not over.")
    error: Amount | None = Field(description="Forecast less actual.")
    error_pct: Percent | None
    held: bool | None = Field(description="Whether the actual cost was within the interval.")


class Accuracy(Part):
    """How forecasts of months that are over turned out."""

    kind: Literal["hindcast", "given"]
    currency: str
    forecasts: int
    mean_error_pct: Percent | None = Field(description="Mean of the errors' sizes (MAPE).")
    median_error_pct: Percent | None
    held_pct: Percent | None = Field(description="How many of the actual costs were within their interval.")


class ForecastReport(Part):
    """What will it cost? By group and in total, with what earlier forecasts were worth."""

    meta: Meta
    headline: str
    group_by: list[str]
    horizon: Horizon
    origin: date = Field(description="The last complete day.")
    origin_reason: str | None = Field(description="Why days of the data after the origin are not believed.")
    method: str
    months: list[MonthEnd] = Field(
        description="Month-end by group. Each is made of its own series: they need not add up to the total."
    )
    totals: list[MonthEnd] = Field(description="Month-end of all cost asked for, in each currency.")
    ahead: list[Ahead] = Field(description="All days to come as one sum, of each total, then of each group.")
    days: list[ForecastDay] = Field(description="The days to come one by one, in the same order.")
    past: list[PastForecast] = Field(description="Earlier forecasts of the total, newest first.")
    accuracy: list[Accuracy]
