"""Connector `gcp`: Google Cloud's usage cost exports, standard and detailed, and Google's own FOCUS."""

from collections.abc import Sequence

import duckdb

from apportion.connectors.contract import Reading, Rows, SourceFile
from apportion.connectors.dialect import Dialect
from apportion.connectors.exports import ExportConnector
from apportion.connectors.gcp.billing import PACKAGE, billing
from apportion.connectors.gcp.google_focus import google_focus
from apportion.connectors.leaves import ENDINGS, likest, open_leaves
from apportion.connectors.reading import read_rows
from apportion.core.errors import BadInput
from apportion.engine import quote_text, statement


class GcpConnector(ExportConnector):
    """Reads what was exported from BigQuery: Parquet, newline-delimited JSON or flattened CSV."""

    name = "gcp"
    endings = ENDINGS

    def read(self, files: Sequence[SourceFile], con: duckdb.DuckDBPyConnection) -> Sequence[Reading]:
        """See `BillConnector`."""
        return [_read(open_leaves(file, con, dialects()), con) for file in files]

    def settle(self, con: duckdb.DuckDBPyConnection, charges: str) -> str | None:
        """See `BillConnector`: whether an account shares out the fees of its commitments, a period tells."""
        unshared = con.execute(statement(PACKAGE, "unshared", charges=charges)).fetchall()
        discounted = (
            f"SELECT 1 FROM {charges} WHERE contains(x_Columns['credits'], 'DISCOUNT_DOLLAR_BASE') LIMIT 1"
        )
        if not unshared or con.execute(discounted).fetchone() is None:
            return None
        listed = ", ".join(quote_text(commitment) for (commitment,) in unshared)
        return statement(PACKAGE, "shared", charges=charges, commitments=listed)


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
