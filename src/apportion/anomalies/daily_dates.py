"""Days that mean something to cost: invoices, closed offices, and the same day of other months."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from apportion.anomalies.detector import Times
from apportion.core.holidays import is_holiday

FIRST_DAYS, LAST_DAYS = 3, 2
"""Business days at the month's beginning, and days at its end, that charges keep to."""
INVOICE_DAYS = (1, 15)
"""Days of the month on which invoices are usual; the last is a third."""

# Days of the month on which offices are closed in many countries: a drop that they excuse costs nothing,
# so the list may be longer than that of holidays which move a forecast.
_FIXED = frozenset(
    {(1, 2), (1, 6), (5, 1), (6, 19), (7, 14), (8, 15), (10, 3), (11, 1), (11, 11), (12, 23), (12, 27)}
)
_MONDAYS = frozenset({(1, 3), (2, 3), (5, 1), (5, 4), (5, 5), (8, 4), (8, 5), (9, 1)})  # month, which Monday
_FROM_EASTER = (-2, 1, 39, 50)  # Good Friday, Easter Monday, Ascension, Whit Monday


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


def is_closed(days: Times) -> NDArray[np.bool_]:
    """Whether offices of many companies are closed on each of `days` [n], beyond the weekend."""
    found = is_holiday(days)
    for at, day in enumerate(days.astype("datetime64[D]").tolist()):
        which_monday = (day.day + 6) // 7 if day.weekday() == 0 else 0
        found[at] |= (day.month, day.day) in _FIXED or (day.month, which_monday) in _MONDAYS
        found[at] |= (day - easter(day.year)).days in _FROM_EASTER
        beside = {0: -1, 4: 1}.get(day.weekday())  # a holiday at the weekend is kept on the day beside it
        if beside is not None:
            found[at] |= bool(is_holiday(np.array([day], "datetime64[D]") + beside)[0])
    return found


def is_invoice_day(days: Times) -> NDArray[np.bool_]:
    """Whether each day is the first, the fifteenth or the last of its month."""
    day = days.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    of_month = (day - month.astype("datetime64[D]")).astype(np.int64) + 1
    last = (day + 1).astype("datetime64[M]") != month
    found: NDArray[np.bool_] = np.isin(of_month, INVOICE_DAYS) | last
    return found


def same_days_before(day: np.datetime64, back: int) -> list[int]:
    """How many days ago those days of the `back`-th month before were that a charge of `day` falls on.

    The same day of the month; at its end the same day from the end; at its beginning the same business day.
    """
    month, earlier = day.astype("datetime64[M]"), day.astype("datetime64[M]") - back
    first, length = earlier.astype("datetime64[D]"), length_of(earlier)
    of_month = int((day - month.astype("datetime64[D]")).astype(int))
    found = [first + min(of_month, length - 1)]
    to_end = length_of(month) - 1 - of_month
    if to_end < LAST_DAYS:
        found.append(first + length - 1 - to_end)
    business_day = int(np.busday_count(month.astype("datetime64[D]"), day))
    if np.is_busday(day) and business_day < FIRST_DAYS:
        found.append(np.busday_offset(first, business_day, roll="forward"))
    return sorted({int((day - one).astype(int)) for one in found})


def length_of(month: np.datetime64) -> int:
    """Days of a month."""
    return int(((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int))
