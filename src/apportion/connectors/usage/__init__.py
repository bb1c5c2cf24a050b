"""Usage, customers and revenue from outside: settings, and one contract for those that bring usage."""

from apportion.connectors.usage.contract import Batch, UsageColumns, UsageConnector
from apportion.connectors.usage.opening import usage_connector
from apportion.connectors.usage.settings import (
    AnyMeasure,
    AnyRows,
    Files,
    FilesMeasure,
    Measure,
    OpenCostMeasure,
    OperationsMeasure,
    PrometheusMeasure,
    PushMeasure,
    SqlMeasure,
    SqlRows,
)
from apportion.connectors.usage.written import Shares, columns_of, written

__all__ = [
    "AnyMeasure",
    "AnyRows",
    "Batch",
    "Files",
    "FilesMeasure",
    "Measure",
    "OpenCostMeasure",
    "OperationsMeasure",
    "PrometheusMeasure",
    "PushMeasure",
    "Shares",
    "SqlMeasure",
    "SqlRows",
    "UsageColumns",
    "UsageConnector",
    "columns_of",
    "usage_connector",
    "written",
]
