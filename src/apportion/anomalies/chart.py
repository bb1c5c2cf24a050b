"""The days or hours around an incident: what they cost, and what was expected of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import duckdb

from apportion.analytics.filters import Bindings
from apportion.analytics.models import Amount, Part
from apportion.anomalies.ground import Ground, value_of
from apportion.anomalies.incidents import Incident, Level, estimate
from apportion.anomalies.kept import said_of_series
from apportion.anomalies.series import STEP
from apportion.anomalies.settings import Grouping

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
    con: duckdb.DuckDBPyConnection, ground: Ground, files: Sequence[str], incident: Incident
) -> list[Point]:
    """The main level of an incident, from some weeks before it to some days after, where there is data."""
    pace, level = STEP[incident.grain], incident.levels[0]
    at = max(incident.first_step - BEFORE[incident.grain] * pace, ground.start)
    end = min(ground.end, incident.last_step + (AFTER[incident.grain] + 1) * pace)
    amounts = _amounts(con, ground.within(at, end), incident.currency, level)
    usual = said_of_series(
        con, files, incident.metric, ground.kept_as(level.grouping), level.fields, incident.currency
    )
    points = []
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
    con: duckdb.DuckDBPyConnection, ground: Ground, currency: str, level: Level
) -> dict[datetime, Decimal]:
    bindings = Bindings()
    grouping = Grouping(by=list(level.fields), perspective=level.perspective)
    rows = ground.targets(grouping, bindings) if level.perspective else ground.rows(bindings)
    conditions = [f"currency = {bindings.bind(currency)}"]
    conditions += [f"{value_of(name)} = {bindings.bind(value)}" for name, value in level.fields.items()]
    found = con.execute(
        f"SELECT step, SUM(amount) FROM {rows} WHERE {' AND '.join(conditions)} GROUP BY ALL", bindings.values
    )
    return {step.replace(tzinfo=UTC): amount for step, amount in found.fetchall()}
