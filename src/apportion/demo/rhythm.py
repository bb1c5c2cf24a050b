"""When things run and how busy they are: hours of the day, days of the week, slow growth."""

import random
from datetime import date

from apportion.demo.company import LAST_DAY, WORK_HOURS

ALWAYS, PEAK, OFFICE, TRAFFIC, STEADY = "always", "peak", "office", "traffic", "steady"
WEEKDAY = (1.0, 1.02, 1.03, 1.02, 1.05, 0.62, 0.45)
HOURS = (14, 12, 11, 12, 18, 34, 58, 82, 98, 104, 102, 98, 94, 96, 98, 96, 90, 80, 66, 52, 40, 30, 22, 17)
_ALL_DAY = range(24)
_NEVER = range(0)
_HOURS_SUM = sum(HOURS)


def hours_on(rhythm: str, day: date) -> range:
    """The UTC hours in which a machine of this rhythm runs on `day`."""
    weekday = day.weekday()
    if rhythm == PEAK:
        return range(5, 21) if weekday < 5 else range(8, 15) if weekday == 5 else _NEVER
    if rhythm == OFFICE:
        return WORK_HOURS if weekday < 5 else _NEVER
    return _ALL_DAY


def growth(day: date) -> float:
    """About half a percent a week, reaching 1 on the last day; no exponentials, so every machine agrees."""
    return 1 - 0.0007 * (LAST_DAY - day).days


def busy(rhythm: str, day: date, dice: random.Random) -> float:
    """How much of its usual daily amount something consumes on `day`."""
    noise = 0.95 + 0.1 * dice.random()
    return noise * growth(day) * (WEEKDAY[day.weekday()] if rhythm == TRAFFIC else 1.0)


def by_hour(rhythm: str, amount: float) -> list[float]:
    """A day's amount over its 24 hours."""
    if rhythm == TRAFFIC:
        return [amount * h / _HOURS_SUM for h in HOURS]
    return [amount / 24] * 24
