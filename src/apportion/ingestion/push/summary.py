"""All batches of one measure and month as one load, so that people see what came and not how often."""

from collections import defaultdict

import pyarrow.parquet as pq

from apportion.ingestion.push.files import Note, level_of, load_id, note_of
from apportion.ingestion.records import LoadRecord, Reject
from apportion.ledger import Ledger


def push_loads(ledger: Ledger, samples: int = 100) -> list[LoadRecord]:
    """A record for each measure and month that rows were pushed to; of rejected rows the newest samples."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in ledger.table("usage").files():
        if level_of(path) is not None:
            measure, period = (part.partition("=")[2] for part in path.split("/")[-3:-1])
            groups[measure, period].append(path)
    return [_record(*place, files, samples) for place, files in sorted(groups.items())]


def _record(measure: str, period: str, files: list[str], samples: int) -> LoadRecord:
    notes = [note_of(path) for path in files]
    first, last = min(n.first_at for n in notes), max(n.last_at for n in notes)
    pushes = sum(n.pushes for n in notes)
    rows = sum(pq.read_metadata(path).num_rows for path in files)
    times = "batch was" if pushes == 1 else "batches were"
    return LoadRecord(
        load_id=load_id(measure, period),
        source=f"usage {measure}",
        connector="push",
        billing_period=period,
        loaded_at=last,
        status="loaded",
        focus_version="",
        fingerprint="",
        periods=(period,),
        sources=(),
        rows=rows,
        rejected_rows=sum(n.rejected for n in notes),
        rejects=tuple(_rejects(notes, period, samples)),
        notes=(f"{pushes:,} {times} pushed from {first} to {last}",),
    )


def _rejects(notes: list[Note], period: str, samples: int) -> list[Reject]:
    """The newest rejected rows of batches that had most of their rows in this month."""
    receipts = {n.receipt.push_id: n.receipt for note in notes for n in note.keys.values()}
    found: list[Reject] = []
    for receipt in sorted(receipts.values(), key=lambda r: r.received_at, reverse=True):
        if receipt.errors and max(receipt.periods, key=lambda p: receipt.periods[p]) == period:
            name = f"push {receipt.push_id}"
            found += [Reject(name, e.index + 1, e.field, e.value, e.reason) for e in receipt.errors]
    return found[:samples]
