"""Loads the files of one source: all of a billing period at once, whole or not at all."""

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from apportion.connectors import BillConnector, Offer, SourceFile
from apportion.ingestion.limits import Limits
from apportion.ingestion.loading import Load, Progress
from apportion.ingestion.records import LoadRecord
from apportion.ledger import Ledger


def ingest_bill(
    ledger: Ledger,
    source: str,
    connector: BillConnector,
    files: Sequence[str | Path | SourceFile],
    *,
    offer: Offer | None = None,
    replace: bool = False,
    limits: Limits | None = None,
    progress: Progress | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[LoadRecord]:
    """Read all `files`, or what paths mean, and make them the content of their billing periods in `source`.

    One record for each period. The same files again change nothing and come back as 'unchanged'. BadInput
    where a file is no bill; OtherPeriods where it has rows of other periods than `offer` says; Refused where
    too much of it is broken, or, unless `replace`, where it would shrink a period beyond `limits`; Transient
    where another load of the period finished first. In each of these cases the ledger stays as it was.
    """
    started = now()
    load = Load(
        ledger=ledger,
        source=source,
        connector=connector,
        limits=limits or Limits(),
        progress=progress or (lambda _: None),
        load_id=f"{started:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        loaded_at=f"{started.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        offer=offer or Offer(""),
    )
    return load.run(files, replace=replace)
