"""Live cost: what usage costs by the organization's own price, for the hours no bill is there for yet.

Bills come hours late, usage as it happens. What the chosen cost of the last complete days was for one unit
of usage is the price; an hour after the last billed day is estimated at it, until its bill comes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import duckdb

from apportion.analytics.fields import Relation, charge_bounds, charge_days
from apportion.analytics.filters import Bindings, compile_filter, matches, parse_filter
from apportion.analytics.models import NONE, Facts
from apportion.analytics.statements import fetch
from apportion.anomalies.ground import HOUR_DAYS, HOURLY, value_of
from apportion.anomalies.settings import LiveMeasure
from apportion.core.errors import BadInput
from apportion.core.money import from_units, per_unit, split_running, to_units
from apportion.engine import quote_ident, quote_text, statement
from apportion.engine.arrow import make_table

PACKAGE = "apportion.anomalies"
HOUR = timedelta(hours=1)
DAY_HOURS = 24
LIVE_HOURS = "live_hours"
Key = tuple[str, ...]
Units = dict[datetime, int]
"""Whole units of 10⁻¹² by hour."""


@dataclass(frozen=True)
class Price:
    """What one unit of usage cost: `cost` of the days from `first` to `last`, divided by their `quantity`.

    Days of which either is missing are left out of both.
    """

    cost: Decimal
    quantity: Decimal
    first: date
    last: date

    @property
    def per_unit(self) -> Decimal:
        """To twelve places, for people; amounts are made from cost and quantity themselves."""
        return per_unit(self.cost, self.quantity) or Decimal(0)

    def of(self, quantity: int) -> int:
        """What `quantity` (units of 10⁻¹²) costs, in units of 10⁻¹², rounded half away from zero."""
        whole = to_units(self.quantity)
        size = (2 * abs(to_units(self.cost) * quantity) + whole) // (2 * whole)
        return size if self.cost * quantity >= 0 else -size


@dataclass(frozen=True)
class LiveSeries:
    """Hours of one line of cost: `costs` at `times` (UTC), each billed or `estimated` at `price`."""

    measure: str
    fields: Mapping[str, str]
    currency: str
    price: Price
    times: list[datetime]
    costs: list[Decimal]
    estimated: list[bool]


def live_cost(
    bills: duckdb.DuckDBPyConnection,
    uses: duckdb.DuckDBPyConnection,
    facts: Facts,
    asked: LiveMeasure,
    now: datetime,
) -> list[LiveSeries]:
    """Hours of each value of `asked.by` up to the last full one that usage is known of.

    `bills` has the view `charge_days` of the run of `facts`, `uses` the newest `usage`. Days up to the run's
    last complete one are billed: what a bill gives by the day alone lies on its hours as usage did. A value
    that has no cost, or no usage, in the days of the price has no series: nothing is known of its price.
    Raises BadInput where a field is not there.
    """
    relation = charge_days(bills)
    _check(relation, asked)
    billed = _midnight(facts.last_day + timedelta(days=1))
    start = max(_midnight(facts.first_day), billed - timedelta(days=HOUR_DAYS))
    used = _usage(uses, asked, start, now)
    through = max((step for hours in used.values() for step in hours), default=billed) + HOUR
    through = min(through, now.astimezone(UTC).replace(minute=0, second=0, microsecond=0))
    found = []
    for (currency, key), (hours, days) in _cost(bills, facts, relation, asked, start, billed).items():
        usage = used.get(key, {})
        price = _price(hours, days, usage, facts, asked.days)
        if price is None:
            continue
        costs = dict(_on_hours(hours, days, usage, start, billed))
        known = len(costs)
        for step in _steps(billed, through):
            costs[step] = price.of(usage.get(step, 0))
        found.append(
            LiveSeries(
                measure=asked.measure,
                fields=dict(zip(asked.by, key, strict=True)),
                currency=currency,
                price=price,
                times=list(costs),
                costs=[from_units(units) for units in costs.values()],
                estimated=[at >= known for at in range(len(costs))],
            )
        )
    return found


def put_live(con: duckdb.DuckDBPyConnection, found: Sequence[LiveSeries]) -> None:
    """Make the table LIVE_HOURS of `con`: measure, currency, step, amount, estimated, and a column a field.

    A field that a series does not have is empty there.
    """
    names = list(dict.fromkeys(name for series in found for name in series.fields))
    columns = {"measure": "VARCHAR", "currency": "VARCHAR", "second": "BIGINT", "cost": "DECIMAL"}
    rows = [
        [series.measure, series.currency, int(at.timestamp()), cost, int(estimated)]
        + [series.fields.get(name) for name in names]
        for series in found
        for at, cost, estimated in zip(series.times, series.costs, series.estimated, strict=True)
    ]
    held = dict.fromkeys((f"field {name}" for name in names), "VARCHAR")
    make_table(con, "live_rows", {**columns, "guessed": "TINYINT", **held}, rows)
    fields = "".join(f", {quote_ident(f'field {name}')} AS {quote_ident(name)}" for name in names)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {LIVE_HOURS} AS SELECT measure, currency,"
        f" make_timestamp(second * 1000000) AS step, cost AS amount, guessed = 1 AS estimated{fields}"
        " FROM live_rows"
    )


def _check(relation: Relation, asked: LiveMeasure) -> None:
    where = parse_filter(asked.cost.where)
    for name in [*asked.by, *(match.field for match in matches(where))] if where else asked.by:
        if name not in relation.fields:
            raise BadInput(
                f"No field of the cost is named '{name}'.",
                where=f"anomalies.live, measure '{asked.measure}'",
                hint=f"There are: {', '.join(sorted(relation.fields))}.",
            )


def _usage(
    con: duckdb.DuckDBPyConnection, asked: LiveMeasure, start: datetime, now: datetime
) -> dict[Key, Units]:
    """Usage by value and hour."""
    keys = ", ".join(f"COALESCE(dimensions[{quote_text(name)}], '{NONE}')" for name in asked.by)
    rows = fetch(
        con,
        statement(PACKAGE, "live_usage", keys=keys or "''"),
        {"measure": asked.measure, "start": start, "end": now.astimezone(UTC)},
    )
    found: dict[Key, Units] = defaultdict(dict)
    for row in rows:
        found[_key(row["key"], asked)][_hour(row["step"])] = to_units(row["quantity"])
    return found


def _cost(
    con: duckdb.DuckDBPyConnection,
    facts: Facts,
    relation: Relation,
    asked: LiveMeasure,
    start: datetime,
    billed: datetime,
) -> dict[tuple[str, Key], tuple[Units, dict[date, int]]]:
    """Billed cost by currency and value: of hours where charges know them, and of days for the rest."""
    bindings = Bindings()
    where = parse_filter(asked.cost.where)
    first, last = start.date(), billed.date()
    conditions = [
        f"day >= {bindings.bind(first)} AND day < {bindings.bind(last)}",
        *charge_bounds(relation, first, last, bindings),
        *([compile_filter(where, bindings)] if where else []),
    ]
    parts = {
        "keys": ", ".join(value_of(name) for name in asked.by) or "''",
        "metric": quote_ident(facts.metric),
        "hourly": HOURLY,
        "conditions": " AND ".join(conditions),
    }
    found: dict[tuple[str, Key], tuple[Units, dict[date, int]]] = defaultdict(lambda: ({}, {}))
    for row in fetch(con, statement(PACKAGE, "live_cost", **parts), bindings.values):
        hours, days = found[row["currency"], _key(row["key"], asked)]
        if row["step"] is None:
            days[row["day"]] = to_units(row["cost"])
        else:
            hours[_hour(row["step"])] = to_units(row["cost"])
    return found


def _price(hours: Units, days: Mapping[date, int], usage: Units, facts: Facts, span: int) -> Price | None:
    """The price of the last `span` complete days, of those that have both cost and usage."""
    first = facts.last_day - timedelta(days=span - 1)
    cost, used = _by_day(hours), _by_day(usage)
    for day, units in days.items():
        cost[day] += units
    both = [day for day in cost if first <= day <= facts.last_day and used.get(day, 0) > 0]
    if not both or (paid := sum(cost[day] for day in both)) <= 0:
        return None
    quantity = sum(used[day] for day in both)
    return Price(from_units(paid), from_units(quantity), min(both), max(both))


def _on_hours(
    hours: Units, days: Mapping[date, int], usage: Units, start: datetime, end: datetime
) -> Iterator[tuple[datetime, int]]:
    """Billed cost of every hour; each day's adds up to its bill."""
    for midnight in _steps(start, end, DAY_HOURS):
        steps = list(_steps(midnight, midnight + DAY_HOURS * HOUR))
        weights = [max(usage.get(step, 0), 0) for step in steps]
        shape = weights if any(weights) else [1] * DAY_HOURS
        shared = split_running(days.get(midnight.date(), 0), shape)
        yield from ((step, hours.get(step, 0) + part) for step, part in zip(steps, shared, strict=True))


def _by_day(hours: Units) -> dict[date, int]:
    found: dict[date, int] = defaultdict(int)
    for step, units in hours.items():
        found[step.date()] += units
    return found


def _steps(start: datetime, end: datetime, hours: int = 1) -> Iterator[datetime]:
    while start < end:
        yield start
        start += hours * HOUR


def _key(values: list[str], asked: LiveMeasure) -> Key:
    return tuple(values) if asked.by else ()


def _hour(step: datetime) -> datetime:
    return step.replace(tzinfo=UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
