"""Forecasts of months that are over, beside what these months cost."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from statistics import mean, median

import numpy as np

from apportion.analytics.models import Facts
from apportion.core.money import percent
from apportion.core.periods import month_of, next_month
from apportion.forecasting.estimates import added
from apportion.forecasting.intervals import ENOUGH
from apportion.forecasting.kept import Given
from apportion.forecasting.models import Accuracy, PastForecast
from apportion.forecasting.numerics import forecast
from apportion.forecasting.reading import Cost
from apportion.forecasting.robust import Floats

ASKED_ON = (5, 10, 20)
WIDTH = 230
"""Days that one forecast and the replays behind its interval look at."""
MONTHS = 12
CENT = Decimal("0.01")


def hindcasts(totals: Cost, facts: Facts, method: str) -> list[PastForecast]:
    """What would have been forecast on day 5, 10 and 20 of each of the last months that are over.

    On the days known then, as they stand today: a bill that came late, or was restated since, makes
    these forecasts better than they could have been.
    """
    asked = [(at, day) for at in range(len(totals.keys)) for day in _days(totals, at, facts)]
    if not asked:
        return []
    windows = np.stack([_known_on(totals, at, day) for at, day in asked])
    said = forecast(windows, np.array([day for _, day in asked], dtype="datetime64[D]"), 31, method)
    found = []
    for row, (at, day) in enumerate(asked):
        month, after = day.replace(day=1), next_month(day)
        so_far, left = totals.actual(at, month, day + timedelta(days=1)), (after - day).days - 2
        sums = (said.total, said.total_low, said.total_high)
        total, low, high = (added(so_far, float(part[row, left])) for part in sums)
        if total is not None and low is not None and high is not None:
            actual = totals.actual(at, month, after)
            one = Given(totals.currencies[at], f"{day:%Y-%m}", day, total, low, high)
            found.append(_beside("hindcast", one, actual))
    return sorted(found, key=lambda past: past.made_on, reverse=True)


def _days(totals: Cost, at: int, facts: Facts) -> Iterator[date]:
    """The days to ask on: of months that are over and invoiced, with enough known before."""
    first = totals.start + timedelta(days=int(np.isnan(totals.values[at]).sum()))
    month = totals.end.replace(day=1)
    for _ in range(MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        if f"{month:%Y-%m}" in facts.estimated:
            continue
        for day in (month.replace(day=number) for number in ASKED_ON):
            if (day - first).days + 1 >= ENOUGH:
                yield day


def _known_on(totals: Cost, at: int, day: date) -> Floats:
    known = totals.values[at, : (day - totals.start).days + 1][-WIDTH:]
    return np.pad(known, (WIDTH - len(known), 0), constant_values=np.nan)


def of_given(given: Iterable[Given], totals: Cost) -> list[PastForecast]:
    """Forecasts as they were made, beside what their months cost where these are over."""
    found = []
    for one in given:
        month = month_of(one.month)
        known = one.currency in totals.currencies and totals.start <= month.start and month.end <= totals.end
        at = totals.currencies.index(one.currency) if known else 0
        actual = totals.actual(at, month.start, month.end) if known else None
        found.append(_beside("given", one, actual))
    return found


def _beside(kind: str, one: Given, actual: Decimal | None) -> PastForecast:
    """A forecast and what became of it; `actual` is None while the month is not over."""
    total, low, high = one.total, one.low, one.high
    error = None if actual is None else total - actual
    return PastForecast.model_validate(
        {
            "kind": kind,
            "currency": one.currency,
            "month": one.month,
            "made_on": one.made_on,
            "forecast": total,
            "low": low,
            "high": high,
            "actual": actual,
            "error": error,
            "error_pct": None if error is None or actual is None else percent(error, actual),
            "held": None if actual is None else low <= actual <= high,
        }
    )


def accuracy(past: Iterable[PastForecast]) -> list[Accuracy]:
    """Summaries by kind and currency; forecasts of months that are not over do not count."""
    groups: dict[tuple[str, str], list[PastForecast]] = {}
    for one in past:
        if one.actual is not None:
            groups.setdefault((one.kind, one.currency), []).append(one)
    return [_summary(kind, currency, group) for (kind, currency), group in groups.items()]


def _summary(kind: str, currency: str, group: list[PastForecast]) -> Accuracy:
    sizes = [abs(one.error_pct) for one in group if one.error_pct is not None]
    held = percent(Decimal(sum(one.held is True for one in group)), Decimal(len(group)))
    return Accuracy.model_validate(
        {
            "kind": kind,
            "currency": currency,
            "forecasts": len(group),
            "mean_error_pct": mean(sizes).quantize(CENT) if sizes else None,
            "median_error_pct": median(sizes).quantize(CENT) if sizes else None,
            "held_pct": held,
        }
    )
