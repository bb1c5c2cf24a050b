"""The statement of a run: what came in, where it went, and that nothing is missing."""

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part
from apportion.analytics.statements import fetch


class ReconciliationRow(Part):
    """One source, period, currency and metric; charged = allocated + idle + unallocated."""

    perspective: str
    source: str
    billing_period: str
    currency: str
    metric: str
    charged: Amount
    allocated: Amount
    idle: Amount
    unallocated: Amount
    difference: Amount = Field(description="0, or the run would not stand.")
    rejected: Amount = Field(description="Cost in rows that could not be read; not part of charged.")
    rejected_rows: int


class Reconciliation(Part):
    """The statement of the run whose results stand."""

    run_id: str
    rows: list[ReconciliationRow]


def reconciliation(con: duckdb.DuckDBPyConnection, run_id: str) -> Reconciliation:
    """The statement's rows by perspective, source, period, currency and metric."""
    columns = ", ".join(ReconciliationRow.model_fields)
    order = "perspective, source, billing_period, currency, metric"
    found = fetch(con, f"SELECT {columns} FROM reconciliation ORDER BY {order}")
    return Reconciliation(run_id=run_id, rows=[ReconciliationRow.model_validate(row) for row in found])
