"""Reports that providers of AI answer in buckets of time: one page, several, or buckets by themselves."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from apportion.core.errors import BadInput

Result = Mapping[str, Any]
"""What a bucket says of one group, as the provider writes it; numbers are whole or Decimal."""

_DECODER = json.JSONDecoder(parse_float=Decimal)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STARTS, _ENDS = ("start_time", "starting_at"), ("end_time", "ending_at")
_RESULTS = ("results", "result")


@dataclass(frozen=True)
class Bucket:
    """A span of time (UTC, half-open) and what it says of each group."""

    start: datetime
    end: datetime
    results: Sequence[Result]


@dataclass(frozen=True)
class Report:
    """Buckets in the order of their pages; `more` where the last page says that others follow."""

    buckets: Sequence[Bucket]
    more: bool = False


def read_report(text: str, where: str) -> Report:
    """A report from saved answers: a page, a list of pages, a page or bucket a line, or one after the other.

    Raises BadInput for what is none of these.
    """
    buckets: list[Bucket] = []
    more = False
    for found in _documents(text, where):
        for page in found if isinstance(found, list) else [found]:
            if not isinstance(page, dict):
                raise _no_report(where)
            more = bool(page.get("has_more"))
            listed = [page] if any(name in page for name in _RESULTS) else page.get("data")
            if not isinstance(listed, list):
                raise _no_report(where)
            buckets += [_bucket(one, where) for one in listed]
    return Report(buckets, more)


def is_report(text: str) -> bool:
    """Whether JSON text begins as a report does; only its first document is looked at."""
    try:
        found, _ = _DECODER.raw_decode(text.lstrip("\ufeff \t\r\n"))
    except (ValueError, RecursionError):
        return False
    first = found[0] if isinstance(found, list) and found else found
    return isinstance(first, dict) and any(isinstance(first.get(n), list) for n in ("data", *_RESULTS))


def _documents(text: str, where: str) -> Iterator[Any]:
    at, text = 0, text.lstrip("\ufeff")
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        try:
            found, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            line = text.count("\n", 0, at) + 1
            raise BadInput(
                "This is no whole JSON.",
                where=f"{where}, line {line}",
                hint="It may have been cut off: save it again.",
            ) from None
        yield found


def _bucket(found: Any, where: str) -> Bucket:
    if not isinstance(found, dict):
        raise _no_report(where)
    results = next((found[name] for name in _RESULTS if name in found), None)
    if not isinstance(results, list) or not all(isinstance(r, dict) for r in results):
        raise _no_report(where)
    start, end = (_moment(next((found[n] for n in names if n in found), None)) for names in (_STARTS, _ENDS))
    if start is None or end is None or end <= start:
        raise BadInput("A bucket does not say from when to when it is.", where=where, hint="Save it again.")
    return Bucket(start, end, results)


def _moment(told: Any) -> datetime | None:
    """Seconds since 1970, or a time as RFC 3339 writes it."""
    try:
        if isinstance(told, str) and not told.isdigit():
            found = datetime.fromisoformat(told)
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        return _EPOCH + timedelta(seconds=int(told))
    except (ValueError, TypeError, OverflowError):
        return None


def _no_report(where: str) -> BadInput:
    return BadInput(
        "This is no report of OpenAI or Anthropic.",
        where=where,
        hint="Save what the API answers: an object with a list `data` of buckets with `results`.",
    )
