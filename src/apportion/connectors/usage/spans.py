"""Which days to ask a source for: what is new, and again what may have changed since."""

from collections.abc import Iterator
from datetime import date, timedelta

from apportion.core.periods import Window, next_month

AGAIN = 2
"""So many of the last days loaded are asked for anew where days are: late samples change them."""

_DAY = timedelta(days=1)
_YEAR = 365


def new_days(loaded: Window | None, days: int, today: date) -> Window:
    """The complete days after those that are `loaded` and the last AGAIN of them; the first time `days`."""
    first = today - days * _DAY
    if loaded:
        first = min(max(loaded.start, loaded.end - AGAIN * _DAY), today - _DAY)
    return Window(first, today)


def whole_months(loaded: Window | None, since: date | None, days: int, today: date) -> Window:
    """Whole months up to this one: those that the last `days` touch, and those after the last day loaded.

    The first time from `since`, or else from the month a year ago.
    """
    first = since or today - _YEAR * _DAY
    if loaded:
        first = max(first, min(today - days * _DAY, loaded.end - _DAY))
    return Window(first.replace(day=1), next_month(today))


def months(span: Window) -> Iterator[Window]:
    """The parts of a span that lie in one month each."""
    start = span.start
    while start < span.end:
        end = min(next_month(start), span.end)
        yield Window(start, end)
        start = end
