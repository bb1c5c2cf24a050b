"""Operations as CSV: every column of the view, as `operations import` takes them back."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from apportion.ledger.schemas import OPERATIONS


class CsvRows:
    """One row for each operation; an empty cell is unknown, `dimensions` is a JSON object.

    Texts stay as they are, also those that a spreadsheet would run: a changed text would be another id.
    """

    media_type = "text/csv; charset=utf-8"
    ending = "csv"

    def head(self) -> str:
        """The names of the columns."""
        return ",".join(OPERATIONS) + "\n"

    def encode(self, records: Iterable[Mapping[str, Any]]) -> str:
        """One line for each, unless a text in it has several."""
        out = io.StringIO()
        write = csv.writer(out, lineterminator="\n").writerow
        for record in records:
            write([cell(record.get(name)) for name in OPERATIONS])
        return out.getvalue()


def cell(value: Any) -> str:
    """A value as text that loses nothing of it."""
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)
