"""What is known of the days before the judged one, in logs, and how far each was from what was expected."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apportion.anomalies import robust
from apportion.anomalies.daily_dates import is_invoice_day
from apportion.anomalies.detector import Floats, Times

WEEK = 7
WEEKS = 14
"""A quarter: three month-starts, and weekday shapes still of today."""
FLOOR = 0.01
"""Amounts below this share of the median active day count as next to nothing."""
FEW_DAYS = 35
"""In shorter histories one invoice could make the shape of a week."""
EXCUSED = 0.1
"""A range that reaches this much further on one side (in logs) was widened by a known reason."""
NEXT_TO_NOTHING = 1.0
"""Expected logs below this are of sparse days, whose range is one-sided anyway."""

Flags = NDArray[np.bool_]


def to_log(amounts: Floats, floor: Floats) -> Floats:
    """asinh(amount / 2 floor): the log of large amounts, linear around zero, so that credits have a place."""
    scaled = amounts / (2 * floor)
    size = np.abs(scaled)
    logs: Floats = np.copysign(np.log(size + np.sqrt(size * size + 1)), scaled)
    return logs


def from_log(logs: Floats, floor: Floats) -> Floats:
    """What `to_log` was given."""
    amounts: Floats = 2 * floor * np.sinh(np.minimum(logs, 600.0))
    return amounts


@dataclass(frozen=True)
class Said:
    """What was said of the days before when they were the newest; arrays [S, days], NaN where nothing was."""

    score: Floats
    expected: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Past:
    """Whole weeks before the judged day; arrays [S, days] where nothing else is said.

    `logs` has no gaps: what is unknown, or moved for a known reason, is taken from the week before. `raw` are
    the logs as they are, `misses` the distances from what was expected then less what was excused.
    """

    floor: Floats  # [S, 1]
    amounts: Floats
    raw: Floats
    logs: Floats
    usual: Flags  # known, and no reason to be other than usual
    excused_now: Flags  # [S]: yesterday was excused
    misses: Floats
    score: Floats
    at_most: Flags  # known, and not above the range of its day
    at_least: Flags  # nor below it
    age: NDArray[np.int64]  # [S]: days known in the window
    active: Floats  # [S]: share of known days that cost anything
    late: Flags  # [S]

    @property
    def weeks(self) -> int:
        return int(self.logs.shape[1]) // WEEK


def whole_days(steps: int) -> int:
    """How many days of `steps` are looked at."""
    return WEEK * min(WEEKS, steps // WEEK)


def look_back(values: Floats, said: Said, late: Flags, today: Times) -> Past:
    """The past of `values` [S, t] (the judged day `today` left out); `said` ends on the same day."""
    days = whole_days(values.shape[1])
    amounts = values[:, -days:].astype(np.float64)
    amounts[_before_it_began(values, days)] = np.nan  # such zeros are not its usual cost
    known = np.isfinite(amounts)
    size = np.abs(amounts)
    middle = np.nan_to_num(robust.median(np.where(size > 0, size, np.nan)), nan=1.0)
    floor = np.maximum(FLOOR * middle, np.finfo(np.float64).tiny)[:, None]
    age = known.sum(axis=1)
    active = ((size > 0) & known).sum(axis=1) / np.maximum(age, 1)
    raw = to_log(amounts, floor)
    expected = to_log(said.expected[:, -days:], floor)
    above = to_log(said.upper[:, -days:], floor) - expected
    below = expected - to_log(said.lower[:, -days:], floor)
    more, less = above - below, below - above
    real = expected > NEXT_TO_NOTHING
    up = np.where(real & (more > EXCUSED), more, 0.0)
    down = np.where(real & (less > EXCUSED), less, 0.0)
    miss = raw - expected
    misses = np.where(miss > 0, np.maximum(miss - up, 0.0), np.minimum(miss + down, 0.0))
    misses = np.where(np.isnan(miss), np.nan, misses)
    excused = np.abs(np.nan_to_num(miss - misses)) > EXCUSED
    young = np.flatnonzero(age < FEW_DAYS)
    ago = np.arange(days, 0, -1).astype("timedelta64[D]")
    dates: Times = today[young].astype("datetime64[D]")[:, None] - ago
    excused[young] |= np.isnan(expected[young]) & is_invoice_day(dates)
    logs = raw.copy()
    for lag in (1, 2):  # of a late feed, a low newest day says nothing yet
        short = late & (misses[:, -lag] < 0)
        logs[short, -lag] = expected[short, -lag]
    return Past(
        floor=floor,
        amounts=amounts,
        raw=raw,
        logs=_without_gaps(logs, excused | ~known),
        usual=known & ~excused,
        excused_now=excused[:, -1],
        misses=misses,
        score=np.nan_to_num(said.score[:, -days:]),
        at_most=amounts <= said.upper[:, -days:],
        at_least=amounts >= said.lower[:, -days:],
        age=age,
        active=active,
        late=late,
    )


def _before_it_began(values: Floats, days: int) -> Flags:
    """Which of the last `days` of `values` [S, t] lie before the first that cost anything; [S, days]."""
    first = values[:, -days]
    unsure = np.flatnonzero((first == 0) | np.isnan(first))
    costs = (values[unsure] != 0) & np.isfinite(values[unsure])
    found = np.zeros((len(values), days), bool)
    found[unsure] = ~np.maximum.accumulate(costs, axis=1)[:, -days:]
    return found


def _without_gaps(logs: Floats, gaps: Flags) -> Floats:
    """Gaps take the same weekday's value of the week before; in the first week that of the day before."""
    if not gaps.any():
        return logs
    weeks = logs.reshape(len(logs), -1, WEEK).copy()
    missing = gaps.reshape(weeks.shape)
    for week in range(1, weeks.shape[1]):
        weeks[:, week] = np.where(missing[:, week], weeks[:, week - 1], weeks[:, week])
    return robust.filled(weeks.reshape(logs.shape))
