"""Looks at sources and measures without loading: can they be reached, how fresh are they, what is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from apportion.connectors import BillConnector, ExportConnector, Offer, Place
from apportion.connectors.usage import UsageConnector
from apportion.core.errors import ApportionError
from apportion.engine import connect
from apportion.ingestion.history import standing
from apportion.ingestion.usage import Known
from apportion.ledger import Ledger

STALE = timedelta(days=2)
"""Providers write bills at least daily; an export that has not changed for longer deserves a look."""


@dataclass(frozen=True)
class Finding:
    """One thing found; `next` is what to do about it."""

    state: Literal["ok", "note", "bad"]
    what: str
    next: str = ""


def examine(ledger: Ledger, source: str, connector: BillConnector, place: Place) -> Iterator[Finding]:
    """Access, then freshness, then the columns of one file of the newest period; stops where one fails."""
    try:
        offers = connector.offers(place)
    except ApportionError as why:
        yield _failed(why)
        return
    months = [offer.period for offer in offers if offer.period]
    span = f"{min(months)} to {max(months)}" if months else "in files that do not say their months"
    files = sum(len(offer.objects) for offer in offers)
    yield Finding("ok", f"{source} can be read: {len(offers)} periods offered ({span}), {files} files")
    yield from _freshness(source, offers, place)
    yield from _waiting(ledger, source, months)
    if isinstance(connector, ExportConnector):
        yield from _columns(connector, place, offers[-1])


def examine_usage(
    ledger: Ledger, measure: str, connector: UsageConnector, now: datetime
) -> Iterator[Finding]:
    """Access to what a measure comes from, by a question that costs little, and the last day loaded."""
    try:
        yield Finding("ok", f"{measure} can be read: {connector.check(now.astimezone(UTC).date())}")
    except ApportionError as why:
        yield _failed(why)
    loaded = Known(ledger, measure).loaded()
    if loaded is None:
        yield Finding("note", f"{measure} has no usage yet", "apportion ingest")
    else:
        yield Finding("ok", f"{measure} has usage from {loaded.start} to {loaded.end - timedelta(days=1)}")


def _freshness(source: str, offers: Sequence[Offer], place: Place) -> Iterator[Finding]:
    changed = [stored.modified for offer in offers for stored in offer.objects]
    if not changed:
        return
    age = place.now() - max(changed)
    when = f"{source} last changed {max(changed):%Y-%m-%d %H:%M} UTC"
    if age > STALE:
        yield Finding(
            "note", f"{when}, {age.days} days ago", "Look whether the provider still writes this export."
        )
    else:
        yield Finding("ok", when)


def _waiting(ledger: Ledger, source: str, months: Sequence[str]) -> Iterator[Finding]:
    loaded = {period for name, period in standing(ledger) if name == source}
    if waiting := sorted(set(months) - loaded):
        yield Finding("note", f"not loaded yet: {', '.join(waiting)}", f"apportion ingest --source {source}")


def _columns(connector: ExportConnector, place: Place, offer: Offer) -> Iterator[Finding]:
    """Reads the smallest file of an offer as far as its header and first rows."""
    smallest = min(offer.objects, key=lambda stored: stored.size)
    try:
        with TemporaryDirectory() as folder:
            only = replace(offer, objects=(smallest,))
            fetched = connector.fetch(place, only, Path(folder), lambda _: None)
            con = connect(threads=1)
            readings = connector.read(fetched, con)
            con.close()
    except ApportionError as why:
        yield _failed(why)
        return
    for reading in readings:
        title = reading.dialect.title or reading.dialect.name
        yield Finding("ok", f"{smallest.key} is {title}: every column that is needed is there")
        for note in reading.notes:
            yield Finding("note", note)


def _failed(why: ApportionError) -> Finding:
    place = f"{why.where}: " if why.where else ""
    return Finding("bad", f"{place}{why.message}", why.hint)
