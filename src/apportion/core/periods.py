"""Half-open windows of UTC days, and the words people use for them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from apportion.core.errors import BadInput


@dataclass(frozen=True)
class Window:
    """Days from `start` up to but not including `end`."""

    start: date
    end: date
    label: str = ""

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def previous(self) -> "Window":
        """The window of the same length right before this one; for a whole month, the month before."""
        if self.start.day == 1 and self.end == next_month(self.start):
            start = (self.start - timedelta(days=1)).replace(day=1)
            return Window(start, self.start, f"{start:%B %Y}")
        return Window(self.start - timedelta(days=self.days), self.start, f"{self.days} days before")

    def year_before(self) -> "Window":
        """The same calendar days one year earlier."""
        return Window(_shift_year(self.start), _shift_year(self.end), "the year before")


def next_month(day: date) -> date:
    """The first day of the month after `day`'s."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_of(text: str) -> Window:
    """The month written `2026-09`."""
    match = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if not match or not 1 <= int(match[2]) <= 12 or int(match[1]) < 1:
        raise BadInput(f"'{text}' is not a month.", hint="Write it like 2026-09.")
    start = date(int(match[1]), int(match[2]), 1)
    return Window(start, next_month(start), f"{start:%B %Y}")


def parse_window(text: str, last_day: date) -> Window:
    """A window from `30d`, `2026-09`, `2026-09-14` or `2026-09-01..2026-10-01` (the end not included).

    `last_day` is the last complete day of the data; windows counted in days end with it.
    """
    if match := re.fullmatch(r"(\d{1,4})d(ays)?", text):
        days = int(match[1])
        if not 1 <= days <= 3660:
            raise BadInput(f"A window of {days} days cannot be shown.", hint="Give 1d to 3660d.")
        end = last_day + timedelta(days=1)
        return Window(end - timedelta(days=days), end, "last day" if days == 1 else f"last {days} days")
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return month_of(text)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return Window(_day(text), _day(text) + timedelta(days=1), text)
    if ".." in text:
        start, end = (_day(part) for part in text.split("..", 1))
        if start >= end:
            raise BadInput(f"The window {text} ends before it starts.", hint="The end is not included.")
        return Window(start, end, f"{start} to {end - timedelta(days=1)}")
    raise BadInput(
        f"'{text}' is not a window.",
        hint="Write 7d, 30d, 90d, a month like 2026-09, or 2026-09-01..2026-10-01.",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"'{text}' is not a day.", hint="Write it like 2026-09-01.") from None


def _shift_year(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
