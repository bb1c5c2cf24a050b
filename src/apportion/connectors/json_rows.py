"""The raw rows of newline-delimited JSON: an object a line, fields by their paths, every value as text."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from apportion.connectors import pipes
from apportion.connectors.contract import SourceFile, Stream
from apportion.connectors.dialect import folded
from apportion.core.errors import BadInput
from apportion.engine import quote_text

_BOM = b"\xef\xbb\xbf"
_PART = 32 << 20
_SAMPLE = 1000
_NO_JSON_SIGN = "\x01"
"""A sign that JSON text cannot hold: so each line is one value to the CSV reader."""
_LONG_NUMBER = r"([:\[,]\s*)(-?[0-9][0-9.eE+-]{15,})(\s*[,}\]])"


@dataclass(frozen=True)
class JsonRows:
    """A file of JSON lines: `paths` has the path of each column by its name; the first begins at `start`."""

    file: SourceFile
    packed: bool
    paths: Mapping[str, str]
    start: int

    @property
    def in_order(self) -> bool:
        return True

    @property
    def columns(self) -> Sequence[tuple[str, str]]:
        return [(name, "VARCHAR") for name in self.paths]

    def knowing(self, names: Iterable[str]) -> "JsonRows":
        """The same with columns for `names` (paths such as 'service.id'), which later lines may have."""
        has = {folded(name) for name in self.paths}
        more = {name: "$" + "".join(f".{_step(part)}" for part in name.split(".")) for name in names}
        return replace(
            self, paths={**self.paths, **{n: path for n, path in more.items() if folded(n) not in has}}
        )

    def streams(self, parts: int, *, nulls: bool) -> Sequence[AbstractContextManager[Stream]]:  # noqa: ARG002
        if self.packed:
            content = pipes.unpacked_bytes(self.file.path, self.file.name, self.start)
            return [self._stream(content, 0, 0)]
        size = self.file.path.stat().st_size
        cuts = _cut(self.file.path, self.start, size, max(1, min(parts, size // _PART)))
        return [
            self._stream(pipes.plain_bytes(self.file.path, start, end), i, before)
            for i, (start, end, before) in enumerate(cuts)
        ]

    @contextmanager
    def _stream(self, content: pipes.Content, part: int, before: int) -> Iterator[Stream]:
        with pipes.fed(content) as path:
            yield Stream(self._relation(path, part), f"n + {before}", part, before, header=0)

    def _relation(self, path: str, part: int) -> str:
        # Numbers of more digits than a float holds become text first. A line that is no JSON is the value of
        # every column, so that it is reported as it is.
        lines = (
            f"read_csv({quote_text(path)}, columns = {{'t': 'VARCHAR'}}, auto_detect = false, "
            f"header = false, delim = {quote_text(_NO_JSON_SIGN)}, quote = '', escape = '', "
            f"compression = 'none', nullstr = [''], max_line_size = {16 << 20}, "
            f"buffer_size = {32 << 20}, store_rejects = true, "
            f"rejects_table = 'rejects_{part}', rejects_scan = 'scans_{part}', rejects_limit = 0)"
        )
        exact = f"regexp_replace(t, {quote_text(_LONG_NUMBER)}, '\\1\"\\2\"\\3', 'g')"
        parsed = f"coalesce(TRY_CAST({exact} AS JSON), TRY_CAST(t AS JSON))"
        listed = ", ".join(quote_text(path) for path in self.paths.values())
        columns = ", ".join(
            f"CASE WHEN j IS NULL THEN left(t, 200) ELSE v[{i + 1}] END AS c{i}"
            for i in range(len(self.paths))
        )
        numbered = f"SELECT t, row_number() OVER () AS n FROM {lines}"
        return (
            f"(SELECT {columns}, n FROM (SELECT *, json_extract_string(j, [{listed}]) AS v FROM ("
            f"SELECT t, n, {parsed} AS j FROM ({numbered}) WHERE trim(t) <> '')))"
        )


def open_json(file: SourceFile, head: bytes, *, packed: bool, whole: Collection[str]) -> JsonRows:
    """Read which fields the first lines have; BadInput where it is no newline-delimited JSON.

    Fields in `whole` are taken as they are; of all other objects each field is a column of its own.
    """
    start = len(_BOM) if head.startswith(_BOM) else 0
    if head[start:].lstrip().startswith(b"["):
        raise BadInput(
            "This is one JSON array.",
            where=file.name,
            hint="Export newline-delimited JSON: one object a line.",
        )
    kept = {folded(name) for name in whole}
    found: dict[str, str] = {}
    for row in islice(_objects(head[start:]), _SAMPLE):
        found.update(_paths(row, "", "$", kept))
    if not found:
        raise BadInput(
            "Its first lines are no JSON objects.",
            where=file.name,
            hint="Export newline-delimited JSON: one object a line.",
        )
    return JsonRows(file, packed, found, start)


def _objects(head: bytes) -> Iterator[dict[str, Any]]:
    for line in head.splitlines():
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            yield row


def _paths(row: Mapping[str, Any], name: str, path: str, whole: Collection[str]) -> Iterator[tuple[str, str]]:
    for key, value in row.items():
        here, step = f"{name}.{key}" if name else key, f"{path}.{_step(key)}"
        if isinstance(value, dict) and folded(here) not in whole:
            yield from _paths(value, here, step, whole)
        elif value is not None:
            yield here, step


def _step(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _cut(path: Path, start: int, size: int, parts: int) -> list[tuple[int, int, int]]:
    """At most `parts` of similar length, each from a line's beginning: its bytes, and the lines before it."""
    cuts, at, lines = [(start, size, 0)], start, 0
    with path.open("rb") as file:
        file.seek(start)
        for i in range(1, parts):
            goal = start + (size - start) * i // parts
            while at < goal and (chunk := file.read(min(1 << 20, goal - at))):
                at, lines = at + len(chunk), lines + chunk.count(b"\n")
            rest = file.readline()
            at, lines = at + len(rest), lines + rest.count(b"\n")
            if at >= size:
                break
            cuts[-1] = (cuts[-1][0], at, cuts[-1][2])
            cuts.append((at, size, lines))
    return cuts
