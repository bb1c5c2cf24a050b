"""Doubts about the usage behind one explanation, as short sentences beside it."""

from datetime import date, timedelta

import duckdb

from apportion.analytics import usage_days
from apportion.analytics.doubts.finding import AROUND, NOBODY, Usage, find
from apportion.analytics.models import Facts
from apportion.analytics.statements import fetch
from apportion.core.periods import Window
from apportion.engine import quote_text

MOST = 5


def doubts_for(
    con: duckdb.DuckDBPyConnection,
    facts: Facts,
    measure: str,
    day_from: date,
    day_to: date,
    target: str | None,
) -> list[str]:
    """What is doubtful about the usage of `measure` on `day_from` to `day_to` (both counted).

    At most MOST sentences, those about the measure as a whole first, then those about `target` (a value of
    the dimension that a perspective attributes to; None for the measure alone). `con` has the run's usage
    and, where there are any, customers. Empty for 'cost', 'attributed' and measures without usage.
    """
    dimension = _dimension(con, facts, measure, target)
    if dimension is None:
        return []
    usage = _usage(con, dimension, measure, day_from, day_to)
    found = find(con, usage, Window(day_from, day_to + timedelta(days=1)))
    return [d.sentence for d in found if d.target in (None, target)][:MOST]


def _dimension(con: duckdb.DuckDBPyConnection, facts: Facts, measure: str, target: str | None) -> str | None:
    """The dimension of the measure that `target` is a value of, else its first; None where it has none."""
    sql = "SELECT map_keys(dimensions) AS names FROM usage WHERE measure = $measure LIMIT 1"
    found = fetch(con, sql, {"measure": measure})
    names = [str(name) for row in found for name in row["names"]]
    wanted = [to for to in dict.fromkeys(facts.perspectives.values()) if to in names]
    for name in wanted if target is not None else []:
        sql = f"""
SELECT 1 FROM usage WHERE measure = $measure AND dimensions[{quote_text(name)}] = $target LIMIT 1"""
        if fetch(con, sql, {"measure": measure, "target": target}):
            return name
    return next(iter([*wanted, *names]), None)


def _usage(con: duckdb.DuckDBPyConnection, dimension: str, measure: str, first: date, last: date) -> Usage:
    name = quote_text(dimension)
    of = f"measure = {quote_text(measure)} AND day <= DATE '{last + AROUND}'"
    if usage_days.is_prepared(con):  # sums that a server keeps; rows of usage may be many millions
        daily = f"""
SELECT measure, day, value AS target, quantity FROM {usage_days.TABLE} WHERE dimension = {name} AND {of}"""
    else:
        daily = f"""
SELECT measure, day, coalesce(dimensions[{name}], '(none)') AS target, sum(quantity) AS quantity
FROM usage WHERE {of} GROUP BY ALL"""
    customers = "SELECT customer_id AS name, end_date FROM customers"
    return Usage(
        daily=daily,
        rows=f"SELECT measure, day, \"time\" FROM usage WHERE {of} AND day >= DATE '{first - AROUND}'",
        dimension=dimension,
        known=customers if dimension == "customer" else NOBODY,
    )
