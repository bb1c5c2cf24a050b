"""Takes batches of usage: each one commit, each key once, whoever sends it again or at the same time."""

import fcntl
import hashlib
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from deltalake import DeltaTable

from apportion.core.errors import BadInput, Refused, Transient
from apportion.ingestion.push.batch import Batch, Expected, Part, check, read_batch
from apportion.ingestion.push.files import Note, Noted, discard, fresh_name, sync, write_part
from apportion.ingestion.push.known import Known
from apportion.ingestion.push.merging import merge_due
from apportion.ingestion.push.receipt import SAMPLES, BadRows, Receipt, RowError
from apportion.ledger import Ledger, Slice
from apportion.ledger.schemas import USAGE, delta_schema

MOST_BYTES = 16 * 1024 * 1024
"""A body may be so large: 10,000 rows of 1,600 bytes."""

FENCE = "push"
_TRIES = 5
_LONGEST_KEY = 200


class Inbox:
    """Where pushed usage of a ledger comes in. Safe to use from threads and from several processes.

    `expected` says what rows of a measure must have, and raises NotFound or BadInput for one that cannot be
    pushed.
    """

    def __init__(
        self,
        ledger: Ledger,
        expected: Callable[[str], Expected],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._table = ledger.table("usage")
        self._expected = expected
        self._now = now
        self._schema = delta_schema(USAGE)
        self._known = Known(self._table)
        self._merging = threading.Lock()

    def receive(self, key: str, body: bytes) -> tuple[Receipt, bool]:
        """Keep the usable rows of a batch, and say what became of each; whether the key was known before.

        What is returned is on the disk. Raises BadInput for what is no batch, BadRows where no row is kept,
        Refused where the key came with another body before.
        """
        if not 0 < len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable():
            raise BadInput(
                f"A key has 1 to {_LONGEST_KEY} printable ASCII characters.",
                where="Idempotency-Key",
                hint="Send a UUID, or a name of the batch such as requests-2026-09-01T13.",
            )
        marks = _mark(key.encode())[:32], _mark(body)[:16]
        with self._locked():
            self._known.follow()
            if before := self._before(*marks):
                return before, True
        batch = read_batch(body)
        now = self._now()
        parts, errors = check(batch, self._expected(batch.measure), now)
        if not parts or (batch.whole and errors):
            raise _nothing_kept(batch, errors)
        receipt = _receipt(batch, parts, errors, now)
        for left in reversed(range(_TRIES)):
            try:
                with self._locked():
                    seen = self._known.follow_made(self._schema)
                    if before := self._before(*marks):
                        return before, True
                    self._commit(seen, key, marks, parts, receipt)
                    return receipt, False
            except Transient:
                if not left:
                    raise
        raise AssertionError

    def tidy(self) -> int:
        """Merge small files where there are many; returns how many merges were made."""
        if not self._merging.acquire(blocking=False):
            return 0  # another thread is at it
        try:
            return merge_due(self._table, self._locked, self._known, self._schema, FENCE, self._now())
        finally:
            self._merging.release()

    def _before(self, key: str, body: str) -> Receipt | None:
        found = self._known.find(key)
        if found is None:
            return None
        if found.body != body:
            raise Refused(
                "This key came with another body before.",
                where="Idempotency-Key",
                hint="A new batch needs a new key; the same batch again has to be the same to the byte.",
            )
        return found.receipt

    def _commit(
        self,
        seen: DeltaTable,
        key: str,
        marks: tuple[str, str],
        parts: dict[str, Part],
        receipt: Receipt,
    ) -> None:
        """Write and commit what the table, as it was `seen`, does not know yet."""
        slices: list[Slice] = []
        largest = max(parts, key=lambda period: len(parts[period].lines))
        try:
            for period, part in parts.items():
                partition = {"measure": receipt.measure, "period": period}
                path = self._table.partition_directory(partition) / fresh_name(*marks)
                slices.append(Slice(partition, [path]))
                rejected = receipt.rejected if period == largest else 0
                at = receipt.received_at
                note = Note(1, rejected, at, at, {marks[0]: Noted(marks[1], receipt)})
                write_part(path, receipt.measure, period, part, f"push {key}", note)
                sync(path.parent)
            record = {"kind": "push", "push_id": receipt.push_id, "periods": dict(receipt.periods)}
            version = self._table.append(seen, slices, schema=self._schema, record=record, fence=FENCE)
        except BaseException:
            discard(self._table, [path for one in slices for path in one.files])
            raise
        log = self._table.directory / "_delta_log"
        sync(log / f"{version:020d}.json")
        sync(log)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One at a time in all threads and processes of the machine; the commit's fence guards the rest."""
        self._table.directory.mkdir(parents=True, exist_ok=True)
        with Path(self._table.directory / "_push.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _receipt(batch: Batch, parts: dict[str, Part], errors: list[RowError], now: datetime) -> Receipt:
    periods = {period: len(parts[period].lines) for period in sorted(parts)}
    return Receipt(
        push_id=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}",
        measure=batch.measure,
        received_at=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        accepted=sum(periods.values()),
        rejected=len(errors),
        periods=periods,
        rejected_rows=tuple(e.index for e in errors),
        errors=tuple(errors[:SAMPLES]),
    )


def _nothing_kept(batch: Batch, errors: list[RowError]) -> BadRows:
    first = errors[0]
    why = f"row {first.index}: {first.field or 'the row'} {first.value!r} is {first.reason}"
    if batch.whole:
        message = f"{len(errors):,} of {len(batch.rows):,} rows cannot be used; the first, {why}."
        return BadRows(message, errors[:SAMPLES], hint="No row was kept, as the batch asked. Correct it.")
    message = f"None of the {len(batch.rows):,} rows can be used; the first, {why}."
    return BadRows(message, errors[:SAMPLES], hint="No row was kept. Correct them and send them again.")
