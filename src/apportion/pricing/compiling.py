"""Prices that depend on how much was read and at what time, made ready to be asked a million times."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from typing import Any

from apportion.pricing.prices import UNPRICED, Priced, Prices
from apportion.pricing.rate import Rate

WINDOW, SHORT, UNTOLD = "context_window", "0-200k", "unknown"
"""The dimension in which a report says how long its calls were, and two of its values."""
_SHORT = 200_000
Steps = dict[str, dict[int, Rate]]
"""Rates by kind and by the number of input tokens from which on they hold."""


class Spans:
    """Prices by the number of input tokens: the last span that a call exceeds holds for all of it.

    Of several calls that were added up, the mean call counts. A report that does not say how many they were
    may say how long: in a dimension.
    """

    __slots__ = ("_above", "_first")

    def __init__(self, spans: list[tuple[int, Prices]]) -> None:
        self._first = spans[0][1]
        self._above = spans[:0:-1]

    def of(self, operation: Mapping[str, Any]) -> Priced:
        """What `operation` costs at the prices of its span."""
        return self.at(operation).of(operation)

    def at(self, operation: Mapping[str, Any]) -> Prices:
        """The prices of its span."""
        read = operation.get("input_tokens") or 0
        requests = operation.get("requests") or _fewest(operation, read)
        for above, prices in self._above:
            if read > above * requests:
                return prices
        return self._first


def _fewest(operation: Mapping[str, Any], read: int) -> int:
    """How many calls at least read so much, where none of them read more than its window holds."""
    own = operation.get("dimensions")
    return max(1, -(-read // _SHORT)) if own and own.get(WINDOW) == SHORT else 1


class Hours:
    """Prices by the time of day, in UTC; outside all hours, or without a time, `otherwise` holds."""

    __slots__ = ("_hours", "_otherwise")

    def __init__(self, hours: list[tuple[time, time, Prices | Spans]], otherwise: "Resolved") -> None:
        self._hours, self._otherwise = hours, otherwise

    def of(self, operation: Mapping[str, Any]) -> Priced:
        """What `operation` costs at the prices of its hour."""
        return self._then(operation).of(operation)

    def at(self, operation: Mapping[str, Any]) -> Prices | None:
        """The prices of its hour and span."""
        return self._then(operation).at(operation)

    def _then(self, operation: Mapping[str, Any]) -> "Prices | Spans | Resolved":
        if isinstance(when := operation.get("time"), datetime):
            at = (when if when.tzinfo is None else when.astimezone(UTC)).time()
            for start, end, prices in self._hours:
                if start <= at < end if start <= end else (at >= start or at < end):
                    return prices
        return self._otherwise


class Missing:
    """No rate: what is asked for costs something, and nobody said what."""

    __slots__ = ("_answer",)

    def __init__(self, answer: Priced) -> None:
        self._answer = answer

    def of(self, operation: Mapping[str, Any]) -> Priced:  # noqa: ARG002  the same for all
        """Always the same answer."""
        return self._answer

    def at(self, operation: Mapping[str, Any]) -> None:
        """There are no prices."""


Resolved = Prices | Spans | Hours | Missing


def compiled(rates: Iterable[Rate], rate: str) -> Resolved:
    """The prices that `rates` make together: rows of one model, of one day and of one set of conditions."""
    counted = [r for r in rates if r.counted]
    if not counted:
        return Missing(UNPRICED)
    always = [r for r in counted if r.from_time is None]
    hours: dict[tuple[time, time], list[Rate]] = {}
    for row in counted:
        if row.from_time is not None and row.to_time is not None:
            hours.setdefault((row.from_time, row.to_time), []).append(row)
    otherwise = _spans(always, rate) if always else Missing(UNPRICED)
    if not hours:
        return otherwise
    inside = [(start, end, _spans([*rows, *always], rate)) for (start, end), rows in hours.items()]
    return Hours(inside, otherwise)


def _spans(rates: list[Rate], rate: str) -> Prices | Spans:
    """Rows that come first win, each kind of token for itself."""
    steps: Steps = {}
    hours: dict[str, object] = {}
    for row in rates:
        if hours.setdefault(row.kind, row.from_time) == row.from_time:
            steps.setdefault(row.kind, {}).setdefault(row.above, row)
    thresholds = sorted({0}.union(*steps.values()))
    spans = []
    for above in thresholds:
        reached = {kind: [t for t in prices if t <= above] for kind, prices in steps.items()}
        held = {kind: steps[kind][max(ts)] for kind, ts in reached.items() if ts}
        name = _above(rate, above) if above else rate
        spans.append((above, Prices(held, rates[0].currency, name)))
    return spans[0][1] if len(spans) == 1 else Spans(spans)


def _above(rate: str, above: int) -> str:
    """The id of what holds above a number of tokens: the card's version stays behind its #."""
    named, sign, version = rate.rpartition("#")
    return f"{named};above={above}#{version}" if sign else f"{rate};above={above}"
