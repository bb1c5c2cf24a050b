"""From samples at the ends of steps to usage in the steps: each step counts once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext

from apportion.connectors.prometheus.api import Series
from apportion.connectors.usage.settings import PrometheusMeasure
from apportion.connectors.usage.written import Shares
from apportion.core.periods import Window

POINTS = 11_000
"""So many values of one series are what a server answers at most."""

_DAY = timedelta(days=1)
_PLACES = Decimal("0.000000000001")
_LARGEST = Decimal(10) ** 24
_HOUR = 3600


def ranges(span: Window, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """The first and last moment of each question about a span: the ends of its steps, at most a day of them.

    A sample says what was used in the step that ends with it. So the moment at which a span begins belongs
    to the step before it, and that at which it ends to its own last step.
    """
    at = datetime(span.start.year, span.start.month, span.start.day, tzinfo=UTC)
    end = at + timedelta(days=span.days)
    most = min(_DAY, (POINTS - 1) * step)
    while at < end:
        last = min(at + most, end)
        yield at + step, last
        at = last


def moments(first: datetime, last: datetime, step: timedelta) -> set[int]:
    """The seconds since 1970 at which a range has values."""
    return set(range(int(first.timestamp()), int(last.timestamp()) + 1, int(step.total_seconds())))


def shares(series: Sequence[Series], measure: PrometheusMeasure) -> Iterator[Shares]:
    """Usage at the beginning of each step; what is no number stays as it is, to be rejected as data."""
    for found in series:
        by = tuple(_answer(found.labels, label) for label in measure.dimensions.values())
        for at, value in found.samples:
            start = datetime.fromtimestamp(at, UTC) - measure.width
            yield Shares(f"{start:%Y-%m-%dT%H:%M:%SZ}", _quantity(value, measure), by)


def _answer(labels: Mapping[str, str], label: str) -> str:
    return labels.get(label, "")


def _quantity(text: str, measure: PrometheusMeasure) -> str:
    """An increase as it is; a level times the hours that it lasted."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if not value.is_finite() or abs(value) >= _LARGEST:
        return text
    with localcontext(prec=60, rounding=ROUND_HALF_UP):
        if measure.sum == "average":
            value = value * int(measure.width.total_seconds()) / _HOUR
        return f"{value.quantize(_PLACES):f}"
