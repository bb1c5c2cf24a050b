"""Connector `gcp`: Google Cloud's usage cost exports, standard and detailed, and Google's own FOCUS."""

from collections.abc import Sequence

import duckdb

from apportion.connectors.contract import Reading, Rows, SourceFile
from apportion.connectors.dialect import Dialect
from apportion.connectors.exports import ExportConnector
from apportion.connectors.gcp.billing import billing
from apportion.connectors.gcp.google_focus import google_focus
from apportion.connectors.leaves import ENDINGS, likest, open_leaves
from apportion.connectors.reading import read_rows
from apportion.core.errors import BadInput


class GcpConnector(ExportConnector):
    """Reads what was exported from BigQuery: Parquet, newline-delimited JSON or flattened CSV."""

    name = "gcp"
    endings = ENDINGS

    def read(self, files: Sequence[SourceFile], con: duckdb.DuckDBPyConnection) -> Sequence[Reading]:
        """See `BillConnector`."""
        return [_read(open_leaves(file, con, dialects()), con) for file in files]


def _read(rows: Rows, con: duckdb.DuckDBPyConnection) -> Reading:
    found = likest(dialects(), rows)
    if missing := found.missing([name for name, _ in rows.columns]):
        raise BadInput(
            f"This is no usage cost export that can be used: it lacks {', '.join(missing)}.",
            where=rows.file.name,
            hint="Export all columns of the table, as docs/guides/gcp.md shows.",
        )
    return read_rows(rows, found, con)


def dialects() -> Sequence[Dialect]:
    """The shapes of bill that this connector reads."""
    return (billing(), google_focus())
