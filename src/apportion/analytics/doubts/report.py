"""Doubtful usage of a window over all measures, or one."""

import duckdb

from apportion.analytics.doubts.finding import Usage, find
from apportion.analytics.doubts.models import DoubtsReport
from apportion.analytics.scope import read_window
from apportion.analytics.sentences import count
from apportion.analytics.statements import fetch
from apportion.core.errors import NotFound
from apportion.engine import quote_text

MOST = 200


def doubts(
    con: duckdb.DuckDBPyConnection, dimension: str, window: str = "30d", measure: str | None = None
) -> DoubtsReport:
    """What is doubtful about the usage that `con` has, in the days of `window`.

    `dimension` is what names customers. Windows counted in days end with the last day of usage. Raises
    NotFound where there is no usage, or none of that measure.
    """
    known = fetch(con, "SELECT measure, max(day) AS last_day FROM usage GROUP BY measure ORDER BY measure")
    measures = [row["measure"] for row in known if measure in (None, row["measure"])]
    if not measures:
        names = ", ".join(row["measure"] for row in known) or "none"
        what = "There is no usage yet." if measure is None else f"There is no usage of '{measure}'."
        raise NotFound(what, hint=f"Usage there is of: {names}. 'apportion ingest' loads it.")
    days = read_window(window, max(row["last_day"] for row in known))
    found = find(con, _usage(dimension, measure), days)
    several = count(len(found), "thing", "things")
    place = f"usage of {measure}" if measure else f"usage of {count(len(measures), 'measure')}"
    what = f"{several} to look at in" if found else "Nothing looks wrong with"
    return DoubtsReport(
        headline=f"{what} {place}, {days.label}.",
        start=days.start,
        to=days.end,
        measures=measures,
        more=max(0, len(found) - MOST),
        doubts=found[:MOST],
    )


def _usage(dimension: str, measure: str | None) -> Usage:
    name = quote_text(dimension)
    only = f"WHERE measure = {quote_text(measure)}" if measure else ""
    return Usage(
        daily=f"""
SELECT measure, day, coalesce(dimensions[{name}], '(none)') AS target, sum(quantity) AS quantity
FROM usage {only} GROUP BY ALL""",
        rows=f'SELECT measure, day, "time" FROM usage {only}',
        dimension=dimension,
        known="SELECT customer_id AS name, end_date FROM customers",
    )
