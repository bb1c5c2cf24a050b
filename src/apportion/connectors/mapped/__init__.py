"""Connector `mapped`: any other bill, whose columns the settings name."""

import hashlib
from collections.abc import Sequence
from typing import Any

import duckdb

from apportion.connectors.contract import Reading, Rows, SourceFile
from apportion.connectors.exports import ExportConnector
from apportion.connectors.leaves import ENDINGS, open_leaves
from apportion.connectors.mapped.meaning import dialect
from apportion.connectors.mapped.settings import checked
from apportion.connectors.reading import read_rows
from apportion.core.errors import BadInput


class MappedConnector(ExportConnector):
    """Reads CSV, Parquet and newline-delimited JSON as its settings say; see `settings.Settings`."""

    name = "mapped"
    endings = ENDINGS

    def __init__(
        self,
        columns: Any = None,
        values: Any = None,
        tags: Any = (),
        lasts: Any = "day",
        inclusive_end: Any = False,
        skip: Any = None,
    ) -> None:
        self._settings = checked(columns or {}, values or {}, tags, lasts, inclusive_end, skip or {})
        self._dialect = dialect(self._settings)

    @property
    def signature(self) -> str:
        """See `BillConnector`: other settings read the same file anew."""
        return f"{super().signature} {hashlib.sha256(repr(self._settings).encode()).hexdigest()[:16]}"

    def read(self, files: Sequence[SourceFile], con: duckdb.DuckDBPyConnection) -> Sequence[Reading]:
        """See `BillConnector`."""
        return [self._read(open_leaves(file, con, [self._dialect]), con) for file in files]

    def _read(self, rows: Rows, con: duckdb.DuckDBPyConnection) -> Reading:
        headers = [name for name, _ in rows.columns]
        if missing := self._missing(headers):
            raise BadInput(
                f"There is no column {', '.join(map(repr, missing))} (it has {', '.join(headers)}).",
                where=rows.file.name,
                hint="Name the right columns in apportion.yaml.",
            )
        return read_rows(rows, self._dialect, con)

    def _missing(self, headers: Sequence[str]) -> list[str]:
        """Columns that have to be there: required ones, and all where none of them is."""
        if not self._dialect.positions(headers):
            return list(self._dialect.columns)
        return self._dialect.missing(headers)
