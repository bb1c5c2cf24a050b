"""Brings bills, usage, customers and revenue into the ledger: whole or not at all, with a record of each."""

from apportion.ingestion.bills import ingest_bill
from apportion.ingestion.bringing import Bringing, Brought
from apportion.ingestion.examining import Finding, examine, examine_usage
from apportion.ingestion.history import KINDS, all_loads, load, loads, rejected, standing
from apportion.ingestion.identities import ingest_identities
from apportion.ingestion.limits import Limits
from apportion.ingestion.operations import OperationsUsage
from apportion.ingestion.records import LoadRecord
from apportion.ingestion.tables import ingest_customers, ingest_revenue, ingest_usage
from apportion.ingestion.usage import ingest_measure

__all__ = [
    "KINDS",
    "Bringing",
    "Brought",
    "Finding",
    "Limits",
    "LoadRecord",
    "OperationsUsage",
    "all_loads",
    "examine",
    "examine_usage",
    "ingest_bill",
    "ingest_customers",
    "ingest_identities",
    "ingest_measure",
    "ingest_revenue",
    "ingest_usage",
    "load",
    "loads",
    "rejected",
    "standing",
]
