"""Rows of the report: month-end by group, and the days to come."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from apportion.analytics.models import Facts
from apportion.analytics.scope import trend_pct
from apportion.core.periods import next_month
from apportion.forecasting.estimates import added, amount
from apportion.forecasting.models import Ahead, ForecastDay, MonthEnd
from apportion.forecasting.numerics import FARTHEST, SHORTEST, Forecasts, forecast
from apportion.forecasting.reading import Cost
from apportion.forecasting.robust import Floats

QUARTER = 90


@dataclass(frozen=True)
class Outlook:
    """Groups, and what is expected of them after the last of their days."""

    cost: Cost
    said: Forecasts
    method: str

    @classmethod
    def of(cls, cost: Cost, method: str) -> "Outlook":
        """Forecast each series of `cost`, as far as forecasts reach."""
        origin = np.datetime64(cost.end - timedelta(days=1), "D")
        values = cost.values
        return cls(cost, forecast(values, np.full(len(values), origin), FARTHEST, method), method)

    @property
    def month(self) -> date:
        """The first day of the month that is forecast: that of the first day to come."""
        return self.cost.end.replace(day=1)

    @property
    def left(self) -> int:
        """Days of the month that are to come."""
        return (next_month(self.month) - self.cost.end).days

    def month_ends(self, facts: Facts) -> list[MonthEnd]:
        """One row for each series."""
        return [self._month_end(at, facts) for at in range(len(self.cost.keys))]

    def _month_end(self, at: int, facts: Facts) -> MonthEnd:
        cost, month, last = self.cost, self.month, self.left - 1
        so_far = cost.actual(at, month, cost.end)
        before = (month - timedelta(days=1)).replace(day=1)
        known = max(facts.first_day, cost.start) <= before
        last_month = cost.actual(at, before, month) if known else None
        sums = (self.said.total, self.said.total_low, self.said.total_high)
        total, low, high = (added(so_far, float(part[at, last])) for part in sums)
        return MonthEnd(
            keys=cost.named(at),
            currency=cost.currencies[at],
            others=cost.others[at],
            month=f"{month:%Y-%m}",
            origin=cost.end - timedelta(days=1),
            so_far=so_far,
            forecast=total,
            low=low,
            high=high,
            last_month=last_month,
            change=None if total is None or last_month is None else total - last_month,
            change_pct=None if total is None else trend_pct(total, last_month),
            method=self.method,
            reason=self._reason(at),
        )

    def _reason(self, at: int) -> str | None:
        known = int(self.said.known[at])
        if known >= SHORTEST:
            return None
        return f"It has cost for {known} days only; a forecast needs {SHORTEST}."

    def ahead(self, days: int) -> list[Ahead]:
        """The sum of the next `days` of each series."""
        start, sums = self.cost.end, (self.said.total, self.said.total_low, self.said.total_high)
        return [
            Ahead(
                **self._named(at),
                start=start,
                to=start + timedelta(days=days),
                **_range(sums, at, days - 1, "total"),
            )
            for at in range(len(self.cost.keys))
        ]

    def days(self, days: int) -> list[ForecastDay]:
        """Each of the next `days` of each series of which something can be said."""
        parts = (self.said.expected, self.said.low, self.said.high)
        return [
            ForecastDay(
                **self._named(at), day=self.cost.end + timedelta(days=i), **_range(parts, at, i, "expected")
            )
            for at in range(len(self.cost.keys))
            if self.said.possible[at]
            for i in range(days)
        ]

    def _named(self, at: int) -> dict[str, Any]:
        cost = self.cost
        return {"keys": cost.named(at), "currency": cost.currencies[at], "others": cost.others[at]}


def _range(parts: tuple[Floats, Floats, Floats], at: int, day: int, name: str) -> dict[str, Any]:
    """One estimate and its interval, as amounts."""
    middle, low, high = (amount(float(part[at, day])) for part in parts)
    return {name: middle, "low": low, "high": high}
