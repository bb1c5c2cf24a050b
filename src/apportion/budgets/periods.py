"""Periods of budgets: from one boundary in the reporting time zone to the next."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apportion.budgets.settings import DAYS, Day, Period
from apportion.core.times import microseconds

_DAY = timedelta(days=1)


class Between(NamedTuple):
    """From `start` up to but not including `until`, in microseconds since 1970, UTC."""

    start: int
    until: int


class Calendar:
    """The periods of one budget, one after the other without gap or overlap."""

    def __init__(self, period: Period, zone: str, week_starts: Day = "monday") -> None:
        self.period, self.zone = period, ZoneInfo(zone)
        self._first = DAYS.index(week_starts)
        self._last: Between | None = None

    def at(self, time: datetime) -> Between | None:
        """The period that `time` (with a zone) is in; None before and after a custom one."""
        stamp = microseconds(time)
        if (last := self._last) and last.start <= stamp < last.until:  # nearly always
            return last
        found = self._found(time.astimezone(self.zone).date(), stamp)
        self._last = found or self._last
        return found

    def days(self, between: Between) -> list[tuple[date, Between]]:
        """The days that a period has, each with its own boundaries."""
        found, day = [], self.first_day(between)
        while (start := _midnight(day, self.zone)) < between.until:
            until = _midnight(day + _DAY, self.zone)
            if start < until:  # some places have skipped a whole day
                found.append((day, Between(start, until)))
            day += _DAY
        return found

    def first_day(self, between: Between) -> date:
        """The day on which a period begins, in the reporting time zone."""
        return (
            (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=between.start))
            .astimezone(self.zone)
            .date()
        )

    def _found(self, day: date, stamp: int) -> Between | None:
        if self.period.kind == "custom":
            first, last = self.period.from_, self.period.until
            assert first is not None and last is not None  # noqa: S101, PT018  the settings check it
            whole = Between(_midnight(first, self.zone), _midnight(last, self.zone))
            return whole if whole.start <= stamp < whole.until else None
        first = self._begin(day)
        start, until = self._bounds(first)
        while stamp < start:  # a clock that was put back over midnight
            first = self._begin(first - _DAY)
            start, until = self._bounds(first)
        while stamp >= until:
            first = self._next(first)
            start, until = self._bounds(first)
        return Between(start, until)

    def _bounds(self, first: date) -> tuple[int, int]:
        return _midnight(first, self.zone), _midnight(self._next(first), self.zone)

    def _begin(self, day: date) -> date:
        """The first day of the period that a day is in."""
        match self.period.kind:
            case "weekly":
                return day - timedelta(days=(day.weekday() - self._first) % 7)
            case "monthly":
                return day.replace(day=1)
            case "quarterly":
                return date(day.year, day.month - (day.month - 1) % 3, 1)
            case "yearly":
                return date(day.year, 1, 1)
            case _:
                return day

    def _next(self, first: date) -> date:
        """The first day of the period after the one that begins then."""
        match self.period.kind:
            case "weekly":
                return first + timedelta(days=7)
            case "monthly":
                return _months_later(first, 1)
            case "quarterly":
                return _months_later(first, 3)
            case "yearly":
                return date(first.year + 1, 1, 1)
            case _:
                return first + _DAY


def _months_later(first: date, months: int) -> date:
    passed = first.month - 1 + months
    return date(first.year + passed // 12, passed % 12 + 1, 1)


@lru_cache(maxsize=4096)
def _midnight(day: date, zone: ZoneInfo) -> int:
    """When a day begins: where its midnight does not exist, when the clock jumps over it."""
    return microseconds(datetime.combine(day, time.min, zone).astimezone(UTC))
