"""Files that hold a usage report: saved answers of the API, or what a console exports as CSV."""

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apportion.core.buckets import Bucket, Report, is_report, read_report
from apportion.core.errors import BadInput, NotFound

_JSON = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
_HEAD = 1 << 16
_OPENAI, _CLAUDE = {"start_time", "end_time", "input_tokens", "num_model_requests"}, "usage_date_utc"
_CLAUDE_COUNTS = {
    "usage_input_tokens_no_cache": "uncached_input_tokens",
    "usage_input_tokens_cache_read": "cache_read_input_tokens",
    "usage_output_tokens": "output_tokens",
}
_CLAUDE_KEYS = {
    "model_version": "model",
    "api_key": "api_key_id",
    "workspace": "workspace_id",
    "usage_type": "service_tier",
    "inference_geo": "inference_geo",
    "speed": "speed",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SWITCHES = {"true": True, "false": False}


def report_in(path: Path) -> Report | None:
    """The report that a file holds; None for one that holds something else. Raises NotFound, BadInput."""
    name = path.name.lower()
    if not name.endswith((*_JSON, ".csv")):
        return None
    if not path.is_file():
        raise NotFound("There is no such file.", where=str(path))
    try:
        return _exported(path) if name.endswith(".csv") else _saved(path)
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile, zlib.error, csv.Error):
        raise BadInput("This is no whole text in UTF-8.", where=str(path), hint="Save it again.") from None


def _saved(path: Path) -> Report | None:
    whole = path.suffix.lower() == ".json"
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig") as file:
        head = str(file.read(_HEAD))
        if not whole and "\n" in head and not is_report(head.split("\n", 1)[0]):
            return None  # operations, one a line: there may be millions
        text = head + str(file.read())
    return read_report(text, str(path)) if whole or is_report(text) else None


def _exported(path: Path) -> Report | None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        names = set(rows.fieldnames or [])
        if _CLAUDE in names and "cost_usd" in names:
            raise BadInput(
                "This is an export of costs, which is a bill.",
                where=str(path),
                hint="Load it with 'apportion ingest anthropic FILE'.",
            )
        if _CLAUDE in names:
            return Report(_gathered(_claude(rows, path)))
        return Report(_gathered(_openai(rows, path))) if names >= _OPENAI else None


def _gathered(told: Iterable[tuple[datetime, datetime, dict[str, Any]]]) -> list[Bucket]:
    found: dict[tuple[datetime, datetime], list[dict[str, Any]]] = {}
    for start, end, result in told:
        found.setdefault((start, end), []).append(result)
    return [Bucket(*span, results) for span, results in found.items()]


def _openai(rows: "csv.DictReader[str]", path: Path) -> Iterator[tuple[datetime, datetime, dict[str, Any]]]:
    """The console's columns are the API's fields; a bucket without usage is a row of its own."""
    for row in rows:
        told = {name: _plain(value) for name, value in row.items() if name and value}
        try:
            start, end = (_EPOCH + timedelta(seconds=told.pop(name)) for name in ("start_time", "end_time"))
        except (KeyError, TypeError, OverflowError):
            raise _unusable(rows, path) from None
        span = (start, end)
        if "input_tokens" in told:
            yield *span, told


def _claude(rows: "csv.DictReader[str]", path: Path) -> Iterator[tuple[datetime, datetime, dict[str, Any]]]:
    """The console's columns under the API's names: keys and workspaces by their names, days as buckets."""
    for row in rows:
        try:
            day = datetime.fromisoformat(row[_CLAUDE]).replace(tzinfo=UTC)
            result: dict[str, Any] = {ours: int(row[theirs] or 0) for theirs, ours in _CLAUDE_COUNTS.items()}
            result["cache_creation"] = {
                f"ephemeral_{kept}_input_tokens": int(row.get(f"usage_input_tokens_cache_write_{kept}") or 0)
                for kept in ("5m", "1h")
            }
        except (ValueError, TypeError, KeyError):
            raise _unusable(rows, path) from None
        result |= {ours: row.get(theirs) or None for theirs, ours in _CLAUDE_KEYS.items()}
        yield day, day + timedelta(days=1), {**result, "context_window": _window(row)}


def _window(row: Mapping[str, Any]) -> str | None:
    """As the API writes it: the console has ≤ 200k and > 200k."""
    told = str(row.get("context_window") or "")
    return {"≤": "0-200k", ">": "200k-1M"}.get(told[:1], told or None)


def _plain(value: str) -> Any:
    text = value.strip()
    return (
        int(text)
        if text.isascii() and text.isdigit() and len(text) < 20
        else _SWITCHES.get(text.lower(), text)
    )


def _unusable(rows: "csv.DictReader[str]", path: Path) -> BadInput:
    return BadInput(
        "This line of the report cannot be read.",
        where=f"{path}, line {rows.line_num}",
        hint="Export it again.",
    )
