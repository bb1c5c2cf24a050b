"""Finds records in CSV bytes: the header, the delimiter, the first rows, and where a file can be cut."""

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from apportion import focus
from apportion.core.errors import BadInput

DELIMITERS = (",", ";", "\t", "|")
_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 20
_REACH = 32 << 20


@dataclass(frozen=True)
class Layout:
    """How a CSV file is laid out: `start` is the offset of its first byte after the header."""

    names: tuple[str, ...]
    delimiter: str
    start: int
    sample: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    """Bytes of a file from one record's start to another's; `before` line ends stand ahead of it."""

    start: int
    end: int
    before: int


def layout(head: bytes, name: str, *, delimiter: str | None = None) -> Layout:
    """The header of a CSV file and up to 1,000 of its first records, from the bytes it begins with."""
    offset = len(_BOM) if head.startswith(_BOM) else 0
    offset += len(head[offset:]) - len(head[offset:].lstrip(b"\r\n"))
    end = _record_end(head, offset)
    header = _text(head[offset:end], name).strip("\r\n")
    try:
        chosen = delimiter or max(DELIMITERS, key=lambda d: _worth(_cells(header, d)))
        names = _cells(header, chosen)
    except csv.Error as why:
        raise BadInput(f"The header cannot be read: {why}.", where=name, hint="Export it again.") from None
    repeated = {n for n in names if n and names.count(n) > 1}
    if repeated:
        raise BadInput(f"The header names {_listed(repeated)} twice.", where=name, hint="Keep one of them.")
    body = head[end:].decode("utf-8", errors="replace")
    complete = body[: body.rfind("\n") + 1] or body
    named = tuple(n.strip() or f"column {i + 1}" for i, n in enumerate(names))
    return Layout(named, chosen, end, tuple(_first_rows(complete, chosen)))


def cut(path: Path, start: int, size: int, parts: int) -> list[Part]:
    """Cut the bytes from `start` to `size` into at most `parts` of similar length at beginnings of records.

    A line end is the end of a record where the quotes before it are even in number.
    """
    cuts, quotes, lines, at = [Part(start, size, 0)], 0, 0, start
    with path.open("rb") as file:
        file.seek(start)
        for i in range(1, parts):
            goal = start + (size - start) * i // parts
            while at < goal and (chunk := file.read(min(_CHUNK, goal - at))):
                at, quotes, lines = at + len(chunk), quotes + chunk.count(b'"'), lines + chunk.count(b"\n")
            reach = at + _REACH
            while at < reach and (line := file.readline(_REACH)):
                at, quotes, lines = at + len(line), quotes + line.count(b'"'), lines + line.endswith(b"\n")
                if quotes % 2 == 0 and line.endswith(b"\n"):
                    break
            else:
                break  # quotes out of step, or lines without end: read the rest as one
            if at >= size:
                break
            cuts[-1] = Part(cuts[-1].start, at, cuts[-1].before)
            cuts.append(Part(at, size, lines))
    return cuts


def _record_end(head: bytes, start: int) -> int:
    inside = False
    for i in range(start, len(head)):
        byte = head[i]
        if byte == 0x22:
            inside = not inside
        elif byte in (0x0A, 0x0D) and not inside:
            return i + 2 if head[i : i + 2] == b"\r\n" else i + 1
    return len(head)


def _first_rows(text: str, delimiter: str) -> Iterator[tuple[str, ...]]:
    """Up to 1,000 rows, but none from the first on that only a more tolerant reader can read."""
    with suppress(csv.Error):
        for row in islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1000):
            if row:
                yield tuple(row)


def _cells(header: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(header, newline=""), delimiter=delimiter), [])


def _worth(cells: list[str]) -> tuple[int, int]:
    return sum(focus.canonical_name(c) is not None for c in cells), len(cells)


def _text(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput(
            "The header is not text in UTF-8 (it may be Latin-1).", where=name, hint="Save the file as UTF-8."
        ) from None


def _listed(names: set[str]) -> str:
    return ", ".join(f"'{n}'" for n in sorted(names))
