"""Loads the usage of one measure through its connector: what is new, and again what may have changed."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apportion.connectors import SourceFile
from apportion.connectors.usage import Batch, UsageColumns, UsageConnector
from apportion.core.errors import NotFound
from apportion.core.periods import Window, next_month
from apportion.engine import connect, quote_ident, quote_text
from apportion.engine.statements import statement
from apportion.ingestion.history import standing
from apportion.ingestion.limits import Limits
from apportion.ingestion.records import LoadRecord
from apportion.ingestion.tables import Made, ingest_usage
from apportion.ledger import Ledger

Said = Callable[[str], None]
File = SourceFile | Path | str
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Known:
    """What the ledger has of a measure."""

    ledger: Ledger
    measure: str

    def files(self, month: str) -> list[str]:
        """The month's files."""
        return self.ledger.table("usage").files({"measure": self.measure, "period": month})

    def months(self, mark: str = "") -> list[str]:
        """Months with usage; with a `mark` those that were asked for in the same way."""
        found = standing(self.ledger, "usage").items()
        mine = f"usage {self.measure}"
        return sorted(p for (source, p), load in found if source == mine and mark in ("", load.offer))

    def loaded(self, mark: str = "") -> Window | None:
        """From the first to the last day that has usage."""
        months = self.months(mark)
        files = [file for month in {*months[:1], *months[-1:]} for file in self.files(month)]
        if not files:
            return None
        con = connect()
        try:
            first, last = con.execute(f"SELECT min(day), max(day) FROM {_parquet(files)}").fetchall()[0]
        finally:
            con.close()
        return Window(first, last + _DAY)


def ingest_measure(
    ledger: Ledger,
    measure: str,
    connector: UsageConnector,
    *,
    limits: Limits | None = None,
    said: Said = lambda _: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[LoadRecord]:
    """Make what the connector brings the usage of `measure`; one record a month that has any.

    Days that were not asked for stay as they are. The same answers again change nothing. Rows that cannot be
    used are rejected as data, as `ingest_usage` says. NotFound where the days asked for have no usage.
    """
    known = Known(ledger, measure)
    loaded = known.loaded(connector.mark) if connector.mark else None
    span = connector.span(loaded, now().astimezone(UTC).date())
    with tempfile.TemporaryDirectory(prefix="apportion-") as folder:
        batches = list(connector.fetch(span, Path(folder), said))
        if span and not batches:
            raise NotFound(
                f"There is no usage from {span.start} to {span.end - _DAY}.",
                where=connector.place,
                hint="It may begin later, or have been forgotten there; look at the measure's settings.",
            )
        gone = _gone(known, span, batches)
        return [
            record
            for batch in batches
            for record in ingest_usage(
                ledger,
                measure,
                _whole(known, batch, connector.columns, Path(folder)),
                connector.columns,
                limits=limits,
                now=now,
                connector=connector.name,
                made=Made(connector.mark, batch.within and _month(batch.within), (*batch.notes, *gone)),
            )
        ]


def _month(within: Window) -> Window:
    start = within.start.replace(day=1)
    return Window(start, next_month(start))


def _gone(known: Known, span: Window | None, batches: list[Batch]) -> tuple[str, ...]:
    """Notes on months that were asked for, have usage in the ledger, and none where it comes from."""
    if not span:
        return ()
    found = {f"{batch.within.start:%Y-%m}" for batch in batches if batch.within}
    asked = [m for m in known.months() if f"{span.start:%Y-%m}" <= m <= f"{span.end - _DAY:%Y-%m}"]
    return tuple(
        f"{month} has no usage there any more; what was loaded before stays."
        for month in asked
        if month not in found
    )


def _whole(known: Known, batch: Batch, columns: UsageColumns, folder: Path) -> Sequence[File]:
    """The batch's files, with what the ledger has of the other days of their month."""
    if batch.within is None or batch.whole:
        return batch.files
    before = known.files(f"{batch.within.start:%Y-%m}")
    return [
        _joined(file, before, batch.within, columns, folder / f"joined-{file.path.name}")
        for file in batch.files
        if isinstance(file, SourceFile)
    ]


def _joined(
    file: SourceFile, before: list[str], within: Window, columns: UsageColumns, path: Path
) -> SourceFile:
    """A file with the rows of both, in one order."""
    kept = statement(
        "apportion.ingestion",
        "kept",
        time=quote_ident(columns.time),
        quantity=quote_ident(columns.quantity),
        answers="".join(
            f", nullif(dimensions[{quote_text(d)}], '(none)') AS {quote_ident(column)}"
            for d, column in columns.dimensions.items()
        ),
        usage=_parquet(before),
        start=quote_text(str(within.start)),
        end=quote_text(str(within.end)),
    )
    new = f"SELECT * FROM read_csv({quote_text(str(file.path))}, all_varchar = true, header = true)"
    rows = f"{new} UNION ALL BY NAME {kept}" if before else new
    order = ", ".join(map(quote_ident, (columns.time, *columns.dimensions.values(), columns.quantity)))
    con = connect(memory_limit="1GB", threads=1)
    try:
        con.execute(f"COPY (FROM ({rows}) ORDER BY {order}) TO {quote_text(str(path))} (FORMAT csv, HEADER)")
    finally:
        con.close()
    return replace(file, path=path, size=path.stat().st_size)


def _parquet(files: Sequence[str]) -> str:
    return f"read_parquet([{', '.join(map(quote_text, files))}])"
