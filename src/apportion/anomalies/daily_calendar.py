"""What the calendar explains: charges of a day of the month, and days on which offices are closed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apportion.anomalies.daily_dates import is_closed, is_invoice_day, length_of, same_days_before
from apportion.anomalies.daily_past import Past, from_log, to_log
from apportion.anomalies.daily_shape import SATURDAY, Shape
from apportion.anomalies.daily_usual import Usual
from apportion.anomalies.detector import Floats, Times

MONTHS = 3
"""A charge that was not seen for so many months is no longer expected."""
SEEN = 3.0
"""A charge was seen where a day stood out by so many standard deviations."""
MORE = 1.05
"""A recurring charge may be a little more than the largest before."""
UNSEEN = 4.0
"""On an invoice day of which none was seen yet, anything up to 50 times as much (in logs) says nothing."""
CLOSED = 1.2
"""A closed day may fall so many times as deep as the weekend does."""
CLOSED_LEAST = 0.2


@dataclass(frozen=True)
class Allowance:
    """How far beyond the forecast the calendar lets the judged day go, in logs [S]; `charge` is expected."""

    up: Floats
    down: Floats
    charge: Floats


def allowance(past: Past, shape: Shape, usual: Usual, today: Times) -> Allowance:
    """What the calendar explains of `today` [S]."""
    plain = usual.smooth + shape.over(usual.smooth)
    stands_out = (past.raw - plain > SEEN * usual.sigma[:, None]) & np.isfinite(past.amounts)
    excess = np.where(stands_out, past.amounts - from_log(plain, past.floor), 0.0)
    excess = np.maximum(excess, 0.0)
    largest, sure, unseen, closed = (np.zeros(len(excess)) for _ in range(4))
    days, which = np.unique(today.astype("datetime64[D]"), return_inverse=True)
    invoices, closures = is_invoice_day(days), is_closed(days)
    for at, day in enumerate(days):
        rows = np.flatnonzero(which == at)
        largest[rows], sure[rows] = _charges(excess, rows, day)
        unseen[rows] = invoices[at] & (past.age[rows] < length_of(day.astype("datetime64[M]") - 1))
        closed[rows] = closures[at] and (day.astype(np.int64) + 3) % 7 < SATURDAY
    floor = past.floor[:, 0]
    amount = from_log(usual.log, floor)
    up = np.maximum(to_log(amount + MORE * largest, floor) - usual.log, UNSEEN * unseen)
    charge = np.maximum(to_log(amount + sure, floor) - usual.log, 0.0)
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
