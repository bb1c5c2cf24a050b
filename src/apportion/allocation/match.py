"""What `match` means: tests of dimensions and FOCUS columns, joined by any, all and not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from apportion.allocation.patterns import NONE, fits, matches
from apportion.engine import quote_text

JOINTS = ("any", "all", "not")
RANGE = ("from", "below")
LARGEST = Decimal(10) ** 15
MATCH_SCHEMA: dict[str, Any] = {"additionalProperties": {"$ref": "#/$defs/Test"}}
TEST_SCHEMA: dict[str, Any] = {
    "description": "A value or pattern, a list of them, a range, or tests joined by any, all or not.",
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
        {
            "type": "object",
            "properties": {"from": {"type": ["string", "number"]}, "below": {"type": ["string", "number"]}},
            "additionalProperties": False,
        },
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/Test"}},
        {"type": "array", "items": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Test"}}},
    ],
}
"""The JSON Schema of a test, `$defs/Test` of the workspace file's schema."""


def _is_number(kind: str) -> bool:
    return kind.startswith("DECIMAL") or kind in ("BIGINT", "INTEGER", "DOUBLE")


def _read(bound: str, kind: str) -> bool:
    """Whether values of SQL type `kind` have an order; ValueError, ArithmeticError where `bound` is none."""
    if _is_number(kind):
        if not abs(Decimal(bound)) < LARGEST or "_" in bound:
            raise ValueError(bound)
        return True
    if kind.startswith(("DATE", "TIMESTAMP")):
        if not (bound[4:5] == bound[7:8] == "-" and datetime.fromisoformat(bound)):
            raise ValueError(bound)
        return True
    return False


Tested = Mapping[str, Any]


@dataclass(frozen=True)
class Test:
    """One name and what its value must be: patterns, or from one value to below another."""

    name: str
    patterns: tuple[str, ...] = ()
    low: str = ""
    high: str = ""

    def sql(self, expression: str, kind: str = "VARCHAR") -> str:
        """The test of `expression`, of SQL type `kind`, as a condition: true or false, never unknown."""
        if self.patterns:
            text = expression if kind == "VARCHAR" else f"CAST({expression} AS VARCHAR)"
            return matches(text, list(self.patterns))
        given = [(">=", self.low), ("<", self.high)]
        bounds = [f"{expression} {op} CAST({quote_text(v)} AS {kind})" for op, v in given if v]
        bounds += [f"{expression} <> {quote_text(NONE)}"] if kind == "VARCHAR" else []
        return f"coalesce({' AND '.join(bounds)}, false)"

    def holds(self, value: str) -> bool:
        """Whether the text `value` passes."""
        if self.patterns:
            return fits(value, list(self.patterns))
        return value != NONE and (not self.low or value >= self.low) and (not self.high or value < self.high)

    def misread(self, kind: str) -> str:
        """Why a range means nothing to values of SQL type `kind`; '' where it does, and for patterns."""
        bounds = [bound for bound in (self.low, self.high) if bound and not self.patterns]
        if kind == "VARCHAR":
            return "" if bounds == sorted(set(bounds)) else "it is text, and compared letter by letter"
        try:
            return "" if all(_read(bound, kind) for bound in bounds) else "it has no order"
        except (ArithmeticError, ValueError):
            return "it takes numbers" if _is_number(kind) else "it takes dates and times, such as 2026-09-01"

    def __str__(self) -> str:
        if self.patterns:
            return f"{self.name} {', '.join(self.patterns)}"
        return " ".join([self.name, *([f"from {self.low}"] if self.low else []),
                         *([f"below {self.high}"] if self.high else [])])  # fmt: skip


def checked(match: dict[str, Any]) -> dict[str, Any]:
    """`match` as it is, ranges as text; raises ValueError saying what it cannot mean."""
    return {key: _checked(key, value) for key, value in match.items()}


def _checked(key: str, value: Any) -> Any:
    if key in ("any", "all"):
        if not isinstance(value, list) or not value or not all(isinstance(v, dict) and v for v in value):
            raise ValueError(f"`{key}` takes a list of tests, like [{{team: platform}}, {{service: 'db-*'}}]")
        return [checked(v) for v in value]
    if key == "not":
        if not isinstance(value, dict) or not value:
            raise ValueError("`not` takes tests, like {environment: staging}")
        return checked(value)
    if isinstance(value, dict):
        return _range(key, value)
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed or not all(isinstance(v, str) and v for v in listed):
        raise ValueError(
            f"`{key}` takes text or a list of texts; numbers like account ids need quotes: '0123'"
        )
    return value


def _range(key: str, value: dict[str, Any]) -> dict[str, str]:
    if not value or not set(value) <= set(RANGE):
        raise ValueError(f"`{key}` takes a range like {{from: 10, below: 20}}")
    found = {k: _bound(key, v) for k, v in value.items()}
    if len(found) == len(RANGE) and not _ordered(*(found[k] for k in RANGE)):
        raise ValueError(f"`{key}` takes a range whose `from` is less than its `below`")
    return found


def _bound(key: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal | date | datetime):
        raise ValueError(f"`{key}` takes a range of numbers, dates or texts")  # noqa: TRY004  Pydantic's way
    return str(value)


def _ordered(low: str, high: str) -> bool:
    try:
        return Decimal(low) < Decimal(high)
    except InvalidOperation:
        return low < high


def tests(match: Tested) -> Iterator[Test]:
    """Every test in it, in order, however deep."""
    for key, value in match.items():
        if key == "not":
            yield from tests(value)
        elif key in JOINTS:
            for each in value:
                yield from tests(each)
        else:
            yield _test(key, value)


def names(match: Tested) -> list[str]:
    """Every dimension and column it tests, once."""
    return list(dict.fromkeys(test.name for test in tests(match)))


def _test(key: str, value: Any) -> Test:
    if isinstance(value, dict):
        return Test(key, low=value.get("from", ""), high=value.get("below", ""))
    return Test(key, tuple([value] if isinstance(value, str) else value))


def condition(match: Tested, test: Callable[[Test], str]) -> str:
    """SQL for it, given the SQL of each test."""
    parts = []
    for key, value in match.items():
        if key == "not":
            parts.append(f"NOT ({condition(value, test)})")
        elif key in JOINTS:
            joint = " OR " if key == "any" else " AND "
            parts.append("(" + joint.join(f"({condition(each, test)})" for each in value) + ")")
        else:
            parts.append(test(_test(key, value)))
    return " AND ".join(parts) or "true"


def holds(match: Tested, test: Callable[[Test], bool]) -> bool:
    """Whether it holds, given whether each test does."""
    for key, value in match.items():
        if key == "not":
            found = not holds(value, test)
        elif key == "any":
            found = any(holds(each, test) for each in value)
        elif key == "all":
            found = all(holds(each, test) for each in value)
        else:
            found = test(_test(key, value))
        if not found:
            return False
    return True
