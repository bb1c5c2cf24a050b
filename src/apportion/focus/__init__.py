"""The FOCUS cost and usage schema, versions 1.0 to 1.4: one table that code, docs and checks read."""

from apportion.focus.columns import METRICS, VERSIONS, Column, column, columns_of, superset
from apportion.focus.detect import canonical_name, detect_version
from apportion.focus.storage import OWN_COLUMNS, SQL_TYPES, charge_columns, sql_type

__all__ = [
    "METRICS",
    "OWN_COLUMNS",
    "SQL_TYPES",
    "VERSIONS",
    "Column",
    "canonical_name",
    "charge_columns",
    "column",
    "columns_of",
    "detect_version",
    "sql_type",
    "superset",
]
