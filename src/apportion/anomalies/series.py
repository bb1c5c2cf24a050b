"""Cost cut into series by everything that is watched, as exact tables and as arrays."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import duckdb
import numpy as np

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
    """One line of cost: which grouping, which values, in which currency."""

    grouping: Grouping
    key: tuple[str, ...]
    currency: str

    @property
    def fields(self) -> dict[str, str]:
        return dict(zip(self.grouping.by, self.key, strict=True))


@dataclass(frozen=True)
class Panel:
    """Series beside each other: `values` [S, n] for the `times` [n], NaN where nothing is known yet.

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


def read_panel(con: duckdb.DuckDBPyConnection, ground: Ground) -> Panel:
    """Everything that is watched."""
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
    return _panel(con, ground)


def _keys(grouping: Grouping) -> str:
    return ", ".join(value_of(name) for name in grouping.by)


def _cells(ground: Ground, grouping: Grouping, bindings: Bindings) -> str:
    return ground.targets(grouping, bindings) if grouping.perspective else "cells"


def _panel(con: duckdb.DuckDBPyConnection, ground: Ground) -> Panel:
    rows = con.execute("SELECT grouping, key, currency FROM numbered ORDER BY series").fetchall()
    series = [Series(ground.groupings[g], tuple(key), currency) for g, key, currency in rows]
    unit = "datetime64[D]" if ground.freq == "D" else "datetime64[h]"
    ends = [
        np.datetime64(moment.replace(tzinfo=None), "s").astype(unit) for moment in (ground.start, ground.end)
    ]
    times: Times = np.arange(*ends, dtype=unit)
    values = np.zeros((len(series), len(times)))
    found = con.execute(
        "SELECT series, step, CAST(amount AS DOUBLE) AS amount FROM levels"
        " JOIN numbered USING (grouping, currency, key)"
    ).fetchnumpy()
    at = (found["step"].astype(times.dtype) - times[0]).astype(np.int64) if times.size else found["series"]
    values[found["series"], at] = found["amount"]
    if ground.late:
        _forget_what_is_not_there(con, ground, times, values)
    return Panel(ground, series, times, values, np.full(len(series), ground.late))


def _forget_what_is_not_there(
    con: duckdb.DuckDBPyConnection, ground: Ground, times: Times, values: Floats
) -> None:
    """NaN after the last step that the sources of a series have delivered."""
    for number, grouping in enumerate(ground.groupings):
        bindings = Bindings()
        recent = bindings.bind((ground.end - timedelta(days=FED)).replace(tzinfo=None))
        cells = _cells(ground, grouping, bindings)
        parts = {"grouping": str(number), "keys": _keys(grouping), "cells": cells, "recent": recent}
        for row in fetch(con, statement(PACKAGE, "feeds", **parts), bindings.values):
            until = np.datetime64(row["until"], "s").astype(times.dtype)
            values[row["series"], times > until] = np.nan


def exact(con: duckdb.DuckDBPyConnection, number: int, at: datetime) -> Decimal:
    """The exact amount of a series at a step."""
    found = con.execute(
        "SELECT amount FROM levels JOIN numbered USING (grouping, currency, key)"
        " WHERE series = $series AND step = $at",
        {"series": number, "at": at.replace(tzinfo=None)},
    ).fetchone()
    return found[0] if found else Decimal(0)
