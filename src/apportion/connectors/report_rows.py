"""The raw rows of a provider's report: each result of each bucket is a row, every value as text."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from apportion.connectors import pipes
from apportion.connectors.contract import SourceFile, Stream
from apportion.connectors.dialect import folded
from apportion.connectors.json_rows import JsonRows
from apportion.core.buckets import Report, Result, read_report
from apportion.core.errors import BadInput

START, END = "start_time_iso", "end_time_iso"
"""What the columns for a bucket's span are called."""


@dataclass(frozen=True)
class ReportRows(JsonRows):
    """Rows that have been read already: `lines` holds one JSON object for each."""

    report: Report = field(default_factory=lambda: Report([]), repr=False)
    lines: bytes = field(default=b"", repr=False)

    def streams(self, parts: int, *, nulls: bool) -> Sequence[AbstractContextManager[Stream]]:  # noqa: ARG002
        return [self._stream(pipes.given_bytes(self.lines), 0, 0)]


def open_report(file: SourceFile, *, packed: bool, known: Iterable[str]) -> ReportRows:
    """Read a report whole; BadInput where it is none. `known` are columns that it has even where empty."""
    report = read_report(_text(file, packed=packed), file.name)
    rows = [
        {START: _time(bucket.start), END: _time(bucket.end), **dict(flat(result))}
        for bucket in report.buckets
        for result in bucket.results
    ]
    names = dict.fromkeys(name for row in rows for name in row)
    has = {folded(name) for name in names}
    names |= dict.fromkeys(name for name in known if folded(name) not in has)
    places = {name: str(i) for i, name in enumerate(names)}  # any text may be a name, and no path in SQL
    lines = "".join(
        json.dumps({places[n]: v for n, v in row.items()}, ensure_ascii=False) + "\n" for row in rows
    )
    paths = {name: f'$."{place}"' for name, place in places.items()}
    content = lines.encode(errors="replace")
    return ReportRows(file, packed=packed, paths=paths, start=0, report=report, lines=content)


def flat(result: Result, before: str = "") -> Iterator[tuple[str, str]]:
    """Every value as text under its path, such as `amount.value`; what is null is left out."""
    for key, value in result.items():
        name = f"{before}{''.join(sign for sign in key if sign.isprintable())}"
        if isinstance(value, Mapping):
            yield from flat(value, f"{name}.")
        elif value is not None:
            yield name, _written(value)


def check_once(found: Sequence[ReportRows], amounts: Iterable[str]) -> None:
    """BadInput where two buckets tell of the same span and group: the same report was saved twice.

    `amounts` are the fields of a result that are no part of what it is about.
    """
    left = {folded(name) for name in amounts}
    seen: dict[tuple[datetime, datetime, tuple[tuple[str, str], ...]], int] = {}
    for rows in found:
        for number, bucket in enumerate(rows.report.buckets):
            for result in bucket.results:
                about = tuple(sorted((k, v) for k, v in flat(result) if folded(k) not in left))
                if seen.setdefault((bucket.start, bucket.end, about), id(rows) + number) != id(rows) + number:
                    raise BadInput(
                        f"The costs of {bucket.start:%Y-%m-%d} stand in it twice.",
                        where=rows.file.name,
                        hint="Give each page once.",
                    )


def remarks(rows: ReportRows, others: Sequence[ReportRows]) -> list[str]:
    """What people should know where a report says that it goes on, and none of `others` does."""
    ends = [b.end for b in rows.report.buckets]
    if not rows.report.more or not ends:
        return []
    last = max(ends)
    if any(b.start >= last for other in others for b in other.report.buckets):
        return []
    return [f"{rows.file.name} says that more pages follow: costs from {last:%Y-%m-%d} on are not in it."]


def _text(file: SourceFile, *, packed: bool) -> str:
    content = b"".join(pipes.unpack(file.path, file.name)) if packed else file.path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("This is no text in UTF-8.", where=file.name, hint="Save it as UTF-8.") from None


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    return format(value, "f") if isinstance(value, Decimal) else json.dumps(value, default=str)
