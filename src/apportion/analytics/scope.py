"""What a report is about: window, metric and currency, and the words that say so beside every total."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import Field

from apportion.analytics.models import ALLOCATED_METRICS, Facts, Part
from apportion.core.errors import BadInput
from apportion.core.money import per_unit, percent
from apportion.core.periods import Window, next_month, parse_window

DEFAULT_WINDOW = "30d"
FIRST_YEAR, LAST_YEAR = 1970, 2200


class Meta(Part):
    """Metric, currency, period, freshness: what a number is a bug without."""

    metric: str = Field(examples=["EffectiveCost"])
    currency: str | None = Field(description="The currency of the amounts; null where rows name their own.")
    currencies: list[str] = Field(description="Every currency of the data. They are never added up.")
    perspective: str | None = Field(description="The way cost was attributed; null for cost as charged.")
    start: date = Field(serialization_alias="from")
    to: date = Field(description="The day after the last day shown.")
    days: int
    days_covered: int = Field(
        description="Days of the window for which there is data; averages divide by it."
    )
    label: str = Field(examples=["last 30 days"])
    previous_from: date | None = Field(description="Null where the window before is not wholly in the data.")
    previous_to: date | None
    time_zone: str
    run_id: str
    data_through: date
    loaded_at: datetime
    status: Literal["final", "estimated"]


@dataclass(frozen=True)
class Scope:
    """A window, a metric and a currency over one run's results."""

    facts: Facts
    window: Window
    metric: str
    currency: str

    @classmethod
    def of(
        cls,
        facts: Facts,
        window: str = DEFAULT_WINDOW,
        metric: str | None = None,
        currency: str | None = None,
    ) -> "Scope":
        """Read what a person typed; raises BadInput where it is not a window, a metric or a currency here."""
        metric = metric or facts.metric
        if metric not in ALLOCATED_METRICS:
            raise BadInput(
                f"'{metric}' is not an allocated metric.", hint=f"Use {' or '.join(ALLOCATED_METRICS)}."
            )
        if currency and currency not in facts.currencies:
            raise BadInput(
                f"The data has no cost in '{currency}'.", hint=f"It has: {', '.join(facts.currencies)}."
            )
        days = read_window(window, facts.last_day)
        if days.end <= facts.first_day or days.start > facts.last_day:
            raise BadInput(
                f"There is no cost in {days.label}.",
                hint=f"The data covers {facts.first_day} to {facts.last_day}.",
            )
        return cls(facts, days, metric, currency or facts.main_currency)

    @property
    def start(self) -> date:
        return self.window.start

    @property
    def end(self) -> date:
        return self.window.end

    @property
    def previous(self) -> Window | None:
        """The window before, where all of its days are in the data."""
        before = window_before(self.window)
        if before.start < self.facts.first_day or before.end > self.facts.last_day + timedelta(days=1):
            return None
        return before

    @property
    def read_from(self) -> date:
        """The first day a query must read to answer for this window and the one before."""
        return self.previous.start if self.previous else self.start

    @property
    def days(self) -> list[date]:
        """The days of the window for which there is data."""
        first = max(self.start, self.facts.first_day)
        count = (min(self.end, self.facts.last_day + timedelta(days=1)) - first).days
        return [first + timedelta(days=i) for i in range(max(count, 0))]

    @property
    def months(self) -> frozenset[str]:
        """The months that the window touches, as billing periods are written."""
        last, month = self.end - timedelta(days=1), self.start.replace(day=1)
        found = set()
        while month <= last:
            found.add(f"{month:%Y-%m}")
            month = next_month(month)
        return frozenset(found)

    @property
    def phrase(self) -> str:
        """The window as it stands at the end of a sentence: "in the last 30 days"."""
        label = self.window.label
        if label.startswith("last "):
            return f"in the {label}"
        return f"from {label}" if " to " in label else f"in {label}"

    def params(self, **more: object) -> dict[str, object]:
        """The parameters the reports' SQL names."""
        return {
            "read_from": self.read_from,
            "start": self.start,
            "end": self.end,
            "currency": self.currency,
            **more,
        }

    def before(self, amount: Decimal | None) -> Decimal | None:
        """`amount` of the window before; None where that window is not wholly in the data."""
        return None if self.previous is None else (amount or Decimal(0))

    def daily_average(self, amount: Decimal) -> Decimal:
        """`amount` for each day of the window that has data, days without a row included."""
        return per_unit(amount, Decimal(len(self.days))) or Decimal(0)

    def meta(self, perspective: str | None = None, *, single_currency: bool = True) -> Meta:
        """The words beside the totals; `single_currency=False` where rows name their own currency."""
        facts, before = self.facts, self.previous
        several = not single_currency and len(facts.currencies) > 1
        return Meta(
            metric=self.metric,
            currency=None if several else self.currency,
            currencies=list(facts.currencies),
            perspective=perspective,
            start=self.start,
            to=self.end,
            days=self.window.days,
            days_covered=len(self.days),
            label=self.window.label,
            previous_from=before.start if before else None,
            previous_to=before.end if before else None,
            time_zone=facts.time_zone,
            run_id=facts.run_id,
            data_through=facts.data_through,
            loaded_at=facts.loaded_at,
            status="estimated" if self.months & facts.estimated else "final",
        )


def read_window(text: str, last_day: date) -> Window:
    """Like `parse_window`, for years that a calendar can count back and forth from; raises BadInput."""
    try:
        window = parse_window(text, last_day)
    except OverflowError:
        window = None
    if window is None or window.start.year < FIRST_YEAR or window.end.year > LAST_YEAR:
        raise BadInput(f"The window {text} is too far away.", hint="Ask for days of the data.")
    return window


def window_before(window: Window) -> Window:
    """The window to compare with: the month before a month, the same number of days before any other.

    The last 30 days stay 30 days also where they happen to be a whole month.
    """
    if window.label.startswith("last "):
        start = window.start - timedelta(days=window.days)
        return Window(
            start, window.start, "the day before" if window.days == 1 else f"the {window.days} days before"
        )
    return window.previous()


def trend_pct(now: Decimal, before: Decimal | None) -> Decimal | None:
    """How much `now` is above `before` in percent; None where there was nothing before."""
    return None if before is None or before == 0 else percent(now - before, before)
