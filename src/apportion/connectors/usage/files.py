"""Connector `files` for usage: CSV and Parquet as they are, the whole usage of the months they hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from apportion.connectors.paths import find_files
from apportion.connectors.stores import Said
from apportion.connectors.usage.contract import Batch, UsageColumns
from apportion.connectors.usage.settings import FilesMeasure
from apportion.core.periods import Window


@dataclass(frozen=True)
class FilesUsage:
    """See `UsageConnector`."""

    settings: FilesMeasure
    directory: Path
    name: str = "files"
    mark: str = ""

    @property
    def place(self) -> str:
        return self.settings.location

    @property
    def columns(self) -> UsageColumns:
        given = self.settings
        return UsageColumns(given.time, given.quantity, given.dimensions, given.unit_column, given.unit)

    def span(self, loaded: Window | None, today: date) -> None:  # noqa: ARG002
        """Files are always everything."""
        return

    def fetch(self, span: Window | None, folder: Path, said: Said) -> Iterator[Batch]:  # noqa: ARG002
        yield Batch([self._path])

    def check(self, today: date) -> str:  # noqa: ARG002
        found = find_files([self._path])
        return f"{len(found)} files, {sum(file.size for file in found):,} bytes"

    @property
    def _path(self) -> str:
        location = self.settings.location
        return location if "://" in location else str(self.directory / location)
