"""What the calendar explains: charges of a day of the month, and days on which offices are closed."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from apportion.anomalies.daily_past import Flags, Past, from_log, to_log
from apportion.anomalies.daily_shape import SATURDAY, Shape
from apportion.anomalies.daily_usual import Usual
from apportion.anomalies.detector import Floats, Times
from apportion.core.holidays import is_holiday

MONTHS = 3
"""A charge that was not seen for so many months is no longer expected."""
SEEN = 3.0
"""A charge was seen where a day stood out by so many standard deviations."""
MORE = 1.05
"""A recurring charge may be a little more than the largest before."""
FIRST_DAYS, LAST_DAYS = 3, 2
"""Business days at the month's beginning, and days at its end, that charges keep to."""
INVOICE_DAYS = (0, 14)
"""Days of the month (from 0) on which invoices are usual; the last is a third."""
UNSEEN = 4.0
"""On an invoice day of which none was seen yet, anything up to 50 times as much (in logs) says nothing."""
CLOSED = 1.2
"""A closed day may fall so many times as deep as the weekend does."""
CLOSED_LEAST = 0.2

# Days of the month on which offices are closed in many countries: a drop that they excuse costs nothing,
# so the list may be longer than that of holidays which move a forecast.
_FIXED = frozenset(
    {(1, 2), (1, 6), (5, 1), (6, 19), (7, 14), (8, 15), (10, 3), (11, 1), (11, 11), (12, 23), (12, 27)}
)
_MONDAYS = frozenset({(1, 3), (2, 3), (5, 1), (5, 4), (5, 5), (8, 4), (8, 5), (9, 1)})  # month, which Monday
_FROM_EASTER = (-2, 1, 39, 50)  # Good Friday, Easter Monday, Ascension, Whit Monday


@dataclass(frozen=True)
class Allowance:
    """How far beyond the forecast the calendar lets the judged day go, in logs [S]; `charge` is expected."""

    up: Floats
    down: Floats
    charge: Floats


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm, as Meeus gives it)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    ell = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * ell) // 451
    month, day = divmod(h + ell - 7 * m + 114, 31)
    return date(year, month, day + 1)


def is_closed(days: Times) -> Flags:
    """Whether offices of many companies are closed on each of `days` beyond the weekend."""
    found = is_holiday(days)
    for at, day in enumerate(days.astype("datetime64[D]").tolist()):
        which_monday = (day.day + 6) // 7 if day.weekday() == 0 else 0
        after_easter = (day - easter(day.year)).days
        found[at] |= (day.month, day.day) in _FIXED or (day.month, which_monday) in _MONDAYS
        found[at] |= after_easter in _FROM_EASTER
        observed = np.datetime64(day) + {0: -1, 4: 1}.get(day.weekday(), 0)  # of a holiday at the weekend
        found[at] |= bool(is_holiday(np.array([observed]))[0]) and observed != np.datetime64(day)
    return found


def same_days_before(day: np.datetime64, back: int) -> list[int]:
    """How many days ago those days of the `back`-th month before were that a charge of `day` falls on."""
    month, earlier = day.astype("datetime64[M]"), day.astype("datetime64[M]") - back
    first, length = earlier.astype("datetime64[D]"), _length(earlier)
    of_month = _of_month(day)
    found = [first + min(of_month, length - 1)]
    to_end = _length(month) - 1 - of_month
    if to_end < LAST_DAYS:
        found.append(first + length - 1 - to_end)
    business_day = int(np.busday_count(month.astype("datetime64[D]"), day))
    if np.is_busday(day) and business_day < FIRST_DAYS:
        found.append(np.busday_offset(first, business_day, roll="forward"))
    return sorted({int((day - one).astype(int)) for one in found})


def allowance(past: Past, shape: Shape, usual: Usual, today: Times) -> Allowance:
    """What the calendar explains of `today` [S]."""
    plain = usual.smooth + shape.over(usual.smooth)
    stands_out = (past.raw - plain > SEEN * usual.sigma[:, None]) & np.isfinite(past.amounts)
    excess = np.where(stands_out, past.amounts - from_log(plain, past.floor), 0.0)
    excess = np.maximum(excess, 0.0)
    largest, sure, unseen, closed = (np.zeros(len(excess)) for _ in range(4))
    days, which = np.unique(today.astype("datetime64[D]"), return_inverse=True)
    closed_days = is_closed(days)
    for at, day in enumerate(days):
        rows = np.flatnonzero(which == at)
        largest[rows], sure[rows] = _charges(excess, rows, day)
        unseen[rows] = _is_invoice_day(day) & (past.age[rows] < _length(day.astype("datetime64[M]") - 1))
        closed[rows] = closed_days[at] and (day.astype(np.int64) + 3) % 7 < SATURDAY
    floor = past.floor[:, 0]
    plain_amount = from_log(usual.log, floor)
    up = np.maximum(to_log(plain_amount + MORE * largest, floor) - usual.log, UNSEEN * unseen)
    charge = np.maximum(to_log(plain_amount + sure, floor) - usual.log, 0.0)
    down = closed * np.maximum(CLOSED * shape.to_weekend, CLOSED_LEAST)
    return Allowance(np.where(largest + unseen > 0, up, 0.0), down, charge)


def _charges(excess: Floats, rows: NDArray[np.int64], day: np.datetime64) -> tuple[Floats, Floats]:
    """Of each row the largest charge seen on such a day, and the smallest if each month seen had one."""
    largest, smallest = np.zeros(rows.size), np.full(rows.size, np.inf)
    window = excess.shape[1]
    for back in range(1, MONTHS + 1):
        lags = [lag for lag in same_days_before(day, back) if lag <= window]
        if lags:
            of_month = excess[rows[:, None], [window - lag for lag in lags]].max(axis=1)
            largest = np.maximum(largest, of_month)
            smallest = np.minimum(smallest, of_month)
    return largest, np.where(np.isfinite(smallest), smallest, 0.0)


def _of_month(day: np.datetime64) -> int:
    return int((day - day.astype("datetime64[M]").astype("datetime64[D]")).astype(int))


def _length(month: np.datetime64) -> int:
    return int(((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int))


def _is_invoice_day(day: np.datetime64) -> bool:
    of_month = _of_month(day)
    return of_month in INVOICE_DAYS or of_month == _length(day.astype("datetime64[M]")) - 1
