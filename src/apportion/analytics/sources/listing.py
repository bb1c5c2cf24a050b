"""All sources at a glance: periods, freshness, state, rows, repairs, rejected rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part
from apportion.analytics.sentences import count
from apportion.analytics.statements import fetch, read_sql
from apportion.ingestion import LoadRecord

State = Literal["final", "estimated", "unknown"]
Newest = Mapping[str, date]
_USER = re.compile(r"(?<=://)[^/@]*@")


@dataclass(frozen=True)
class Declared:
    """A source as apportion.yaml names it."""

    name: str
    connector: str
    location: str

    @property
    def place(self) -> str:
        """The location without what may be a secret: a user before the host, a signature after it."""
        return _USER.sub("", self.location.partition("?")[0] if "://" in self.location else self.location)


class SourceRow(Part):
    """One source; counts are of its standing loads."""

    source: str
    connector: str
    location: str = Field(description="As apportion.yaml names it; empty where it does not name the source.")
    periods: int
    first_period: str | None
    last_period: str | None
    newest_charge: date | None = Field(description="The last day on which a charge of the source begins.")
    days_behind: int | None = Field(description="Days from then to today.")
    state: State = Field(description="Of its last period: 'final' where that is invoiced.")
    estimated_periods: int
    last_load: str | None
    loaded_at: str | None
    rows: int
    repaired_values: int
    rejected_rows: int


class SourceTotal(Part):
    """The cost of a source's standing loads in one currency."""

    source: str
    currency: str
    rows: int
    BilledCost: Amount
    EffectiveCost: Amount


class SourcesReport(Part):
    """Where do the bills come from, and how fresh are they?"""

    headline: str
    sources: list[SourceRow]
    totals: list[SourceTotal]


def sources_report(
    declared: Sequence[Declared], loads: Sequence[LoadRecord], newest: Newest, today: date
) -> SourcesReport:
    """Every source that apportion.yaml names or that has a standing load, those with the newest charge first.

    `loads` are those that stand; `newest` is the last day with a charge, by source.
    """
    named = {one.name: one for one in declared}
    names = [*named, *dict.fromkeys(load.source for load in loads if load.source not in named)]
    rows = [
        _row(name, named.get(name), [x for x in loads if x.source == name], newest.get(name), today)
        for name in names
    ]
    return SourcesReport(headline=_headline(rows), sources=rows, totals=_totals(loads))


def newest_charges(con: duckdb.DuckDBPyConnection, files: Mapping[str, Sequence[str]]) -> Newest:
    """The last day on which a charge begins, by source, from the files of its last period."""
    found = {}
    for source, paths in files.items():
        if paths:
            row = fetch(con, read_sql(__package__, "newest"), {"files": list(paths)})[0]
            if row["newest"] is not None:
                found[source] = row["newest"]
    return found


def state_of(load: LoadRecord) -> State:
    """Whether a load's period is invoiced; 'unknown' of loads from before that was noted."""
    return "final" if load.state == "final" else "estimated" if load.state == "estimated" else "unknown"


def repaired(load: LoadRecord) -> int:
    """Values that were put into FOCUS form; those filled from other columns are not counted."""
    return sum(r.rows for r in load.repairs if not r.repair.startswith("filled from"))


def _row(
    name: str, declared: Declared | None, loads: Sequence[LoadRecord], newest: date | None, today: date
) -> SourceRow:
    periods = sorted(loads, key=lambda load: load.billing_period)
    latest = max(loads, key=lambda load: (load.loaded_at, load.billing_period), default=None)
    return SourceRow(
        source=name,
        connector=declared.connector if declared else periods[-1].connector,
        location=declared.place if declared else "",
        periods=len(periods),
        first_period=periods[0].billing_period if periods else None,
        last_period=periods[-1].billing_period if periods else None,
        newest_charge=newest,
        days_behind=(today - newest).days if newest else None,
        state=state_of(periods[-1]) if periods else "unknown",
        estimated_periods=sum(load.state == "estimated" for load in loads),
        last_load=latest.load_id if latest else None,
        loaded_at=latest.loaded_at if latest else None,
        rows=sum(load.rows for load in loads),
        repaired_values=sum(map(repaired, loads)),
        rejected_rows=sum(load.rejected_rows for load in loads),
    )


def _totals(loads: Sequence[LoadRecord]) -> list[SourceTotal]:
    groups: dict[tuple[str, str], list[SourceTotal]] = {}
    for load in loads:
        for t in load.totals:
            total = SourceTotal(
                source=load.source,
                currency=t.currency,
                rows=t.rows,
                BilledCost=t.BilledCost,
                EffectiveCost=t.EffectiveCost,
            )
            groups.setdefault((load.source, t.currency), []).append(total)
    return [
        SourceTotal(
            source=source,
            currency=currency,
            rows=sum(t.rows for t in group),
            BilledCost=sum((t.BilledCost for t in group[1:]), group[0].BilledCost),
            EffectiveCost=sum((t.EffectiveCost for t in group[1:]), group[0].EffectiveCost),
        )
        for (source, currency), group in sorted(groups.items())
    ]


def _headline(rows: Sequence[SourceRow]) -> str:
    loaded = [row for row in rows if row.newest_charge and row.days_behind is not None]
    if not loaded:
        return "No bill is loaded yet."
    first = min(loaded, key=lambda row: row.days_behind or 0)
    last = max(loaded, key=lambda row: row.days_behind or 0)
    behind = f"{count(first.days_behind, 'day')} ago" if first.days_behind else "today"
    who = loaded[0].source if len(loaded) == 1 else count(len(loaded), "source")
    verb = "holds" if len(loaded) == 1 else "hold"
    said = f"{who} {verb} charges through {first.newest_charge}, {behind}"
    if last.newest_charge != first.newest_charge:
        said += f"; {last.source} ends on {last.newest_charge}"
    periods, still = sum(row.periods for row in loaded), sum(row.estimated_periods for row in loaded)
    states = f"{still} of {count(periods, 'period')} not invoiced yet" if still else "every period is final"
    return f"{said}; {states}."
