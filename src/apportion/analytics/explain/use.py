"""The rows of usage behind a quantity: the largest beside a step, and page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import duckdb
from pydantic import Field

from apportion.allocation.patterns import matches
from apportion.analytics.explain.models import UsageRow
from apportion.analytics.filters import Bindings
from apportion.analytics.models import NONE, Amount, Part
from apportion.analytics.statements import fetch

ADDRESS = "/api/v1/explain/usage"
SHOWN = 20
SPELLINGS = {
    "(idle)": ("__idle__", "__unmounted__", "(idle)"),
    "(unallocated)": (NONE, "(unallocated)", "__unallocated__"),
    NONE: (NONE, "__unallocated__"),
}
"""What usage calls what allocation calls by another name."""


@dataclass(frozen=True)
class Use:
    """Which usage counted for a target: a measure, days (both included), and its dimensions' values."""

    measure: str
    start: date
    to: date
    dimension: str
    value: str
    keys: Mapping[str, tuple[str, ...]]

    @property
    def address(self) -> str:
        """Where the API gives all of its rows."""
        asked = [
            ("measure", self.measure), ("from", self.start), ("to", self.to), ("dimension", self.dimension),
            ("value", self.value), *(("key", f"{k}={v}") for k, values in self.keys.items() for v in values),
        ]  # fmt: skip
        return f"{ADDRESS}?{urlencode(asked)}"


class UsagePage(Part):
    """One page of the rows of usage that counted, the largest first."""

    measure: str
    quantity: Amount = Field(description="The sum of all rows, on all pages.")
    rows: list[UsageRow]
    rows_count: int
    more: int = Field(description="Rows after the ones shown.")
    next_cursor: str | None


@dataclass(frozen=True)
class Found:
    """Some rows, how many there are, and the sum of all."""

    rows: list[UsageRow]
    count: int
    quantity: Decimal


def usage_page(con: duckdb.DuckDBPyConnection, use: Use, cursor: int, limit: int) -> UsagePage:
    """One page of the rows behind a quantity."""
    found = largest_rows(con, [use], limit, cursor)[0]
    shown = cursor + len(found.rows)
    return UsagePage(
        measure=use.measure,
        quantity=found.quantity,
        rows=found.rows,
        rows_count=found.count,
        more=max(found.count - shown, 0) if found.rows else 0,
        next_cursor=str(shown) if shown < found.count else None,
    )


def largest_rows(
    con: duckdb.DuckDBPyConnection, uses: Sequence[Use], limit: int = SHOWN, cursor: int = 0
) -> list[Found]:
    """The largest rows of each of `uses`, in one statement."""
    if not uses:
        return []
    bindings = Bindings()
    page = f"LIMIT {bindings.bind(limit)} OFFSET {bindings.bind(cursor)}"
    each = [f"SELECT * FROM ({_rows(use, i, bindings)} {page})" for i, use in enumerate(uses)]
    found: list[list[UsageRow]] = [[] for _ in uses]
    sums = [(0, Decimal(0))] * len(uses)
    for row in fetch(con, " UNION ALL ".join(each), bindings.values):
        sums[row["use"]] = (row["row_count"], row["total"])
        found[row["use"]].append(UsageRow.model_validate(row))
    return [Found(rows, *total) for rows, total in zip(found, sums, strict=True)]


def _rows(use: Use, number: int, bindings: Bindings) -> str:
    keys = {**use.keys, use.dimension: SPELLINGS.get(use.value, (use.value,))}
    tests = [
        f"measure = {bindings.bind(use.measure)}",
        f"day BETWEEN {bindings.bind(use.start)} AND {bindings.bind(use.to)}",
        *(matches(f"COALESCE(dimensions[{bindings.bind(k)}], '{NONE}')", list(v)) for k, v in keys.items()),
    ]
    return f"""
SELECT {number} AS use, x_SourceFile, x_SourceLine, time, quantity,
    COUNT(*) OVER () AS row_count, SUM(quantity) OVER () AS total
FROM usage WHERE {" AND ".join(tests)}
ORDER BY ABS(quantity) DESC, time, x_SourceFile, x_SourceLine"""
