"""The raw rows of a CSV file, packed or not, every value as text."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from apportion.connectors import pipes
from apportion.connectors.contract import SourceFile, Stream
from apportion.connectors.records import Layout, Part, cut, layout
from apportion.core.errors import BadInput
from apportion.engine import quote_text

NULL_WORDS = ("NULL", "null", "\\N")
_PART = 32 << 20


@dataclass(frozen=True)
class CsvRows:
    """A CSV file whose header has been read; the columns are c0, c1, … of type VARCHAR."""

    file: SourceFile
    packed: bool
    layout: Layout

    @property
    def in_order(self) -> bool:
        return True

    @property
    def columns(self) -> Sequence[tuple[str, str]]:
        return [(name, "VARCHAR") for name in self.layout.names]

    def streams(self, parts: int, *, nulls: bool) -> Sequence[AbstractContextManager[Stream]]:
        if self.packed:
            content = pipes.unpacked_bytes(self.file.path, self.file.name, self.layout.start)
            return [self._stream(content, 0, 0, nulls=nulls)]
        return [
            self._stream(pipes.plain_bytes(self.file.path, p.start, p.end), i, p.before, nulls=nulls)
            for i, p in enumerate(self._cut(parts))
        ]

    def _cut(self, parts: int) -> list[Part]:
        size = self.file.path.stat().st_size
        return cut(self.file.path, self.layout.start, size, max(1, min(parts, size // _PART)))

    @contextmanager
    def _stream(self, content: pipes.Content, part: int, before: int, *, nulls: bool) -> Iterator[Stream]:
        with pipes.fed(content) as path:
            line = f"row_number() OVER () + {before + 1}"
            yield Stream(self._relation(path, part, nulls=nulls), line, part, before)

    def _relation(self, path: str, part: int, *, nulls: bool) -> str:
        words = ["", *NULL_WORDS] if nulls else [""]
        columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(self.layout.names)))
        return (
            f"read_csv({quote_text(path)}, columns = {{{columns}}}, auto_detect = false, header = false, "
            f"delim = {quote_text(self.layout.delimiter)}, quote = '\"', escape = '\"', "
            "compression = 'none', "
            f"nullstr = [{', '.join(map(quote_text, words))}], max_line_size = {16 << 20}, "
            f"buffer_size = {32 << 20}, "
            f"store_rejects = true, rejects_table = 'rejects_{part}', rejects_scan = 'scans_{part}', "
            "rejects_limit = 0)"
        )


def open_csv(file: SourceFile, head: bytes, *, packed: bool) -> CsvRows:
    """Read the header of a CSV file that begins with `head`."""
    found = layout(head, file.name)
    if len(found.names) < 2:
        raise BadInput(
            "This is no table: its first line is one value.",
            where=file.name,
            hint="Give a CSV with a header.",
        )
    return CsvRows(file, packed, found)
