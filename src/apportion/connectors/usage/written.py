"""Writes usage that came as answers to questions as the CSV file of one month."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apportion.connectors.contract import SourceFile
from apportion.connectors.usage.contract import UsageColumns


@dataclass(frozen=True)
class Shares:
    """A quantity of one moment, as text, as it came where it is no number; `by` answers each dimension."""

    time: str
    quantity: str
    by: tuple[str, ...]


def columns_of(dimensions: Iterable[str]) -> UsageColumns:
    """The columns of the files that `written` makes."""
    return UsageColumns("time", "quantity", {d: f"by {d}" for d in dimensions})


def in_order(rows: Iterable[Shares]) -> list[Shares]:
    """The rows in one order, whatever the order they came in."""
    return sorted(rows, key=lambda row: (row.time, row.by, row.quantity))


@dataclass
class Written:
    """A file under way, and how many rows it has."""

    path: Path
    name: str
    _writer: Any = field(repr=False)
    rows: int = 0

    def add(self, rows: Sequence[Shares]) -> None:
        """Append rows as they are."""
        self._writer.writerows([row.time, row.quantity, *row.by] for row in rows)
        self.rows += len(rows)

    @property
    def file(self) -> SourceFile:
        """The file, once it is closed."""
        return SourceFile(self.path, self.name, self.path.stat().st_size)


@contextmanager
def written(path: Path, name: str, columns: UsageColumns) -> Iterator[Written]:
    """A new file at `path`, called `name` to people."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([columns.time, columns.quantity, *columns.dimensions.values()])
        yield Written(path, name, writer)
