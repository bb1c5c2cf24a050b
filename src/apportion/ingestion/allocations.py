"""Loads what OpenCost says of a cluster as usage: files whole, an API by the days that are new."""

import csv
import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from apportion.connectors import SourceFile
from apportion.connectors.opencost import ENDINGS, AllocationApi, Shares, Wanted, read_allocations
from apportion.connectors.stores import Patience, open_store
from apportion.core.errors import BadInput, NotFound
from apportion.engine import connect, quote_text
from apportion.ingestion.history import standing
from apportion.ingestion.limits import Limits
from apportion.ingestion.records import LoadRecord
from apportion.ingestion.tables import UsageColumns, ingest_usage
from apportion.ledger import Ledger

AGAIN = 2
"""So many of the last days loaded are asked for anew: late samples change them."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cluster:
    """Where allocations come from, and what is taken of them.

    `location` is an address of the API, or a path of its answers or CSV exports, relative to `directory`.
    `days`: how many are asked for the first time. `step`: `1d` or `1h`.
    """

    location: str
    wanted: Wanted
    days: int = 14
    step: str = "1d"
    directory: Path = Path()
    patience: Patience = field(default_factory=Patience)

    @property
    def has_api(self) -> bool:
        return self.location.lower().startswith(("http://", "https://"))

    @property
    def mark(self) -> str:
        """Changes whenever the same days would be asked for differently."""
        text = f"{self.location} {self.step} {self.wanted.quantity} {sorted(self.wanted.dimensions.items())}"
        return f"opencost {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def ingest_allocations(
    ledger: Ledger,
    measure: str,
    cluster: Cluster,
    *,
    limits: Limits | None = None,
    said: Callable[[str], None] = lambda _: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[LoadRecord]:
    """Make allocations the usage of `measure`; one record a month that has any.

    Files are the whole usage of the months they hold. An API is asked for the complete days (UTC) after the
    last one loaded and for the last AGAIN days anew; days before them stay as they are. The same answers
    again change nothing. Quantities below 0 and NaN are rejected as data.
    """
    with tempfile.TemporaryDirectory(prefix="apportion-") as made:
        folder = Path(made)
        if cluster.has_api:
            loads, mark = _asked(ledger, measure, cluster, folder, now(), said), cluster.mark
        else:
            loads, mark = [_read(cluster, folder)], ""
        columns = UsageColumns("time", "quantity", {d: f"by {d}" for d in cluster.wanted.dimensions})
        return [
            record
            for files in loads
            for record in ingest_usage(
                ledger, measure, files, columns, limits=limits, now=now, connector="opencost", offer=mark
            )
        ]


def _read(cluster: Cluster, folder: Path) -> list[SourceFile]:
    """Each file as a table of its own under its own name, so that rejects name the lines people know."""
    store = open_store(cluster.location, {}, cluster.directory)
    found = [stored for stored in store.list() if stored.key.lower().endswith(ENDINGS)]
    if not found:
        raise BadInput(
            "No file to read here.",
            where=cluster.location,
            hint=f"Expected files that end in {', '.join(ENDINGS)}.",
        )
    files = []
    for i, stored in enumerate(found):
        path = store.fetch(stored, folder / "fetched", lambda _: None)
        rows = read_allocations(SourceFile(path, stored.key, stored.size), cluster.wanted)
        files.append(_written(folder / f"{i}.csv", stored.key, rows, cluster.wanted))
    return files


def _asked(
    ledger: Ledger,
    measure: str,
    cluster: Cluster,
    folder: Path,
    now: datetime,
    said: Callable[[str], None],
) -> list[list[SourceFile]]:
    """A table for each month that new days fall into, with those of its days that were loaded before."""
    api = AllocationApi(cluster.location, cluster.wanted, cluster.step, cluster.patience)
    known = _known_days(ledger, measure, cluster)
    today = now.astimezone(UTC).date()
    first = today - cluster.days * _DAY
    if known:
        first = max(min(known), max(known) - (AGAIN - 1) * _DAY)
    rows: dict[str, list[Shares]] = {}
    days = [first + i * _DAY for i in range((today - first).days)]
    for day in days:
        said(f"Asking OpenCost for {day}")
        if found := list(api.day(day)):
            rows.setdefault(f"{day:%Y-%m}", []).extend(found)
    if not rows:
        raise NotFound(
            f"OpenCost knows nothing of {first} to {today - _DAY}.",
            where=cluster.location,
            hint="It may have started later, or its Prometheus may have forgotten; see 'days'.",
        )
    files = []
    for month, found in rows.items():
        everything = [*_kept(ledger, measure, month, days, cluster.wanted), *found]
        path = folder / f"{month}.csv"
        name = f"opencost-{month}.csv"
        files.append([_written(path, name, sorted(everything, key=_order), cluster.wanted)])
    return files


def _order(row: Shares) -> tuple[str, tuple[str, ...], str]:
    return row.time, row.by, row.quantity


def _known_days(ledger: Ledger, measure: str, cluster: Cluster) -> set[date]:
    """Days that were loaded with the settings of now; a change of settings begins anew."""
    source = f"usage {measure}"
    periods = [
        period
        for (name, period), record in standing(ledger, "usage").items()
        if name == source and record.offer == cluster.mark
    ]
    return {day for period in periods for (day,) in _select(ledger, measure, period, "DISTINCT day")}


def _kept(ledger: Ledger, measure: str, month: str, days: Sequence[date], wanted: Wanted) -> Iterator[Shares]:
    """What the ledger has of a month's other days."""
    anew = set(days)
    dimensions = ", ".join(f"dimensions[{quote_text(d)}]" for d in wanted.dimensions)
    columns = f"day, strftime(\"time\", '%Y-%m-%dT%H:%M:%SZ'), CAST(quantity AS VARCHAR), {dimensions}"
    for day, time, quantity, *by in _select(ledger, measure, month, columns):
        if day not in anew:
            yield Shares(time, quantity, tuple("" if b in (None, "(none)") else b for b in by))


def _select(ledger: Ledger, measure: str, month: str, columns: str) -> list[tuple]:  # type: ignore[type-arg]
    files = ledger.table("usage").files({"measure": measure, "period": month})
    if not files:
        return []
    con = connect()
    try:
        listed = f"read_parquet([{', '.join(map(quote_text, files))}])"
        return con.execute(f"SELECT {columns} FROM {listed}").fetchall()
    finally:
        con.close()


def _written(path: Path, name: str, rows: Iterable[Shares], wanted: Wanted) -> SourceFile:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["time", "quantity", *(f"by {d}" for d in wanted.dimensions)])
        writer.writerows([row.time, row.quantity, *row.by] for row in rows)
    return SourceFile(path, name, path.stat().st_size)


__all__ = ["AGAIN", "Cluster", "ingest_allocations"]
