"""Brings files in: finds them, reads any of their dialects, and says as SQL how rows become facts."""

import inspect
from collections.abc import Mapping
from typing import Any

from apportion.connectors.anthropic import AnthropicConnector
from apportion.connectors.aws import AwsConnector
from apportion.connectors.aws.cost_explorer import CostExplorerConnector
from apportion.connectors.azure import AzureConnector
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
from apportion.connectors.exports import ExportConnector, everything
from apportion.connectors.files import Field, TableReading, read_table
from apportion.connectors.focus import FocusConnector
from apportion.connectors.gcp import GcpConnector
from apportion.connectors.gcp.bigquery import BigQueryConnector
from apportion.connectors.mapped import MappedConnector
from apportion.connectors.openai import OpenAiConnector
from apportion.connectors.oracle import OracleConnector
from apportion.connectors.paths import find_files
from apportion.core.errors import BadInput

__all__ = [
    "BILL_CONNECTORS",
    "BROKEN",
    "ODD",
    "WITHOUT_LOCATION",
    "BillConnector",
    "ExportConnector",
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
    "everything",
    "find_files",
    "read_table",
    "settings_of",
]


_BILLS: Mapping[str, type[BillConnector]] = {
    "anthropic": AnthropicConnector,
    "aws": AwsConnector,
    "aws-cost-explorer": CostExplorerConnector,
    "azure": AzureConnector,
    "focus": FocusConnector,
    "gcp": GcpConnector,
    "openai": OpenAiConnector,
    "oracle": OracleConnector,
    "gcp-bigquery": BigQueryConnector,
    "mapped": MappedConnector,
}

BILL_CONNECTORS = tuple(_BILLS)
"""Names of the connectors for bills."""

WITHOUT_LOCATION = frozenset({"anthropic", "aws-cost-explorer", "openai"})
"""Those that need not be told where the bills are."""


def bill_connector(name: str, settings: Mapping[str, Any] | None = None) -> BillConnector:
    """The connector of that name with a source's settings; BadInput where it, or one of them, is unknown."""
    if name not in _BILLS:
        usage = "What it measures is usage: name it under 'measures'." if name == "opencost" else ""
        hint = usage or f"Known: {', '.join(_BILLS)}."
        raise BadInput(f"There is no connector '{name}' for bills.", hint=hint)
    known = settings_of(name)
    if unknown := [key for key in settings or {} if key not in known]:
        raise BadInput(
            f"connector '{name}' has no setting {', '.join(map(repr, unknown))}.",
            hint=f"It has: {', '.join(known) or 'none of its own'}.",
        )
    return _BILLS[name](**(settings or {}))


def settings_of(name: str) -> list[str]:
    """The settings that a connector's sources may have besides location and access."""
    return [p for p in inspect.signature(_BILLS[name]).parameters if p not in ("args", "kwargs")]
