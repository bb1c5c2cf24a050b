"""Usage, customers and revenue from outside: settings, and one contract for those that bring usage."""

from apportion.connectors.usage.settings import (
    AnyMeasure,
    AnyRows,
    Files,
    FilesMeasure,
    Measure,
    OpenCostMeasure,
    PrometheusMeasure,
    PushMeasure,
    SqlMeasure,
    SqlRows,
)

__all__ = [
    "AnyMeasure",
    "AnyRows",
    "Files",
    "FilesMeasure",
    "Measure",
    "OpenCostMeasure",
    "PrometheusMeasure",
    "PushMeasure",
    "SqlMeasure",
    "SqlRows",
]
