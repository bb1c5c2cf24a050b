"""Usage from OpenCost: files whole, an API by the days that are new."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from apportion.connectors.contract import SourceFile
from apportion.connectors.opencost.allocations import Wanted
from apportion.connectors.opencost.api import AllocationApi
from apportion.connectors.opencost.exports import ENDINGS, read_allocations
from apportion.connectors.stores import Patience, Said, Store, Stored, open_store
from apportion.connectors.usage.contract import Batch, UsageColumns
from apportion.connectors.usage.settings import OpenCostMeasure
from apportion.connectors.usage.spans import months, new_days
from apportion.connectors.usage.written import columns_of, in_order, written
from apportion.core.errors import BadInput
from apportion.core.periods import Window


@dataclass(frozen=True)
class OpenCostUsage:
    """See `UsageConnector`. The location is an address of the API, or a path of answers or CSV exports."""

    settings: OpenCostMeasure
    directory: Path = Path()
    patience: Patience = field(default_factory=Patience)
    name: str = "opencost"

    @property
    def place(self) -> str:
        return self.settings.location.partition("?")[0]

    @cached_property
    def wanted(self) -> Wanted:
        """What is taken of each allocation."""
        return Wanted(self.settings.quantity, self.settings.dimensions)

    @property
    def columns(self) -> UsageColumns:
        return columns_of(self.settings.dimensions)

    @property
    def has_api(self) -> bool:
        """Whether the location is an address."""
        return self.settings.location.lower().startswith(("http://", "https://"))

    @property
    def mark(self) -> str:
        if not self.has_api:
            return ""
        given = self.settings
        text = f"{given.location} {given.step} {given.quantity} {sorted(given.dimensions.items())}"
        return f"opencost {hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def span(self, loaded: Window | None, today: date) -> Window | None:
        return new_days(loaded, self.settings.days, today) if self.has_api else None

    def fetch(self, span: Window | None, folder: Path, said: Said) -> Iterator[Batch]:
        if span is None:
            yield Batch(list(self._read(folder)))
            return
        api = AllocationApi(self.settings.location, self.wanted, self.settings.step, self.patience)
        for month in months(span):
            name = f"opencost-{month.start:%Y-%m}.csv"
            with written(folder / name, name, self.columns) as made:
                for i in range(month.days):
                    day = month.start + timedelta(days=i)
                    said(f"Asking OpenCost for {day}")
                    made.add(in_order(api.day(day)))
            if made.rows:
                yield Batch([made.file], month, whole=False)

    def check(self, today: date) -> str:
        if not self.has_api:
            return f"{len(self._stored()[1])} files"
        yesterday = today - timedelta(days=1)
        api = AllocationApi(self.settings.location, self.wanted, self.settings.step, Patience(attempts=1))
        return f"{len(list(api.day(yesterday))):,} allocations on {yesterday}"

    def _stored(self) -> tuple[Store, list[Stored]]:
        store = open_store(self.settings.location, {}, self.directory)
        found = [stored for stored in store.list() if stored.key.lower().endswith(ENDINGS)]
        if not found:
            raise BadInput(
                "No file to read here.",
                where=self.settings.location,
                hint=f"Expected files that end in {', '.join(ENDINGS)}.",
            )
        return store, found

    def _read(self, folder: Path) -> Iterator[SourceFile]:
        """Each file as a table of its own under its own name, so that rejects name the lines people know."""
        store, found = self._stored()
        for i, stored in enumerate(found):
            path = store.fetch(stored, folder / "fetched", lambda _: None)
            with written(folder / f"{i}.csv", stored.key, self.columns) as made:
                made.add(list(read_allocations(SourceFile(path, stored.key, stored.size), self.wanted)))
            yield made.file
