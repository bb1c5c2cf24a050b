"""Merges the many small files that batches leave, and forgets keys that are old."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

from deltalake import Schema

from apportion.core.errors import Transient
from apportion.engine import connect, quote_text
from apportion.ingestion.push.files import NOTE, Note, discard, level_of, merged_name, note_of, sync
from apportion.ingestion.push.known import Known
from apportion.ledger import Slice, Table

MANY = 64
"""So many files of one level and month become one of the next."""

LARGE = 64 * 1024 * 1024
"""A file of so many bytes is left as it is."""

KEPT = timedelta(days=7)
"""A key is known for so long at least."""


def merge_due(
    table: Table,
    locked: Callable[[], AbstractContextManager[None]],
    known: Known,
    schema: Schema,
    fence: str,
    now: datetime,
) -> int:
    """Merge until no month has MANY small files of one level; returns how many merges were made."""
    made = 0
    while True:
        with locked():
            known.follow()
            due = _due(known.files())
        if not due or not _merge(table, locked, known, schema, fence, now, due):
            return made
        made += 1


def _due(files: Sequence[str]) -> list[str]:
    groups: dict[tuple[str, int], list[str]] = defaultdict(list)
    for path in files:
        level = level_of(path)
        if level is not None and (level == 0 or Path(path).stat().st_size < LARGE):
            groups[str(Path(path).parent), level].append(path)
    return next((sorted(group) for group in groups.values() if len(group) >= MANY), [])


def _merge(
    table: Table,
    locked: Callable[[], AbstractContextManager[None]],
    known: Known,
    schema: Schema,
    fence: str,
    now: datetime,
    files: Sequence[str],
) -> bool:
    """Write one file in the place of several, without the lock; commit it unless another was faster."""
    folder = Path(files[0]).parent
    partition = dict(part.partition("=")[::2] for part in folder.relative_to(table.directory.resolve()).parts)
    made = folder / merged_name((level_of(files[0]) or 0) + 1)
    _write(made, files, _note([note_of(path) for path in files], now))
    try:
        with locked():
            seen = known.follow_made(schema)
            if not set(files) <= set(known.files()):
                made.unlink()  # another process was faster
                return False
            table.append(
                seen,
                [Slice(partition, [made])],
                schema=schema,
                record={"kind": "merge", "files": len(files)},
                fence=fence,
                instead_of=[Slice(partition, [Path(f) for f in files])],
            )
    except Transient:
        discard(table, [made])
        return False
    return True


def _write(made: Path, files: Sequence[str], note: Note) -> None:
    listed = ", ".join(quote_text(f) for f in files)
    rows = f"FROM read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"
    written = f"FORMAT parquet, KV_METADATA {{{NOTE}: {quote_text(note.to_json())}}}"
    con = connect(memory_limit="1GB", temp=made.parent.parent.parent / "_staged")
    try:
        con.execute(f"COPY ({rows}) TO {quote_text(str(made))} ({written})")
    finally:
        con.close()
    sync(made)
    sync(made.parent)


def _note(notes: Sequence[Note], now: datetime) -> Note:
    oldest = f"{now - KEPT:%Y-%m-%dT%H:%M:%SZ}"
    keys = {
        k: noted for note in notes for k, noted in note.keys.items() if noted.receipt.received_at >= oldest
    }
    return Note(
        pushes=sum(n.pushes for n in notes),
        rejected=sum(n.rejected for n in notes),
        first_at=min(n.first_at for n in notes),
        last_at=max(n.last_at for n in notes),
        keys=keys,
    )
