"""Allocations in files: answers of the API that were saved, and CSV exports."""

import csv
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from apportion.connectors.contract import SourceFile
from apportion.connectors.dialect import folded
from apportion.connectors.opencost.allocations import Wanted, answer_rows
from apportion.connectors.usage.written import Shares
from apportion.core.errors import BadInput

ENDINGS = (".json", ".json.gz", ".csv", ".csv.gz")

_TIMES = ("date", "windowstart", "start", "day", "time", "timestamp")
_OTHER_NAMES = {
    "controller": ("controllername",),
    "controllername": ("controller",),
    "totalcost": ("cost", "total"),
    "cluster": ("clustername", "clusterid"),
}
_LABELS = {"label": ("labels", "poolabels"), "annotation": ("annotations",)}


def read_allocations(file: SourceFile, wanted: Wanted) -> Iterator[Shares]:
    """What one file says; BadInput where it is neither an answer nor a CSV export."""
    with _opened(file) as text:
        start = text.read(1)
        while start.isspace():
            start = text.read(1)
        if start in ("{", "["):
            yield from answer_rows(start + text.read(), wanted, file.name)
        elif start:
            text.seek(0)
            yield from export_rows(text, wanted, file.name)
        else:
            raise BadInput("The file is empty.", where=file.name, hint="Export it again.")


def export_rows(text: TextIO, wanted: Wanted, where: str) -> Iterator[Shares]:
    """The rows of a CSV export, as they stand: a value that cannot be used is rejected later, by its line."""
    rows = csv.DictReader(text)
    headers = {folded(name): name for name in reversed(rows.fieldnames or [])}
    time = next((headers[t] for t in _TIMES if t in headers), None)
    quantity = _column(wanted.quantity, headers)
    places = {dimension: _place(field, headers) for dimension, field in wanted.dimensions.items()}
    lacks = [what for what, found in (("a day", time), (f"'{wanted.quantity}'", quantity)) if not found]
    lacks += [f"'{wanted.dimensions[d]}'" for d, place in places.items() if not place]
    if time is None or quantity is None or lacks:
        raise BadInput(
            f"The export has no {', '.join(lacks)} (it has {', '.join(rows.fieldnames or [])}).",
            where=where,
            hint="Name quantity and dimensions as the export does.",
        )
    for row in rows:
        by = tuple(_value(row, place) for place in places.values() if place)
        yield Shares((row.get(time) or "").strip(), (row.get(quantity) or "").strip(), by)


def _column(name: str, headers: Mapping[str, str]) -> str | None:
    wanted = folded(name)
    return next((headers[n] for n in (wanted, *_OTHER_NAMES.get(wanted, ())) if n in headers), None)


def _place(field: str, headers: Mapping[str, str]) -> tuple[str, str] | None:
    """The column that answers a field, and the key in it where it holds several as JSON ('' elsewhere)."""
    kind, separator, key = field.partition(":")
    if not separator:
        column = _column(field, headers)
        return (column, "") if column else None
    if column := headers.get(folded(f"{kind}{key}")):
        return column, ""
    whole = next((headers[name] for name in _LABELS.get(kind, ()) if name in headers), None)
    return (whole, key) if whole else None


def _value(row: Mapping[str, str | None], place: tuple[str, str]) -> str:
    column, key = place
    text = (row.get(column) or "").strip()
    if not key or not text:
        return text
    try:
        labels = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    return str(labels.get(key) or "") if isinstance(labels, dict) else ""


@contextmanager
def _opened(file: SourceFile) -> Iterator[TextIO]:
    way = gzip.open if _packed(file.path) else open
    try:
        with way(file.path, "rt", encoding="utf-8-sig", newline="") as text:
            yield text
    except UnicodeDecodeError:
        raise BadInput("This is not text in UTF-8.", where=file.name, hint="Save it as UTF-8.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as why:
        raise BadInput(
            f"The gzip data is damaged ({why}).", where=file.name, hint="Fetch it again."
        ) from None
    except csv.Error as why:
        raise BadInput(f"This is no CSV ({why}).", where=file.name, hint="Export it again.") from None


def _packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"
