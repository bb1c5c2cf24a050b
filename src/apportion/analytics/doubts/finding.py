"""Finds doubts in usage by day and name; what reads it decides which usage that is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import duckdb

from apportion.analytics.doubts.models import Doubt
from apportion.analytics.models import Row
from apportion.analytics.sentences import share as percent_text
from apportion.core.periods import Window
from apportion.engine import statement

PACKAGE = "apportion.analytics.doubts"
AROUND = timedelta(days=28)
"""Days so far before and after one say what is usual for it."""

NOBODY = "SELECT '' AS name, DATE '1970-01-01' AS end_date WHERE false"
_HUNDRED = Decimal("0.01")


@dataclass(frozen=True)
class Usage:
    """Usage to look at, as SQL.

    `daily` gives measure, day, target (a value of `dimension`) and quantity; `rows` gives measure, day and
    time; `known` the names and end dates of customers, where `dimension` is theirs.
    """

    daily: str
    rows: str
    dimension: str
    known: str = NOBODY


def find(con: duckdb.DuckDBPyConnection, usage: Usage, window: Window) -> list[Doubt]:
    """All doubts about the days of a window; what concerns a measure as a whole first, then by share."""
    # Temporary tables are this connection's own; each question reads the sums, and rows of usage are many.
    con.execute(f"CREATE OR REPLACE TEMP TABLE doubted AS {usage.daily}")
    found = [
        *_missing_days(con, window),
        *_missing_hours(con, usage, window),
        *_unusual(con, usage, window),
        *_silent(con, usage, window),
        *_names(con, usage, window),
    ]
    return sorted(found, key=lambda d: (d.target is not None, -(d.share_pct or Decimal(100)), d.day))


def _rows(
    con: duckdb.DuckDBPyConnection, name: str, window: Window, parts: Mapping[str, str]
) -> Iterator[Row]:
    text = statement(PACKAGE, name, **parts)
    result = con.execute(text, {"start": window.start, "end": window.end})
    columns = [column[0] for column in result.description or []]
    return (dict(zip(columns, values, strict=True)) for values in result.fetchall())


def _missing_days(con: duckdb.DuckDBPyConnection, window: Window) -> Iterator[Doubt]:
    for row in _rows(con, "missing_days", window, {}):
        when = f"on {row['day']}" if row["days"] == 1 else f"from {row['day']} to {row['until']}"
        yield _doubt(row, "missing_days", f"{row['measure']} has no rows {when}.")


def _missing_hours(con: duckdb.DuckDBPyConnection, usage: Usage, window: Window) -> Iterator[Doubt]:
    for row in _rows(con, "missing_hours", window, {"rows": usage.rows}):
        hours = [hour for hour in range(24) if hour not in row["present"]]
        count = f"{len(hours)} hour{'s' if len(hours) > 1 else ''}"
        said = f"{row['measure']} lacks {count} of {row['day']}: {_spans(hours)} (UTC)."
        yield _doubt(row, "missing_hours", said)


def _spans(hours: list[int]) -> str:
    """Hours as spans of the clock: 03:00–05:00."""
    spans: list[list[int]] = []
    for hour in hours:
        if spans and spans[-1][1] == hour:
            spans[-1][1] = hour + 1
        else:
            spans.append([hour, hour + 1])
    return ", ".join(f"{first:02d}:00–{end:02d}:00" for first, end in spans)


def _unusual(con: duckdb.DuckDBPyConnection, usage: Usage, window: Window) -> Iterator[Doubt]:
    for row in _rows(con, "unusual", window, {}):
        usual = Decimal(f"{row['usual']:.3g}")
        whose = f"{row['target']} has" if row["target"] else f"{row['measure']} has"
        what = f"{_number(row['quantity'])}{' ' + row['measure'] if row['target'] else ''}"
        said = f"{whose} {what} on {row['day']}; around it, the same weekday has some {_number(usual)}."
        yield _doubt(row, "unusual_day", said, usage.dimension, usual)


def _silent(con: duckdb.DuckDBPyConnection, usage: Usage, window: Window) -> Iterator[Doubt]:
    for row in _rows(con, "silent", window, {"ended": usage.known}):
        said = f"{row['target']} has no {row['measure']} on {row['day']}, and had some in the week before."
        yield _doubt(row, "fell_silent", said, usage.dimension)


def _names(con: duckdb.DuckDBPyConnection, usage: Usage, window: Window) -> Iterator[Doubt]:
    for row in _rows(con, "names", window, {"known": usage.known}):
        part = percent_text(Decimal(row["share"]) * 100)
        if row["kind"] == "unknown_name":
            said = f"{row['target']} is in no list of customers, and has {part} of {row['measure']}."
        else:
            said = (
                f"{row['target']} is seen first on {row['day']}, with {part} of that day's {row['measure']}."
            )
        yield _doubt(row, row["kind"], said, usage.dimension)


def _doubt(
    row: Row, kind: Any, sentence: str, dimension: str | None = None, usual: Decimal | None = None
) -> Doubt:
    target, part = row.get("target"), row.get("share")
    return Doubt(
        measure=row["measure"],
        kind=kind,
        day=row["day"],
        until=row.get("until") or row["day"],
        dimension=dimension if target else None,
        target=target,
        quantity=row.get("quantity"),
        usual=usual,
        share_pct=None
        if part is None or not target
        else min(Decimal(100), Decimal(part) * 100).quantize(_HUNDRED),
        sentence=sentence,
    )


def _number(quantity: Decimal) -> str:
    return f"{quantity.normalize():,f}"
