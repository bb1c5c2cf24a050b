"""Cost cut into series by everything that is watched, as exact tables and as arrays."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import duckdb
import numpy as np
from numpy.typing import NDArray

from apportion.analytics.filters import Bindings
from apportion.analytics.models import NONE
from apportion.analytics.statements import fetch
from apportion.anomalies.detector import Flags, Floats, Frequency, Times
from apportion.anomalies.ground import Ground, listed, value_of
from apportion.anomalies.settings import Grouping
from apportion.engine import statement

PACKAGE = "apportion.anomalies"
STEP = {"D": timedelta(days=1), "H": timedelta(hours=1)}
REFERENCE = {"D": (7, 14, 21, 28), "H": (24, 48, 72, 168, 336)}
"""What something usually costs is the mean of so many steps before: the same weekday, the same hour."""
HOURS_MATTER = 5
"""An hour matters from so small a part of a day's warning on."""
FED = 30
"""Days back in which a source must have made up a tenth of a series for the series to wait for it."""


@dataclass(frozen=True)
class Series:
    """One line of cost: which grouping, which values, in which currency; `number` is that of `numbered`."""

    number: int
    grouping: Grouping
    key: tuple[str, ...]
    currency: str

    @property
    def fields(self) -> dict[str, str]:
        return dict(zip(self.grouping.by, self.key, strict=True))


@dataclass(frozen=True)
class Panel:
    """Series that are known up to the same step: `values` [S, n] for the `times` [n].

    `late` [S]: the newest amounts may still grow. The tables `cells`, `levels` and `numbered` of the
    connection hold the same, exactly.
    """

    ground: Ground
    series: list[Series]
    times: Times
    values: Floats
    late: Flags

    @property
    def freq(self) -> Frequency:
        return self.ground.freq

    @property
    def metric(self) -> str:
        return self.ground.metric

    def at(self, step: int) -> datetime:
        """The step as a moment of UTC."""
        return self.times[step].astype("datetime64[s]").item().replace(tzinfo=UTC)  # type: ignore[no-any-return]


def read_panels(con: duckdb.DuckDBPyConnection, ground: Ground) -> list[Panel]:
    """Everything that is watched; series of sources that delivered less are shorter, in their own panels."""
    bindings = Bindings()
    parts = {"fields": listed(ground.fields), "rows": ground.rows(bindings)}
    con.execute(statement(PACKAGE, "cells", **parts), bindings.values)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE levels"
        " (grouping BIGINT, currency VARCHAR, key VARCHAR[], step TIMESTAMP, amount DECIMAL(38, 12))"
    )
    for number, grouping in enumerate(ground.groupings):
        bindings = Bindings()
        parts = {
            "grouping": str(number),
            "keys": _keys(grouping),
            "cells": _cells(ground, grouping, bindings),
        }
        con.execute(statement(PACKAGE, "levels", **parts), bindings.values)
    floor = ground.asked.warning / (HOURS_MATTER if ground.freq == "H" else 1)
    named = ground.kind == "operations" or not ground.asked.groupings
    parts = {"floor": f"{floor:f}", "named": str(named).lower(), "none": NONE}
    con.execute(statement(PACKAGE, "numbered", **parts))
    return _panels(con, ground)


def _keys(grouping: Grouping) -> str:
    return ", ".join(value_of(name) for name in grouping.by)


def _cells(ground: Ground, grouping: Grouping, bindings: Bindings) -> str:
    return ground.targets(grouping, bindings) if grouping.perspective else "cells"


def _panels(con: duckdb.DuckDBPyConnection, ground: Ground) -> list[Panel]:
    rows = con.execute("SELECT series, grouping, key, currency FROM numbered ORDER BY series").fetchall()
    series = [Series(n, ground.groupings[g], tuple(key), currency) for n, g, key, currency in rows]
    unit = "datetime64[D]" if ground.freq == "D" else "datetime64[h]"
    start, end = (np.datetime64(moment.replace(tzinfo=None), "s") for moment in (ground.start, ground.end))
    times: Times = np.arange(start.astype(unit), end.astype(unit), dtype=unit)
    if not series or not times.size:
        return []
    values = np.zeros((len(series), len(times)))
    found = con.execute(
        "SELECT series, step, CAST(amount AS DOUBLE) AS amount FROM levels"
        " JOIN numbered USING (grouping, currency, key)"
    ).fetchnumpy()
    at = (found["step"].astype(times.dtype) - times[0]).astype(np.int64)
    known = (at >= 0) & (at < times.size)
    values[found["series"][known], at[known]] = found["amount"][known]
    through = _through(con, ground, times, len(series))
    late = np.full(len(series), ground.late)
    panels = []
    for steps in np.unique(through[through > 0]):
        rows_of = np.flatnonzero(through == steps)
        part = values[rows_of, :steps]
        panels.append(Panel(ground, [series[i] for i in rows_of], times[:steps], part, late[rows_of]))
    return panels


def _through(con: duckdb.DuckDBPyConnection, ground: Ground, times: Times, count: int) -> NDArray[np.int64]:
    """How many steps of each series its sources have delivered: what is not there yet is not zero."""
    through = np.full(count, times.size, dtype=np.int64)
    for number, grouping in enumerate(ground.groupings):
        bindings = Bindings()
        recent = bindings.bind((ground.end - timedelta(days=FED)).replace(tzinfo=None))
        cells = _cells(ground, grouping, bindings)
        parts = {"grouping": str(number), "keys": _keys(grouping), "cells": cells, "recent": recent}
        for row in fetch(con, statement(PACKAGE, "feeds", **parts), bindings.values):
            until = np.datetime64(row["until"], "s").astype(times.dtype)
            through[row["series"]] = np.count_nonzero(times <= until)
    return through


def exact(con: duckdb.DuckDBPyConnection, number: int, at: datetime) -> Decimal:
    """The exact amount of a series at a step."""
    found = con.execute(
        "SELECT amount FROM levels JOIN numbered USING (grouping, currency, key)"
        " WHERE series = $series AND step = $at",
        {"series": number, "at": at.replace(tzinfo=None)},
    ).fetchone()
    return found[0] if found else Decimal(0)
