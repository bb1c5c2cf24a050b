"""Brings files in: finds them, reads any of their dialects, and says as SQL how rows become facts."""

from apportion.connectors.contract import (
    BROKEN,
    ODD,
    BillConnector,
    Flag,
    Form,
    Origin,
    Reading,
    Rows,
    SourceFile,
)
from apportion.connectors.files import Field, TableReading, read_table
from apportion.connectors.focus_bill import FocusConnector
from apportion.connectors.paths import find_files
from apportion.core.errors import BadInput

__all__ = [
    "BROKEN",
    "ODD",
    "BillConnector",
    "Field",
    "Flag",
    "FocusConnector",
    "Form",
    "Origin",
    "Reading",
    "Rows",
    "SourceFile",
    "TableReading",
    "bill_connector",
    "find_files",
    "read_table",
]


def bill_connector(name: str) -> BillConnector:
    """The connector of that name; BadInput where there is none."""
    known: dict[str, BillConnector] = {"focus": FocusConnector()}
    if name not in known:
        raise BadInput(f"There is no connector '{name}' for bills.", hint=f"Known: {', '.join(known)}.")
    return known[name]
