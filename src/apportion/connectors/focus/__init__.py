"""Connector `focus`: bills in FOCUS 1.0 to 1.4, as CSV or Parquet, with what real files do differently."""

from collections.abc import Sequence
from functools import cache

import duckdb

from apportion import focus
from apportion.connectors.contract import Reading, Rows, SourceFile
from apportion.connectors.dialect import Dialect, Given
from apportion.connectors.exports import ExportConnector
from apportion.connectors.reading import REQUIRED, BillReading, open_rows, read_rows
from apportion.connectors.recognise import hint
from apportion.core.errors import BadInput


class FocusConnector(ExportConnector):
    """Reads FOCUS bills."""

    name = "focus"

    def read(self, files: Sequence[SourceFile], con: duckdb.DuckDBPyConnection) -> list[Reading]:
        return [read_focus(open_rows(file, con), con) for file in files]


def read_focus(rows: Rows, con: duckdb.DuckDBPyConnection) -> BillReading:
    """The reading of rows in FOCUS's own columns; BadInput where required ones are missing."""
    headers = [name for name, _ in rows.columns]
    if len(dialect().positions(headers)) < 3:
        raise BadInput(
            "This is no FOCUS bill: its columns are not those of FOCUS.",
            where=rows.file.name,
            hint=hint(headers, "focus", "Give a FOCUS export as CSV or Parquet."),
        )
    if missing := dialect().missing(headers):
        raise BadInput(
            f"This bill lacks {', '.join(missing)}, without which its cost cannot be attributed.",
            where=rows.file.name,
            hint="Export it again with all FOCUS columns.",
        )
    return read_rows(rows, dialect(), con)


@cache
def dialect() -> Dialect:
    """FOCUS itself, and the two columns of ours that an export of ours adds to it."""
    columns = {
        c.name: Given(c.name, c.stored, c.name in REQUIRED, type=focus.sql_type(c), allowed=c.allowed)
        for c in focus.superset().values()
    }
    own = {"x_LineItemType": Given("x_LineItemType", "text"), "x_SourceCost": Given("x_SourceCost", "money")}
    return Dialect(
        "focus",
        "a FOCUS bill",
        {**columns, **own},
        period='"BillingPeriodStart"',
        currency='"BillingCurrency"',
        account='"SubAccountId"',
        kind='"ChargeCategory"',
        amount='"BilledCost"',
    )
