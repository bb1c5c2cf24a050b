"""Facts as Delta tables: atomic replacement of partitions, and snapshots that belong together."""

from apportion.ledger.ledger import Ledger
from apportion.ledger.runs import RunRecord
from apportion.ledger.select import run_select
from apportion.ledger.snapshot import Snapshot
from apportion.ledger.table import Slice, Table

__all__ = ["Ledger", "RunRecord", "Slice", "Snapshot", "Table", "run_select"]
