"""What is judged: rows with moment and amount, of charges, AI operations, live usage or usage itself."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import duckdb

from apportion.analytics.fields import Relation, charge_bounds, charge_days
from apportion.analytics.filters import Bindings, compile_filter, matches, parse_filter
from apportion.analytics.models import NONE, Facts
from apportion.analytics.statements import fill, read_sql
from apportion.anomalies.detector import Frequency
from apportion.anomalies.settings import Detection, Grouping, LiveMeasure, UsageWatched
from apportion.core.errors import BadInput
from apportion.engine import quote_ident, quote_text

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


Kind = Literal["charges", "operations", "estimated", "usage"]


@dataclass(frozen=True)
class Ground:
    """Where the series come from. Steps from `start` to `end`, `end` excluded, both at full hours of UTC.

    `drivers` are the fields that may have made an excess; `measure` is whose usage it is, of those two kinds
    that rest on usage.
    """

    kind: Kind
    freq: Frequency
    metric: str
    start: datetime
    end: datetime
    groupings: list[Grouping]
    drivers: tuple[str, ...]
    asked: Detection
    relation: Relation
    dimensions: tuple[str, ...] = ()
    measure: str = ""
    unit: str = ""

    @property
    def late(self) -> bool:
        """Whether the newest amounts may still grow, as those of bills do."""
        return self.kind == "charges"

    @property
    def name(self) -> str:
        """What tells it from any other."""
        return f"{self.freq}/{self.kind}/{self.metric}/{self.measure}"

    def key(self, run: str) -> str:
        """The same as long as nothing that is judged can have changed; "" where it may at any moment."""
        if self.kind not in ("charges", "usage"):
            return ""
        asked = hashlib.sha256(self.asked.model_dump_json().encode()).hexdigest()[:12]
        return f"{run} {asked}"

    def kept_as(self, grouping: str) -> str:
        """What judgements of a grouping are kept under: those of live usage are not those of its bill."""
        return f"{grouping} (live {self.measure})" if self.kind == "estimated" else grouping

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
        if self.kind == "charges":
            return self._charges(bindings, days)
        if self.kind == "operations":
            return self._operations(bindings)
        if self.kind == "usage":
            return self._usage(bindings)
        return f"(SELECT *, measure AS source FROM live_hours WHERE measure = {bindings.bind(self.measure)})"

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

    def _usage(self, bindings: Bindings) -> str:
        fields = "".join(f", dimensions[{quote_text(n)}] AS {quote_ident(n)}" for n in self.drivers)
        return (
            f"(SELECT {bindings.bind(self.unit)} AS currency, measure AS source{fields},"
            " day::TIMESTAMP AS step, quantity AS amount"
            f" FROM usage WHERE measure = {bindings.bind(self.measure)}"
            f" AND day >= {bindings.bind(self.start.date())} AND day < {bindings.bind(self.end.date())})"
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
    return Ground(
        kind="charges",
        freq=freq,
        metric=facts.metric,
        start=start,
        end=end,
        groupings=groupings,
        drivers=drivers,
        asked=asked,
        relation=relation,
        dimensions=facts.dimensions,
    )


def operated(con: duckdb.DuckDBPyConnection, asked: Detection, now: datetime) -> Ground | None:
    """AI operations by the hour, up to the last full one before `now`; None where there are none."""
    found = con.execute("SELECT MIN(time) FROM operations WHERE cost IS NOT NULL").fetchone()
    if not found or found[0] is None:
        return None
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    first = found[0].astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    start = max(first, end - timedelta(days=HOUR_DAYS))
    if start >= end:
        return None
    return Ground(
        kind="operations",
        freq="H",
        metric=OPERATIONS_COST,
        start=start,
        end=end,
        groupings=[Grouping(by=list(by)) for by in LIVE_GROUPINGS],
        drivers=OF_OPERATIONS,
        asked=asked,
        relation=Relation("operations", frozenset(OF_OPERATIONS), (OPERATIONS_COST,)),
    )


def estimated(
    con: duckdb.DuckDBPyConnection, facts: Facts, asked: Detection, live: LiveMeasure
) -> Ground | None:
    """Live usage as cost: the table `live_hours` of `con`, as far as usage is known; None where none is."""
    sql = "SELECT MIN(step), MAX(step) FROM live_hours WHERE measure = $measure"
    found = con.execute(sql, {"measure": live.measure}).fetchone()
    if not found or found[0] is None:
        return None
    first, last = (moment.replace(tzinfo=UTC) for moment in found)
    return Ground(
        kind="estimated",
        freq="H",
        metric=facts.metric,
        start=first,
        end=last + timedelta(hours=1),
        groupings=[Grouping(by=live.by)] if live.by else [],
        drivers=tuple(live.by),
        asked=asked,
        relation=Relation("live_hours", frozenset(live.by), (facts.metric,)),
        dimensions=facts.dimensions,
        measure=live.measure,
    )


def used(facts: Facts, asked: Detection, watched: UsageWatched, fields: Sequence[str], unit: str) -> Ground:
    """Usage of a measure by day, in its own unit, up to the run's last complete day.

    Raises BadInput where the measure lacks a dimension.
    """
    relation = Relation("usage", frozenset(fields), (watched.measure,))
    _check_fields(relation, watched.by)
    end = _midnight(facts.last_day + timedelta(days=1))
    limits = {"warning": watched.warning, "critical": watched.critical or 10 * watched.warning}
    return Ground(
        kind="usage",
        freq="D",
        metric=watched.measure,
        start=max(_midnight(facts.first_day), end - timedelta(days=asked.history)),
        end=end,
        groupings=[Grouping(by=watched.by)],
        drivers=tuple(fields),
        asked=asked.model_copy(update=limits),
        relation=relation,
        measure=watched.measure,
        unit=unit or watched.measure,
    )


def _newest_hour(con: duckdb.DuckDBPyConnection, after: datetime) -> datetime:
    """The end of the last charge that knows its hour."""
    found = con.execute(
        f"SELECT MAX(ChargePeriodEnd) FROM charge_days WHERE {HOURLY} AND ChargePeriodStart >= $after",
        {"after": after},
    ).fetchone()
    if not found or found[0] is None:
        return after
    newest = found[0].astimezone(UTC)
    full: datetime = newest.replace(minute=0, second=0, microsecond=0)
    return full if full == newest else full + timedelta(hours=1)


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
            known = ", ".join(sorted(relation.fields))
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
