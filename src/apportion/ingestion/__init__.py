"""Brings bills, usage, customers and revenue into the ledger: whole or not at all, with a record of each."""

from apportion.ingestion.allocations import Cluster, ingest_allocations
from apportion.ingestion.bills import ingest_bill
from apportion.ingestion.bringing import Bringing, Brought
from apportion.ingestion.examining import Finding, examine
from apportion.ingestion.history import KINDS, all_loads, load, loads, rejected, standing
from apportion.ingestion.limits import Limits
from apportion.ingestion.records import LoadRecord
from apportion.ingestion.tables import UsageColumns, ingest_customers, ingest_revenue, ingest_usage

__all__ = [
    "KINDS",
    "Bringing",
    "Brought",
    "Cluster",
    "Finding",
    "Limits",
    "LoadRecord",
    "UsageColumns",
    "all_loads",
    "examine",
    "ingest_allocations",
    "ingest_bill",
    "ingest_customers",
    "ingest_revenue",
    "ingest_usage",
    "load",
    "loads",
    "rejected",
    "standing",
]
