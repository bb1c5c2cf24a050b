"""Usage that is sent row by row: checked, kept at once and for good, each batch counted once."""

from apportion.ingestion.push.batch import Expected
from apportion.ingestion.push.inbox import MOST_BYTES, Inbox
from apportion.ingestion.push.receipt import BadRows, Receipt, RowError
from apportion.ingestion.push.summary import push_loads

__all__ = ["MOST_BYTES", "BadRows", "Expected", "Inbox", "Receipt", "RowError", "push_loads"]
