"""What is judged: rows of cost with their moment, from charges or from AI operations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import duckdb

from apportion.analytics.fields import Relation, charge_bounds, charge_days
from apportion.analytics.filters import Bindings, compile_filter, matches, parse_filter
from apportion.analytics.models import NONE, Facts
from apportion.analytics.statements import fill, read_sql
from apportion.anomalies.detector import Frequency
from apportion.anomalies.settings import Detection, Grouping
from apportion.core.errors import BadInput
from apportion.engine import quote_ident

HOUR_DAYS = 42
"""Days of hours that are read: six weeks show the shape of a week, and more costs memory."""
OPERATIONS_COST = "OperationsCost"
"""The metric of AI operations: their price by the rate card."""
OF_CHARGES = (
    *("ResourceName", "ResourceId", "ChargeDescription", "SkuMeter", "SkuId"),
    *("ServiceName", "SubAccountId", "RegionId"),
)
OF_OPERATIONS = (
    *("feature", "model", "customer", "user", "project", "team", "workflow", "provider", "prompt"),
    *("operation", "environment", "region"),
)
LIVE_GROUPINGS = (("feature",), ("customer",), ("model",), ("team",), ("project",), ("provider",))
HOURLY = "epoch_us(ChargePeriodEnd) - epoch_us(ChargePeriodStart) <= 3600000000"
"""Charges that know their hour."""


@dataclass(frozen=True)
class Ground:
    """Where the series come from. Steps from `start` to `end`, `end` excluded, both at full hours of UTC.

    `drivers` are the fields that may have made an excess. `late`: the newest amounts may still grow.
    """

    freq: Frequency
    metric: str
    start: datetime
    end: datetime
    groupings: list[Grouping]
    drivers: tuple[str, ...]
    asked: Detection
    relation: Relation
    dimensions: tuple[str, ...] = ()
    late: bool = True

    @property
    def live(self) -> bool:
        """Whether operations are judged, which are known as they happen."""
        return self.metric == OPERATIONS_COST

    @property
    def fields(self) -> list[str]:
        """Every field of a row that a grouping names, once."""
        return list(dict.fromkeys(name for g in self.groupings if not g.perspective for name in g.by))

    def within(self, start: datetime, end: datetime) -> "Ground":
        """The same, of other days."""
        return replace(self, start=start, end=end)

    def rows(self, bindings: Bindings, days: Sequence[date] = ()) -> str:
        """SQL for rows with `currency`, `source`, `step`, `amount` and every other field.

        `days` leaves out all others.
        """
        return self._operations(bindings) if self.live else self._charges(bindings, days)

    def _charges(self, bindings: Bindings, days: Sequence[date]) -> str:
        first, last = self.start.date(), (self.end - timedelta(microseconds=1)).date() + timedelta(days=1)
        where = parse_filter(self.asked.where)
        conditions = [
            f"day >= {bindings.bind(first)} AND day < {bindings.bind(last)}",
            *charge_bounds(self.relation, first, last, bindings),
            *([f"day IN (SELECT UNNEST({bindings.bind(list(days))}::DATE[]))"] if days else []),
            *([compile_filter(where, bindings)] if where else []),
            *([HOURLY] if self.freq == "H" else []),
        ]
        charges = f"SELECT * FROM charge_days WHERE {' AND '.join(conditions)}"
        metric = quote_ident(self.metric)
        if self.freq == "D":
            return f"(SELECT *, day::TIMESTAMP AS step, {metric} AS amount FROM ({charges}))"
        names = {"metric": self.metric, "charge_end": self.relation.charge_end}
        hours = fill(read_sql("apportion.analytics", "hours"), names)
        return (
            f"(SELECT *, make_timestamp(hour * 1000000) AS step, {metric} AS amount"
            f" FROM (WITH bounded AS ({charges}) {hours}))"
        )

    def _operations(self, bindings: Bindings) -> str:
        return (
            "(SELECT * REPLACE (provider AS source), cost AS amount,"
            " date_trunc('hour', time)::TIMESTAMP AS step"
            f" FROM operations WHERE cost IS NOT NULL AND time >= {bindings.bind(self.start)}"
            f" AND time < {bindings.bind(self.end)})"
        )

    def targets(self, grouping: Grouping, bindings: Bindings) -> str:
        """SQL for rows of a perspective's results, by day."""
        return (
            f"(SELECT *, day::TIMESTAMP AS step, {quote_ident(self.metric)} AS amount FROM allocations"
            f" WHERE perspective = {bindings.bind(grouping.perspective)}"
            f" AND day >= {bindings.bind(self.start.date())} AND day < {bindings.bind(self.end.date())})"
        )


def charged(con: duckdb.DuckDBPyConnection, facts: Facts, asked: Detection, freq: Frequency) -> Ground:
    """The charges of the run behind `con`, with what of its history is of use.

    Days end with the last complete one; hours with the last that any charge reached. Raises BadInput where
    the settings name what is not there.
    """
    relation = charge_days(con)
    groupings = [g for g in asked.watched(facts.dimensions) if freq == "D" or not g.perspective]
    _check(relation, facts, groupings, asked)
    end = _midnight(facts.last_day + timedelta(days=1))
    if freq == "H":
        end = max(end, _newest_hour(con, end))
    days = asked.history if freq == "D" else HOUR_DAYS
    start = max(_midnight(facts.first_day), _midnight(end.date()) - timedelta(days=days))
    known = [*OF_CHARGES, *facts.dimensions, *(name for g in groupings for name in g.by)]
    drivers = tuple(name for name in dict.fromkeys(known) if name in relation.fields)
    return Ground(freq, facts.metric, start, end, groupings, drivers, asked, relation, facts.dimensions)


def operated(con: duckdb.DuckDBPyConnection, asked: Detection, now: datetime) -> Ground | None:
    """AI operations by the hour, up to the last full one before `now`; None where there are none."""
    found = con.execute("SELECT MIN(time) FROM operations WHERE cost IS NOT NULL").fetchone()
    if not found or found[0] is None:
        return None
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    first = found[0].astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    start = max(first, end - timedelta(days=HOUR_DAYS))
    groupings = [Grouping(by=list(by)) for by in LIVE_GROUPINGS]
    relation = Relation("operations", frozenset(OF_OPERATIONS), (OPERATIONS_COST,))
    if start >= end:
        return None
    return Ground("H", OPERATIONS_COST, start, end, groupings, OF_OPERATIONS, asked, relation, late=False)


def _newest_hour(con: duckdb.DuckDBPyConnection, after: datetime) -> datetime:
    """The end of the last charge that knows its hour."""
    found = con.execute(
        f"SELECT MAX(ChargePeriodEnd) FROM charge_days WHERE {HOURLY} AND ChargePeriodStart >= $after",
        {"after": after},
    ).fetchone()
    return found[0].astimezone(UTC) if found and found[0] else after


def _check(relation: Relation, facts: Facts, groupings: Sequence[Grouping], asked: Detection) -> None:
    where = parse_filter(asked.where)
    _check_fields(relation, [match.field for match in matches(where)] if where else [])
    targets = frozenset((*facts.dimensions, "target", "target_kind", "rule"))
    for grouping in groupings:
        if not grouping.perspective:
            _check_fields(relation, grouping.by)
        elif grouping.perspective not in facts.perspectives:
            raise BadInput(
                f"No perspective is named '{grouping.perspective}'.",
                where="anomalies.groupings",
                hint=f"There are: {', '.join(facts.perspectives) or 'none'}.",
            )
        else:
            _check_fields(replace(relation, fields=targets), grouping.by)


def _check_fields(relation: Relation, names: Iterable[str]) -> None:
    for name in names:
        if name not in relation.fields:
            known = ", ".join(sorted(f for f in relation.fields if not f.startswith("?")))
            raise BadInput(
                f"No field is named '{name}' here.", where="anomalies", hint=f"There are: {known}."
            )


def value_of(name: str) -> str:
    """SQL for a field's value as text."""
    return f"COALESCE({quote_ident(name)}::VARCHAR, '{NONE}')"


def listed(names: Iterable[str]) -> str:
    """SQL for fields under their own names, each after a comma."""
    return "".join(f", {value_of(name)} AS {quote_ident(name)}" for name in names)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
