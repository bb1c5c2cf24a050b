"""The rows of one batch as they were sent: what can be used as columns, what cannot with its reason."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from apportion.core.errors import BadInput
from apportion.ingestion.push.receipt import RowError

MOST_ROWS = 10_000
AHEAD = timedelta(days=1)
"""So far in the future a row may lie: clocks differ, and a day ends later in the west."""

NONE = "(none)"
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_MOST, _PLACES, _LONGEST = Decimal(10) ** 26, Decimal(1).scaleb(-12), 1000
_EXACT = Context(prec=60)
UNDECLARED = "a dimension that the measure does not declare"
_FIELDS = frozenset({"time", "quantity", "dimensions", "unit"})


@dataclass(frozen=True)
class Expected:
    """What rows of a measure must have: dimensions (ours → the name in the rows) and unit ('' for none)."""

    measure: str
    dimensions: Mapping[str, str]
    unit: str = ""


@dataclass(frozen=True)
class Batch:
    """A request's body: rows still as they were sent. `whole` keeps all of them or none."""

    measure: str
    rows: Sequence[Any]
    whole: bool = False


@dataclass
class Part:
    """The usable rows of one month, as columns; `lines` count the rows of the request from 1."""

    times: list[datetime] = field(default_factory=list)
    quantities: list[Decimal] = field(default_factory=list)
    dimensions: list[list[tuple[str, str]]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


class _Unusable(Exception):
    """One value that cannot be used."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        super().__init__(reason)
        self.field, self.value, self.reason = field, value, reason


def read_batch(body: bytes) -> Batch:
    """The batch in a body of JSON. Raises BadInput where it is none, or has too many rows or none."""
    try:
        # Numbers become Decimal at once: a float would have lost digits already.
        given = json.loads(body, parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, RecursionError) as why:
        raise BadInput(f"It is not JSON: {why}.", where="body", hint=_SHAPE) from None
    if not isinstance(given, dict) or not isinstance(given.get("rows"), list):
        raise BadInput("It is no batch of usage.", where="body", hint=_SHAPE)
    if unknown := sorted(set(given) - {"measure", "rows", "all_or_nothing"}):
        raise BadInput(f"'{unknown[0][:100]}' is not a field of a batch.", where="body", hint=_SHAPE)
    measure, rows, whole = given.get("measure"), given["rows"], given.get("all_or_nothing", False)
    if not isinstance(measure, str):
        raise BadInput("It does not say which measure.", where="measure", hint=_SHAPE)
    if not isinstance(whole, bool):
        raise BadInput("It is true or false.", where="all_or_nothing")
    if not 1 <= len(rows) <= MOST_ROWS:
        raise BadInput(
            f"It has {len(rows):,} rows; a batch has 1 to {MOST_ROWS:,}.",
            where="rows",
            hint="Send more rows in several batches, each with its own key.",
        )
    return Batch(measure, rows, whole)


_SHAPE = 'Send {"measure": "requests", "rows": [{"time": …, "quantity": …, "dimensions": {…}}]}.'


def check(batch: Batch, expected: Expected, now: datetime) -> tuple[dict[str, Part], list[RowError]]:
    """The usable rows by month, and an error for each of the others. Quantities get twelve decimal places."""
    parts: dict[str, Part] = {}
    errors: list[RowError] = []
    latest = min(now + AHEAD, _LATEST)
    dimensions = _Dimensions(expected.dimensions)
    unit = _unit(expected)
    for i, row in enumerate(batch.rows):
        try:
            _known(row)
            unit(row.get("unit"))
            time = _time(row.get("time"), latest)
            quantity = _quantity(row.get("quantity"))
            pairs = dimensions.of(row.get("dimensions"))
        except _Unusable as why:
            errors.append(RowError(i, why.field, _shown(why.value), why.reason))
            continue
        part = parts.setdefault(f"{time:%Y-%m}", Part())
        part.times.append(time)
        part.quantities.append(quantity)
        part.dimensions.append(pairs)
        part.lines.append(i + 1)
    return parts, errors


def _known(row: Any) -> None:
    if not isinstance(row, dict):
        raise _Unusable("", row, "not an object with time, quantity and dimensions")
    for name in row.keys() - _FIELDS:
        raise _Unusable(name[:100], row[name], "not a field of a row")


def _unit(expected: Expected) -> Callable[[Any], None]:
    wanted = expected.unit.strip().casefold()

    def same(given: Any) -> None:
        if given is None:
            return
        if not wanted:
            raise _Unusable("unit", given, "a unit, and the measure declares none")
        if not isinstance(given, str) or given.strip().casefold() != wanted:
            raise _Unusable("unit", given, f"not the measure's unit '{expected.unit}'")

    return same


def _time(given: Any, latest: datetime) -> datetime:
    if given is None:
        raise _Unusable("time", given, "missing")
    try:
        found = datetime.fromisoformat(given.strip())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (AttributeError, ValueError, OverflowError):
        raise _Unusable("time", given, "not a time between 1970 and 2200") from None
    if not _EARLIEST <= found < _LATEST:
        raise _Unusable("time", given, "not a time between 1970 and 2200")
    if found > latest:
        raise _Unusable("time", given, "more than a day in the future")
    return found


def _quantity(given: Any) -> Decimal:
    if given is None or isinstance(given, bool):
        raise _Unusable("quantity", given, "missing" if given is None else "not a quantity of 0 or more")
    try:
        found = given if isinstance(given, Decimal) else Decimal(given)
        if not found.is_finite() or not 0 <= found < _MOST:
            raise _Unusable("quantity", given, "not a quantity of 0 or more")
        return found.quantize(_PLACES, ROUND_HALF_UP, _EXACT)
    except (ArithmeticError, TypeError, ValueError):
        raise _Unusable("quantity", given, "not a quantity of 0 or more") from None


class _Dimensions:
    """Turns the names in rows into our dimensions."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._wanted = sorted((name, ours) for ours, name in names.items())
        self._names = {name for name, _ in self._wanted}

    def of(self, given: Any) -> list[tuple[str, str]]:
        if not isinstance(given, dict):
            raise _Unusable("dimensions", given, "missing" if given is None else "not an object")
        if given.keys() != self._names:
            self._differ(given)
        return [(ours, self._value(name, given[name])) for name, ours in self._wanted]

    def _differ(self, given: Mapping[str, Any]) -> None:
        for name in sorted(self._names - set(given)):
            raise _Unusable(f"dimensions.{name}", None, "missing")
        for name in sorted(set(given) - self._names):
            raise _Unusable(f"dimensions.{name[:100]}", given[name], UNDECLARED)

    @staticmethod
    def _value(name: str, given: Any) -> str:
        if isinstance(given, str) and len(given) <= _LONGEST:
            return given.strip() or NONE
        if given is None:
            return NONE
        if isinstance(given, int) and not isinstance(given, bool):
            return str(given)
        raise _Unusable(f"dimensions.{name}", given, f"not a text of at most {_LONGEST} letters")


def _shown(value: object) -> str:
    if value is None:
        return ""
    return (value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False))[:200]


__all__ = ["MOST_ROWS", "Batch", "Expected", "Part", "check", "read_batch"]
