"""Connector `focus`: bills in FOCUS 1.0 to 1.4, as CSV or Parquet, with what real files do differently."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import duckdb

from apportion import focus
from apportion.connectors.contract import Reading, Rows, SourceFile
from apportion.connectors.dialect import Dialect, Given
from apportion.connectors.exports import ExportConnector
from apportion.connectors.habits import Habits
from apportion.connectors.judging import REQUIRED
from apportion.connectors.reading import BillReading, open_rows, read_rows
from apportion.connectors.recognise import hint
from apportion.core.errors import BadInput

_WRITTEN_FOR_PEOPLE = re.compile(r"\s*[+-]?[$€£¥]\s?[0-9]|\s*[+-]?[0-9]{1,3}(,[0-9]{3})+[.][0-9]")


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
    return _for_people(read_rows(rows, dialect(), con))


def _for_people(reading: BillReading) -> BillReading:
    """FOCUS has plain numbers; a bill that went through a spreadsheet may have '$1,234.50 ' all the same.

    It is read so where at least half of a column are written so: a single one is a fault.
    """
    if not any(_mostly_for_people(reading, given) for given in dialect().columns.values()):
        return reading
    remark = (
        f"{reading.rows.file.name}: currency signs and commas between thousands were taken out of numbers."
    )
    return replace(reading, habits=Habits(), remarks=(*reading.remarks, remark))


def _mostly_for_people(reading: BillReading, given: Given) -> bool:
    if given.stored not in ("money", "number"):
        return False
    values = [row[given.name] for row in reading.sample if row.get(given.name)]
    return sum(bool(_WRITTEN_FOR_PEOPLE.match(value)) for value in values) * 2 >= len(values) > 0


@cache
def dialect() -> Dialect:
    """FOCUS itself, and the columns that an export of ours adds to it."""
    columns = {
        c.name: Given(c.name, c.stored, c.name in REQUIRED, type=focus.sql_type(c), allowed=c.allowed)
        for c in focus.superset().values()
    }
    own = {
        "x_LineItemType": Given("x_LineItemType", "text"),
        "x_SourceCost": Given("x_SourceCost", "money"),
    }
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
