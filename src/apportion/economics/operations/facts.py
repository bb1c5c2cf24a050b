"""What is true of a workspace's operations as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb

from apportion.analytics.statements import fetch, read_sql
from apportion.core.errors import NotFound
from apportion.metering.settings import Overhead, Tree


@dataclass(frozen=True)
class OperationFacts:
    """Days are those of `time_zone`; windows counted in days end with `last_day`, the last complete one."""

    first_day: date
    last_day: date
    newest: datetime
    currencies: tuple[str, ...]
    own: Mapping[str, int]
    currency: str = "USD"
    time_zone: str = "UTC"
    tree: Tree = field(default_factory=Tree)
    overhead: Overhead | None = None

    @property
    def main_currency(self) -> str:
        """The reporting currency where operations are priced in it, else the first they are priced in."""
        if self.currency in self.currencies or not self.currencies:
            return self.currency
        return self.currencies[0]

    @property
    def newest_day(self) -> date:
        """The day of the newest operation, which may not be complete."""
        return self.newest.astimezone(ZoneInfo(self.time_zone)).date()

    def begin(self, day: date) -> datetime:
        """The moment at which a day of the time zone begins."""
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)


def facts_of(
    con: duckdb.DuckDBPyConnection,
    now: datetime,
    currency: str = "USD",
    time_zone: str = "UTC",
    tree: Tree | None = None,
    overhead: Overhead | None = None,
) -> OperationFacts:
    """Facts of the view `operations`. Raises NotFound where it is empty.

    The day of `now` is not complete, and counts only where there is no day before it.
    """
    found = fetch(con, read_sql(__package__, "facts"))[0]
    if found["oldest"] is None:
        raise NotFound(
            "There are no operations yet.",
            hint="Send some to POST /api/v1/operations, or as OpenTelemetry traces to /v1/traces.",
        )
    zone = ZoneInfo(time_zone)
    first, last = (found[name].astimezone(zone).date() for name in ("oldest", "newest"))
    complete = now.astimezone(zone).date() - timedelta(days=1)
    return OperationFacts(
        first_day=first,
        last_day=max(first, min(last, complete)),
        newest=found["newest"].astimezone(UTC),
        currencies=tuple(found["currencies"] or ()),
        own=dict(zip(found["own_names"] or (), found["own_counts"] or (), strict=True)),
        currency=currency,
        time_zone=time_zone,
        tree=tree or Tree(),
        overhead=overhead,
    )
