"""From a measure's settings to the connector that brings its usage."""

# Imported when they are needed: some take long, and some need an extra.
# ruff: noqa: PLC0415

from pathlib import Path

from apportion.connectors.usage.contract import UsageConnector
from apportion.connectors.usage.settings import (
    AnyMeasure,
    FilesMeasure,
    OpenCostMeasure,
    PrometheusMeasure,
    SqlMeasure,
)
from apportion.core.errors import BadInput


def usage_connector(measure: AnyMeasure, directory: Path) -> UsageConnector:
    """The connector of a measure whose paths are relative to `directory`; BadInput for `push`."""
    if isinstance(measure, FilesMeasure):
        from apportion.connectors.usage.files import FilesUsage

        return FilesUsage(measure, directory)
    if isinstance(measure, OpenCostMeasure):
        from apportion.connectors.opencost.usage import OpenCostUsage

        return OpenCostUsage(measure, directory)
    if isinstance(measure, SqlMeasure):
        from apportion.connectors.sql.usage import SqlUsage

        return SqlUsage(measure, directory)
    if isinstance(measure, PrometheusMeasure):
        from apportion.connectors.prometheus.usage import PrometheusUsage

        return PrometheusUsage(measure, directory)
    raise BadInput(
        "Usage of this measure is pushed; there is nothing to fetch.",
        where=measure.connector,
        hint="Send it with POST /api/v1/usage.",
    )
