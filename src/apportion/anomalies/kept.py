"""Judgements as they are kept in the ledger: what was said of which amount, when."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import duckdb
import numpy as np
import pyarrow as pa

from apportion.anomalies.detector import Floats, Memory
from apportion.anomalies.judging import Judged, Vintages, nothing_said
from apportion.anomalies.series import PACKAGE, STEP, Panel
from apportion.engine import quote_text, statement
from apportion.ledger import Slice, Table
from apportion.ledger.schemas import JUDGEMENTS, delta_schema

FRESH = 3
"""Steps of the newest that were judged as they came in; older ones were over already."""
NUMBERS = ("score", "expected", "lower", "upper", "lag", "since", "channel")


def remember(con: duckdb.DuckDBPyConnection, table: Table, panel: Panel) -> tuple[Memory, int]:
    """What was said of the series of a panel, and of how many of its steps anything was said at all."""
    found = _remembered(con, table, panel, Memory._fields)
    if found is None:
        return nothing_said(len(panel.series), panel.times.size), 0
    memory = Memory(*found)
    return memory, int(np.flatnonzero(~np.isnan(memory.expected).all(axis=0)).max(initial=-1)) + 1


def vintages(con: duckdb.DuckDBPyConnection, table: Table, panel: Panel) -> Vintages:
    """Amounts as they were known when they were new, where they were judged as they came in."""
    return _remembered(con, table, panel, ("seen_then", "seen_before", "seen_before_that")) or ()


def _remembered(
    con: duckdb.DuckDBPyConnection, table: Table, panel: Panel, names: Sequence[str]
) -> list[Floats] | None:
    """Columns of judgements as arrays [S, n]; None where there are none."""
    files = files_of(table, panel.freq)
    if not files or not panel.series:
        return None
    _name_series(con, panel)
    rows = con.execute(
        statement(PACKAGE, "remembered", files=_listed(files)),
        {"metric": panel.metric, "start": panel.at(0), "end": panel.at(-1)},
    ).fetchnumpy()
    if not rows["series"].size:
        return None
    at = (rows["step"].astype(panel.times.dtype) - panel.times[0]).astype(np.int64)
    places = np.zeros(1 + max(s.number for s in panel.series), dtype=np.int64)
    places[[s.number for s in panel.series]] = np.arange(len(panel.series))
    found = []
    for name in names:
        part = np.full(panel.values.shape, np.nan)
        part[places[rows["series"]], at] = np.ma.filled(np.ma.asarray(rows[name], dtype=np.float64), np.nan)
        found.append(part)
    return found


Parts = Sequence[tuple[Panel, Sequence[Judged]]]


def keep(con: duckdb.DuckDBPyConnection, table: Table, parts: Parts, now: datetime, run: str) -> None:
    """Add the judgements of some panels of one ground in one commit; what was said of a step before stays.

    Raises Transient where another process judges at the same time.
    """
    told = [(panel, judged) for panel, judged in parts if judged]
    if not told:
        return
    at, ground = table.version(), told[0][0].ground
    _name_series(con, *(panel for panel, _ in told))
    con.register("judged", pa.concat_tables([_rows(panel, judged) for panel, judged in told]))
    params = {"grain": ground.freq, "metric": ground.metric, "run": run, "now": now}
    params |= {"pace": STEP[ground.freq].total_seconds()}
    slices = []
    for period in sorted({f"{panel.at(one.step):%Y-%m}" for panel, judged in told for one in judged}):
        part = {"grain": ground.freq, "period": period}
        path = table.partition_directory(part) / f"{at + 1}-{run or ground.kind}.parquet"
        standing = table.files(part) if at >= 0 else []
        before = f"SELECT * FROM read_parquet([{_listed(standing)}], hive_partitioning = false)"
        more = f"{before} UNION ALL BY NAME" if standing else ""
        con.execute(statement(PACKAGE, "judgements", before=more), {**params, "period": period})
        con.execute(f"COPY month_judged TO {quote_text(str(path))} (FORMAT parquet)")
        slices.append(Slice(part, [path]))
    con.unregister("judged")
    record = {"grain": ground.freq, "run_id": run, "judged_at": now.isoformat()}
    table.replace(slices, schema=delta_schema(JUDGEMENTS), record=record, expect=at)


def _rows(panel: Panel, judged: Sequence[Judged]) -> pa.Table:
    count, newest = len(panel.series), panel.times.size - 1
    steps = [one.step for one in judged]
    columns = {
        "series": np.tile([s.number for s in panel.series], len(judged)),
        "step": np.repeat(panel.times[steps].astype("datetime64[us]"), count),
        "backfilled": np.repeat([newest - step >= FRESH for step in steps], count),
    }
    for name in NUMBERS:
        columns[name] = np.concatenate([getattr(one.verdict, name) for one in judged])
    return pa.table({name: pa.array(column, from_pandas=True) for name, column in columns.items()})


def _name_series(con: duckdb.DuckDBPyConnection, *panels: Panel) -> None:
    """The table `named`: what judgements call each series."""
    named = [(panel.ground, series) for panel in panels for series in panel.series]
    con.register(
        "named",
        pa.table(
            {
                "series": [series.number for _, series in named],
                "grouping": [ground.kept_as(series.grouping.name) for ground, series in named],
                "key": [json.dumps(series.key) for _, series in named],
                "currency": [series.currency for _, series in named],
            }
        ),
    )


def files_of(table: Table, freq: str) -> list[str]:
    """The files of the judgements of days, or of hours, in the order of their months."""
    return table.files({"grain": freq}) if table.version() >= 0 else []


def _listed(files: Sequence[str]) -> str:
    return ", ".join(quote_text(path) for path in files)


def said_of_series(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[str],
    metric: str,
    grouping: str,
    fields: Mapping[str, str],
    currency: str,
) -> dict[datetime, tuple[float, float, float]]:
    """What was expected of one series at each step, with its lower and upper end."""
    if not files:
        return {}
    rows = con.execute(
        "SELECT step, expected, lower, upper"
        f" FROM read_parquet([{_listed(files)}], hive_partitioning = false)"
        " WHERE metric = $metric AND grouping = $grouping AND key = $key AND currency = $currency",
        {
            "metric": metric,
            "grouping": grouping,
            "key": json.dumps(tuple(fields.values())),
            "currency": currency,
        },
    ).fetchall()
    return {step.astimezone(UTC): (expected, lower, upper) for step, expected, lower, upper in rows}


def judged_through(con: duckdb.DuckDBPyConnection, table: Table, freq: str) -> datetime | None:
    """The last step that anything was said of."""
    files = files_of(table, freq)
    if not files:
        return None
    found = con.execute(
        f"SELECT MAX(step) FROM read_parquet([{_listed(files[-1:])}], hive_partitioning = false)"
    ).fetchone()
    return found[0].astimezone(UTC) if found and found[0] else None
