"""The days or hours around an incident: what they cost, and what was expected of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from apportion.analytics.fields import charge_bounds, charge_days
from apportion.analytics.filters import Bindings, compile_filter, parse_filter
from apportion.analytics.models import NONE, Amount, Facts, Part
from apportion.analytics.statements import fill, read_sql
from apportion.anomalies.incidents import Incident, Level, estimate
from apportion.anomalies.kept import said_of_series
from apportion.anomalies.series import STEP
from apportion.anomalies.settings import Detection
from apportion.engine import quote_ident

BEFORE = {"D": 45, "H": 96}
AFTER = {"D": 14, "H": 24}


class Point(Part):
    """One step of the chart. The amount is exact; the range is null where nothing was expected yet."""

    step: datetime
    amount: Amount
    expected: Amount | None
    lower: Amount | None
    upper: Amount | None
    anomalous: bool


def chart(
    con: duckdb.DuckDBPyConnection, facts: Facts, asked: Detection, files: Sequence[str], incident: Incident
) -> list[Point]:
    """The main level of an incident, from some weeks before it to some days after, where there is data."""
    pace, level = STEP[incident.grain], incident.levels[0]
    midnight = datetime.combine(facts.last_day + timedelta(days=1), datetime.min.time(), UTC)
    start = max(
        incident.first_step - BEFORE[incident.grain] * pace,
        datetime.combine(facts.first_day, datetime.min.time(), UTC),
    )
    end = min(midnight, incident.last_step + (AFTER[incident.grain] + 1) * pace)
    amounts = _amounts(con, asked, incident, level, start, end)
    usual = said_of_series(con, files, incident.metric, level.grouping, level.fields, incident.currency)
    points, at = [], start
    while at < end:
        expected, lower, upper = usual.get(at, (None, None, None))
        points.append(
            Point(
                step=at,
                amount=amounts.get(at, Decimal(0)),
                expected=None if expected is None else estimate(expected),
                lower=None if lower is None else estimate(lower),
                upper=None if upper is None else estimate(upper),
                anomalous=incident.first_step <= at <= incident.last_step,
            )
        )
        at += pace
    return points


def _amounts(
    con: duckdb.DuckDBPyConnection,
    asked: Detection,
    incident: Incident,
    level: Level,
    start: datetime,
    end: datetime,
) -> dict[datetime, Decimal]:
    bindings, metric = Bindings(), quote_ident(incident.metric)
    first, last = start.date(), (end - timedelta(microseconds=1)).date() + timedelta(days=1)
    conditions = [
        f"day >= {bindings.bind(first)} AND day < {bindings.bind(last)}",
        f"currency = {bindings.bind(incident.currency)}",
    ]
    conditions += [
        f"COALESCE({quote_ident(n)}::VARCHAR, '{NONE}') = {bindings.bind(v)}" for n, v in level.fields.items()
    ]
    if level.perspective:
        conditions.append(f"perspective = {bindings.bind(level.perspective)}")
        source, moment = f"allocations WHERE {' AND '.join(conditions)}", "day"
    else:
        relation, where = charge_days(con), parse_filter(asked.where)
        conditions += charge_bounds(relation, first, last, bindings)
        conditions += [compile_filter(where, bindings)] if where else []
        source, moment = f"charge_days WHERE {' AND '.join(conditions)}", "day"
        if incident.grain == "H":
            hours = fill(
                read_sql("apportion.analytics", "hours"),
                {"metric": incident.metric, "charge_end": relation.charge_end},
            )
            source = f"(WITH bounded AS (SELECT * FROM {source}) {hours})"
            moment = "make_timestamp(hour * 1000000)"
    rows: list[tuple[Any, Decimal]] = con.execute(
        f"SELECT {moment}::TIMESTAMP AS step, SUM({metric}) FROM {source} GROUP BY ALL", bindings.values
    ).fetchall()
    return {step.replace(tzinfo=UTC): amount for step, amount in rows}
