"""What connectors for exported files share: offers from what lies in a store, files fetched one by one."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import duckdb

from apportion.connectors.contract import Offer, Place, Reading, SourceFile
from apportion.connectors.paths import ENDINGS
from apportion.connectors.stores import Said, Store, Stored, open_store
from apportion.core.errors import BadInput

_MONTH = r"(20\d\d)-?(0[1-9]|1[0-2])"
_YEAR = re.compile(r"year=(20\d\d)", re.IGNORECASE)
_MONTH_OF_YEAR = re.compile(r"month=(0?[1-9]|1[0-2])", re.IGNORECASE)
_FOLDERS = (
    re.compile(rf"(?:billing_?period|invoice_?month)=(?:{_MONTH})(?:-01)?", re.IGNORECASE),
    re.compile(rf"{_MONTH}01-20\d\d-?(?:0[1-9]|1[0-2])(?:01|2[89]|3[01])"),
    re.compile(rf"{_MONTH}"),
)


class ExportConnector:
    """A connector whose bills are files; a provider says how they lie (`layout`) and how to read them."""

    name = ""
    version = "1"
    endings: Sequence[str] = ENDINGS

    @property
    def signature(self) -> str:
        """See `BillConnector`."""
        return f"{self.name} {self.version}"

    def offers(self, place: Place) -> Sequence[Offer]:
        """See `BillConnector`."""
        store = open_store(place.location, place.access, place.directory)
        found = self.layout(store, store.list())
        if not found:
            raise BadInput(
                "No file to read here.",
                where=place.location,
                hint=f"Expected files that end in {', '.join(self.endings)}.",
            )
        return found

    def layout(self, store: Store, listed: Sequence[Stored]) -> list[Offer]:  # noqa: ARG002
        """The offers in what a store lists; here by the month in the folders' names, or all as one."""
        if len(listed) == 1:
            return [everything(listed)]  # named by itself, whatever it ends in
        return by_folder([s for s in listed if s.key.lower().endswith(tuple(self.endings))])

    def fetch(self, place: Place, offer: Offer, folder: Path, said: Said) -> Sequence[SourceFile]:
        """See `BillConnector`."""
        store = open_store(place.location, place.access, place.directory)
        return [
            SourceFile(store.fetch(stored, folder, said), stored.key, stored.size) for stored in offer.objects
        ]

    def read(self, files: Sequence[SourceFile], con: duckdb.DuckDBPyConnection) -> Sequence[Reading]:
        """See `BillConnector`."""
        raise NotImplementedError

    def settle(self, con: duckdb.DuckDBPyConnection, charges: str) -> str | None:  # noqa: ARG002
        """See `BillConnector`; most rows are right by themselves."""
        return None


def by_folder(listed: Sequence[Stored]) -> list[Offer]:
    """One offer for each month that folders are named after; one for everything where a file has none."""
    months = {stored.key: month_of(stored.key) for stored in listed}
    if not listed or not all(months.values()):
        return [everything(listed)] if listed else []
    return [
        offer(month, [s for s in listed if months[s.key] == month], certain=False)
        for month in sorted(set(months.values()))
    ]


def everything(listed: Sequence[Stored]) -> Offer:
    """One offer of all files, whatever months are in them."""
    return offer("", listed)


def offer(
    period: str,
    objects: Iterable[Stored],
    *,
    certain: bool = True,
    final: bool | None = None,
    notes: Iterable[str] = (),
) -> Offer:
    """An offer whose fingerprint is that of its objects."""
    found = tuple(sorted(objects, key=lambda stored: stored.key))
    return Offer(period, found, fingerprint(found), certain, final, tuple(notes))


def fingerprint(objects: Iterable[Stored]) -> str:
    """Changes whenever the name or the content of one of `objects` does."""
    text = "\n".join(f"{s.key}\t{s.size}\t{s.etag}" for s in objects)
    return hashlib.sha256(text.encode()).hexdigest()


def month_of(key: str) -> str:
    """The month that one of the folders above a file is named after, as 'YYYY-MM'; '' where none is."""
    folders = key.split("/")[:-1]
    for year, month in pairwise(folders):
        if (y := _YEAR.fullmatch(year)) and (m := _MONTH_OF_YEAR.fullmatch(month)):
            return f"{y[1]}-{int(m[1]):02}"
    for pattern in _FOLDERS:
        for folder in reversed(folders):
            if match := pattern.fullmatch(folder):
                return f"{match[1]}-{match[2]}"
    return ""
