"""Brings bills, usage, customers and revenue into the ledger: atomically, idempotently, with a record of each."""

from apportion.ingestion.bills import ingest_bill
from apportion.ingestion.history import load, loads, rejected, standing
from apportion.ingestion.limits import Limits
from apportion.ingestion.records import LoadRecord

__all__ = ["Limits", "LoadRecord", "ingest_bill", "load", "loads", "rejected", "standing"]
