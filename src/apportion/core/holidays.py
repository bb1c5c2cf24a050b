"""Days on which most offices are closed, wherever cost falls as on a weekend."""

import numpy as np
from numpy.typing import NDArray

THURSDAY, FRIDAY = 3, 4


def is_holiday(days: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Whether each day is New Year, 4 July, Thanksgiving or the day after, 24 to 26 or 31 December.

    Only days that move the cost of many companies: one that is kept in few countries would hide more
    ordinary days than it explains.
    """
    day = days.astype("datetime64[D]")
    month = day.astype("datetime64[M]").astype(np.int64) % 12 + 1
    of_month = (day - day.astype("datetime64[M]")).astype(np.int64) + 1
    weekday = (day.astype(np.int64) + 3) % 7
    fixed = (
        ((month == 1) & (of_month == 1))
        | ((month == 7) & (of_month == 4))
        | ((month == 12) & ((of_month == 31) | ((of_month >= 24) & (of_month <= 26))))
    )
    thursday = (weekday == THURSDAY) & (of_month >= 22) & (of_month <= 28)
    friday = (weekday == FRIDAY) & (of_month >= 23) & (of_month <= 29)
    found: NDArray[np.bool_] = fixed | ((month == 11) & (thursday | friday))
    return found
