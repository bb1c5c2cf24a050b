"""Cost cut into series by everything that is watched, as exact tables and as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import duckdb
import numpy as np

from apportion.analytics.fields import Relation, allocations, charge_bounds, charge_days
from apportion.analytics.filters import Bindings, compile_filter, matches, parse_filter
from apportion.analytics.models import NONE, Facts
from apportion.analytics.statements import fetch, fill, read_sql
from apportion.anomalies.detector import Floats, Frequency, Times
from apportion.anomalies.settings import Detection, Grouping
from apportion.core.errors import BadInput
from apportion.engine import quote_ident, statement

PACKAGE = "apportion.anomalies"
STEP = {"D": timedelta(days=1), "H": timedelta(hours=1)}
REFERENCE = {"D": (7, 14, 21, 28), "H": (24, 48, 72, 168, 336)}
"""What a cell usually costs is the mean of so many steps before: the same weekday, the same hour."""
HOUR_DAYS = 42
"""Days of hours that are read: six weeks show the shape of a week, and more costs memory."""
HOURS_MATTER = 5
"""An hour matters from so small a part of a day's warning on."""
FED = 30
"""Days back in which a source must have made up a tenth of a series for the series to wait for it."""


@dataclass(frozen=True)
class Series:
    """One line of cost: which grouping, which values, in which currency."""

    grouping: Grouping
    key: tuple[str, ...]
    currency: str

    @property
    def fields(self) -> dict[str, str]:
        return dict(zip(self.grouping.by, self.key, strict=True))

    @property
    def name(self) -> tuple[str, str, str]:
        """What tells it from any other, in any run."""
        return self.grouping.name, "\x1f".join(self.key), self.currency


@dataclass(frozen=True)
class Panel:
    """Series beside each other: `values` [S, n] for the `times` [n], NaN where nothing is known yet.

    `late` [S]: the newest amounts may still grow. The tables `cells`, `levels` and `numbered` of the
    connection hold the same, exactly.
    """

    freq: Frequency
    metric: str
    series: list[Series]
    times: Times
    values: Floats
    late: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def at(self, step: int) -> datetime:
        """The step as a moment of UTC."""
        return self.times[step].astype("datetime64[s]").item().replace(tzinfo=UTC)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Scope:
    """What is read: steps from `start` to `end`, `end` excluded."""

    freq: Frequency
    metric: str
    start: date
    end: date


def scope_of(facts: Facts, asked: Detection, freq: Frequency) -> Scope:
    """The history that a run can be judged with."""
    days = asked.history if freq == "D" else HOUR_DAYS
    end = facts.last_day + timedelta(days=1)
    return Scope(freq, facts.metric, max(facts.first_day, end - timedelta(days=days)), end)


def read_panel(con: duckdb.DuckDBPyConnection, facts: Facts, asked: Detection, scope: Scope) -> Panel:
    """Everything that is watched, from the run behind `con`.

    Raises BadInput where a grouping names what is not there.
    """
    groupings = _groupings(facts, asked, scope.freq)
    _read_cells(con, groupings, asked, scope)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE levels"
        " (grouping BIGINT, currency VARCHAR, key VARCHAR[], step TIMESTAMP, amount DECIMAL(38, 12))"
    )
    for number, grouping in enumerate(groupings):
        bindings = Bindings()
        cells = _cells_of(facts, grouping, scope, bindings)
        sql = statement(PACKAGE, "levels", grouping=str(number), keys=_keys(grouping), cells=cells)
        con.execute(sql, bindings.values)
    floor = asked.warning / (HOURS_MATTER if scope.freq == "H" else 1)
    parts = {"floor": f"{floor:f}", "named": str(not asked.groupings).lower(), "none": NONE}
    con.execute(statement(PACKAGE, "numbered", **parts))
    return _panel(con, facts, groupings, scope)


def _groupings(facts: Facts, asked: Detection, freq: Frequency) -> list[Grouping]:
    """Those that can be read: hours are of charges alone."""
    found = asked.watched(facts.dimensions)
    for grouping in found:
        if grouping.perspective and grouping.perspective not in facts.perspectives:
            raise BadInput(
                f"No perspective is named '{grouping.perspective}'.",
                where="anomalies.groupings",
                hint=f"There are: {', '.join(facts.perspectives) or 'none'}.",
            )
    return [g for g in found if freq == "D" or not g.perspective]


def fields_of(groupings: Sequence[Grouping]) -> list[str]:
    """Every field of a charge that a grouping names, once."""
    return list(dict.fromkeys(name for g in groupings if not g.perspective for name in g.by))


def _read_cells(
    con: duckdb.DuckDBPyConnection, groupings: Sequence[Grouping], asked: Detection, scope: Scope
) -> None:
    relation, bindings = charge_days(con), Bindings()
    fields, where = fields_of(groupings), parse_filter(asked.where)
    for name in [*fields, *(match.field for match in matches(where) if where)] if where else fields:
        check_field(relation, name)
    listed = "".join(f", {_value(name)} AS {quote_ident(name)}" for name in fields)
    conditions = [
        f"day >= {bindings.bind(scope.start)} AND day < {bindings.bind(scope.end)}",
        *charge_bounds(relation, scope.start, scope.end, bindings),
        *([compile_filter(where, bindings)] if where else []),
    ]
    parts = {"fields": listed, "metric": quote_ident(scope.metric), "condition": " AND ".join(conditions)}
    name = "cells"
    if scope.freq == "H":
        name = "hour_cells"
        hours = read_sql("apportion.analytics", "hours")
        parts["hours"] = fill(hours, {"metric": scope.metric, "charge_end": relation.charge_end})
    con.execute(statement(PACKAGE, name, **parts), bindings.values)


def check_field(relation: Relation, name: str) -> None:
    """Raises BadInput for a field that charges, or a perspective's results, do not have."""
    if name not in relation.fields:
        raise BadInput(
            f"No field is named '{name}' here.",
            where="anomalies",
            hint=f"There are: {', '.join(sorted(f for f in relation.fields if not f.startswith('?')))}.",
        )


def _value(name: str) -> str:
    return f"COALESCE({quote_ident(name)}::VARCHAR, '{NONE}')"


def _keys(grouping: Grouping) -> str:
    return ", ".join(_value(name) for name in grouping.by)


def _cells_of(facts: Facts, grouping: Grouping, scope: Scope, bindings: Bindings) -> str:
    if not grouping.perspective:
        return "cells"
    relation = allocations(facts)
    for name in grouping.by:
        check_field(relation, name)
    listed = ", ".join(quote_ident(name) for name in grouping.by)
    return (
        f"(SELECT currency, source, day, {listed}, {quote_ident(scope.metric)} AS amount FROM allocations"
        f" WHERE perspective = {bindings.bind(grouping.perspective)}"
        f" AND day >= {bindings.bind(scope.start)} AND day < {bindings.bind(scope.end)})"
    )


def _panel(
    con: duckdb.DuckDBPyConnection, facts: Facts, groupings: Sequence[Grouping], scope: Scope
) -> Panel:
    rows = con.execute("SELECT grouping, key, currency FROM numbered ORDER BY series").fetchall()
    series = [Series(groupings[g], tuple(key), currency) for g, key, currency in rows]
    unit = "D" if scope.freq == "D" else "h"
    times = np.arange(np.datetime64(scope.start), np.datetime64(scope.end), dtype=f"datetime64[{unit}]")
    values = np.zeros((len(series), len(times)))
    found = con.execute(
        "SELECT series, step, CAST(amount AS DOUBLE) AS amount FROM levels"
        " JOIN numbered USING (grouping, currency, key)"
    ).fetchnumpy()
    at = (found["step"].astype(times.dtype) - times[0]).astype(np.int64)
    values[found["series"], at] = found["amount"]
    _forget_what_is_not_there(con, facts, groupings, scope, times, values)
    return Panel(scope.freq, scope.metric, series, times, values, np.ones(len(series), bool))


def _forget_what_is_not_there(
    con: duckdb.DuckDBPyConnection,
    facts: Facts,
    groupings: Sequence[Grouping],
    scope: Scope,
    times: Times,
    values: Floats,
) -> None:
    """NaN after the last step that the sources of a series have delivered."""
    for number, grouping in enumerate(groupings):
        bindings = Bindings()
        recent = bindings.bind(scope.end - timedelta(days=FED))
        cells = _cells_of(facts, grouping, scope, bindings)
        parts = {"grouping": str(number), "keys": _keys(grouping), "cells": cells, "recent": recent}
        for row in fetch(con, statement(PACKAGE, "feeds", **parts), bindings.values):
            until = np.datetime64(row["until"], "s" if scope.freq == "H" else "D").astype(times.dtype)
            values[row["series"], times > until] = np.nan


def exact(con: duckdb.DuckDBPyConnection, number: int, first: datetime, last: datetime) -> list[Decimal]:
    """The exact amounts of a series, both ends included; steps without cost are left out."""
    rows = con.execute(
        "SELECT amount FROM levels JOIN numbered USING (grouping, currency, key)"
        " WHERE series = $series AND step BETWEEN $first AND $last ORDER BY step",
        {"series": number, "first": first.replace(tzinfo=None), "last": last.replace(tzinfo=None)},
    ).fetchall()
    return [amount for (amount,) in rows]
