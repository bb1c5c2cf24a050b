"""What reading a file leaves behind: Parquet not yet committed, and the records that are no rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from apportion.connectors import Form, Reading


@dataclass(frozen=True)
class Damaged:
    """A record that is no row at all: `line` counts records, the header being the first."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class Staged:
    """One Parquet file made from one stream.

    `shift` is what must be added to x_SourceLine because values ahead of the stream hold line ends; `damaged`
    are the records left out, by their own line numbers.
    """

    path: Path
    reading: Reading
    form: Form
    rows: int
    before: int
    shift: int = 0
    damaged: tuple[Damaged, ...] = ()


def parquet(reading: Reading | None = None) -> str:
    """How DuckDB is to write charges: each thread holds a row group in memory; wide rows get small ones."""
    rows = 40_960 if reading and reading.rows.in_order else 61_440
    return f"FORMAT parquet, ROW_GROUP_SIZE {rows}"


def with_shifts(parts: Sequence[Staged], rows: Sequence[int]) -> list[Staged]:
    """The parts of a file, of which each was made from so many rows, with the true numbers of their lines.

    Lines of later parts rest on counted line ends; they are put right where values hold some.
    """
    shifted, records = [], 0
    for part, count in zip(parts, rows, strict=True):
        shifted.append(replace(part, shift=records - part.before))
        records += count + len(part.damaged)
    return shifted
