"""Brings files in: finds them, reads any of their dialects, and says as SQL how rows become facts."""

from collections.abc import Mapping
from typing import Any

from apportion.connectors.aws import AwsConnector
from apportion.connectors.contract import (
    BROKEN,
    ODD,
    BillConnector,
    Flag,
    Form,
    Offer,
    Origin,
    Place,
    Reading,
    Rows,
    SourceFile,
)
from apportion.connectors.files import Field, TableReading, read_table
from apportion.connectors.focus import FocusConnector
from apportion.connectors.paths import find_files
from apportion.core.errors import BadInput

__all__ = [
    "BILL_CONNECTORS",
    "BROKEN",
    "ODD",
    "BillConnector",
    "Field",
    "Flag",
    "FocusConnector",
    "Form",
    "Offer",
    "Origin",
    "Place",
    "Reading",
    "Rows",
    "SourceFile",
    "TableReading",
    "bill_connector",
    "find_files",
    "read_table",
]


_BILLS: Mapping[str, type[BillConnector]] = {"aws": AwsConnector, "focus": FocusConnector}

BILL_CONNECTORS = tuple(_BILLS)
"""Names of the connectors for bills."""


def bill_connector(name: str, settings: Mapping[str, Any] | None = None) -> BillConnector:
    """The connector of that name with a source's own settings; BadInput where there is none."""
    if name not in _BILLS:
        raise BadInput(f"There is no connector '{name}' for bills.", hint=f"Known: {', '.join(_BILLS)}.")
    return _BILLS[name](**(settings or {}))
