"""Periods of plans: from the day of a subscription or by the calendar, in the reporting time zone."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from apportion.credits.settings import PeriodKind
from apportion.credits.units import moment, time_of

MONTHS = {"monthly": 1, "yearly": 12}
DAYS = {"daily": 1, "weekly": 7}


@dataclass(frozen=True)
class Period:
    """Days from `start` up to but not including `until`."""

    start: date
    until: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.start).days


def period_of(kind: PeriodKind, day: date, anchor: date | None = None) -> Period:
    """The period that `day` is in, counted from `anchor`, or by the calendar without one.

    Months from the 31st begin on the last day of those that are shorter; years from 29 February on the 28th
    where there is none.
    """
    if kind in DAYS:
        length = DAYS[kind]
        base = anchor or date(1970, 1, 5)  # a Monday
        start = base + timedelta(days=(day - base).days // length * length)
        return Period(start, start + timedelta(days=length))
    length = MONTHS[kind]
    base = anchor or date(1970, 1, 1)
    passed = ((day.year - base.year) * 12 + day.month - base.month) // length * length
    if _later(base, passed) > day:
        passed -= length
    return Period(_later(base, passed), _later(base, passed + length))


def _later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@cache
def midnight(day: date, zone: ZoneInfo) -> int:
    """When a day begins, in microseconds since 1970; the first time where clocks show it twice."""
    return moment(datetime.combine(day, time(), zone))


def day_of(when: int, zone: ZoneInfo) -> date:
    """The day of the reporting time zone that a moment is in."""
    return time_of(when).astimezone(zone).date()
