"""Usage from Prometheus: the days that are new, as samples at the ends of steps."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from apportion.connectors.prometheus.api import QueryApi, Ranged
from apportion.connectors.prometheus.samples import moments, ranges, shares
from apportion.connectors.stores import Patience, Said
from apportion.connectors.usage.contract import Batch, UsageColumns
from apportion.connectors.usage.settings import PrometheusMeasure
from apportion.connectors.usage.spans import months, new_days
from apportion.connectors.usage.written import Shares, columns_of, in_order, written
from apportion.core.periods import Window

_WARNINGS = 5


@dataclass
class _Noticed:
    """What people should know of the days of a month: what is missing, and what the server warns of."""

    days: Window
    measure: PrometheusMeasure
    gaps: set[int] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    warnings: dict[str, None] = field(default_factory=dict)

    def look(self, first: datetime, last: datetime, found: Ranged) -> None:
        """Take in the answer to one question."""
        taken = {at for series in found.series for at, _ in series.samples}
        self.gaps |= moments(first, last, self.measure.width) - taken
        self.labels |= {label for series in found.series for label in series.labels}
        self.warnings |= dict.fromkeys(found.warnings)

    @property
    def lacks(self) -> list[str]:
        """Labels that no series has."""
        return [label for label in self.measure.dimensions.values() if label not in self.labels]

    @property
    def notes(self) -> tuple[str, ...]:
        return (
            *([self._gap()] if self.gaps else []),
            *(f"No series has the label {label}." for label in self.lacks),
            *(f"Prometheus warns: {warning}" for warning in list(self.warnings)[:_WARNINGS]),
        )

    def _gap(self) -> str:
        step = self.measure.width
        hours = len(self.gaps) * int(step.total_seconds()) / 3600
        first = datetime.fromtimestamp(min(self.gaps), UTC) - step
        return (
            f"{hours:g} of the {24 * self.days.days} hours from {self.days.start} to "
            f"{self.days.end - timedelta(days=1)} have no sample, the first at {first:%Y-%m-%d %H:%M} UTC."
        )


@dataclass(frozen=True)
class PrometheusUsage:
    """See `UsageConnector`."""

    settings: PrometheusMeasure
    directory: Path = Path()
    patience: Patience = field(default_factory=Patience)
    name: str = "prometheus"

    @property
    def place(self) -> str:
        return self.settings.url

    @property
    def columns(self) -> UsageColumns:
        return columns_of(self.settings.dimensions)

    @property
    def mark(self) -> str:
        given = self.settings.model_dump_json(exclude={"days", "token", "unit"})
        return f"prometheus {hashlib.sha256(given.encode()).hexdigest()[:16]}"

    def span(self, loaded: Window | None, today: date) -> Window:
        return new_days(loaded, self.settings.days, today)

    def fetch(self, span: Window | None, folder: Path, said: Said) -> Iterator[Batch]:
        api = self._api(self.patience)
        for month in months(span) if span else ():
            name = f"prometheus-{month.start:%Y-%m}.csv"
            noticed = _Noticed(month, self.settings)
            with written(folder / name, name, self.columns) as made:
                for first, last in ranges(month, self.settings.width):
                    said(f"Asking Prometheus for {first - self.settings.width:%Y-%m-%d}")
                    made.add(self._range(api, first, last, noticed))
            if made.rows:
                yield Batch([made.file], month, whole=False, notes=noticed.notes)

    def check(self, today: date) -> str:
        """Asks for one moment: the end of yesterday."""
        at = datetime(today.year, today.month, today.day, tzinfo=UTC)
        found = self._api(Patience(attempts=1)).range(self.settings.expression, at, at, self.settings.width)
        noticed = _Noticed(Window(today, today), self.settings)
        noticed.look(at, at, found)
        lacks = [f"; no series has the label {label}" for label in noticed.lacks if found.series]
        return f"{self.place} answers {len(found.series):,} series at {at:%Y-%m-%d %H:%M} UTC{''.join(lacks)}"

    def _range(self, api: QueryApi, first: datetime, last: datetime, noticed: _Noticed) -> list[Shares]:
        found = api.range(self.settings.expression, first, last, self.settings.width)
        noticed.look(first, last, found)
        return in_order(shares(found.series, self.settings))

    def _api(self, patience: Patience) -> QueryApi:
        token = self.settings.token
        return QueryApi(self.settings.url, token.read(self.directory) if token else "", patience)
