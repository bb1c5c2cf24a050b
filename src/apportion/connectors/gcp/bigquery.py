"""Connector `gcp-bigquery`: usage cost exports read from BigQuery itself."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from apportion.connectors.contract import Offer, Place, SourceFile
from apportion.connectors.exports import offer
from apportion.connectors.gcp import GcpConnector
from apportion.connectors.gcp.bigquery_api import Month, Table
from apportion.connectors.stores import Patience, Said, Stored
from apportion.core.errors import BadInput, NotFound
from apportion.core.periods import month_of

GIGABYTE = 1 << 30


class BigQueryConnector(GcpConnector):
    """Asks once for the months of a table, then for the lines of those that are new or have grown.

    `maximum_bytes_billed`: a query that would read more is refused, by BigQuery, before it costs anything.
    `since`: the first month to load, as 2026-01.
    """

    name = "gcp-bigquery"
    patience: ClassVar[Patience] = Patience()

    def __init__(self, maximum_bytes_billed: int = 100 * GIGABYTE, since: str = "") -> None:
        if isinstance(maximum_bytes_billed, bool) or not isinstance(maximum_bytes_billed, int):
            raise BadInput(f"'{maximum_bytes_billed}' is no number of bytes.", where="maximum_bytes_billed")
        if maximum_bytes_billed < 10 << 20:
            raise BadInput(
                "Each query counts at least 10 MiB.", where="maximum_bytes_billed", hint="Allow more."
            )
        if since:
            month_of(since)
        self.most, self.since = maximum_bytes_billed, since

    def offers(self, place: Place) -> Sequence[Offer]:
        """See `BillConnector`: a month is new where lines were added to it."""
        found = [m for m in self._table(place).months() if _period(m) >= (self.since or "0")]
        if not found:
            raise NotFound(
                "The table has no lines yet.",
                where=place.location,
                hint="The first lines of a new export take a day to arrive; last month's take five.",
            )
        return [self._offer(month) for month in found]

    def fetch(self, place: Place, offer: Offer, folder: Path, said: Said) -> Sequence[SourceFile]:
        """See `BillConnector`: one file of JSON lines, written as pages arrive."""
        (stored,) = offer.objects
        month, lines, oldest, newest = stored.etag.split(" ")
        path = folder / stored.key
        self._table(place).fetch(Month(month, int(lines), oldest, newest), path, said)
        return [SourceFile(path, path.name, path.stat().st_size)]

    def _table(self, place: Place) -> Table:
        return Table(place.location, place.access, self.most, self.patience)

    def _offer(self, month: Month) -> Offer:
        period = _period(month)
        newest = datetime.fromisoformat(month.newest) if month.newest else datetime.now(UTC)
        mark = f"{month.month} {month.lines} {month.oldest} {month.newest}"
        return offer(period, [Stored(f"bigquery-{period}.json", 0, mark, newest)])


def _period(month: Month) -> str:
    return f"{month.month[:4]}-{month.month[4:]}"
