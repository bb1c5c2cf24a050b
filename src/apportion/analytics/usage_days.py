"""Usage summed by day for each value of each dimension, kept beside the views of a server's connection.

Rows of usage are many and hold their dimensions in a map; a page that asks for one customer's use would
read them all. The sums are made once for each run and live in its database, in memory.
"""

from contextlib import suppress

import duckdb

from apportion.analytics.statements import fetch
from apportion.engine import quote_text

TABLE = "usage_days"


def is_prepared(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the sums are there."""
    return bool(fetch(con, "SELECT 1 FROM duckdb_tables() WHERE table_name = $name", {"name": TABLE}))


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the sums where they are not there yet, unless another thread is making them at this moment.

    Until they are there, usage itself is read.
    """
    if is_prepared(con):
        return
    names = fetch(con, "SELECT DISTINCT UNNEST(MAP_KEYS(dimensions)) AS name FROM usage ORDER BY name")
    sums = " UNION ALL ".join(_sums(row["name"]) for row in names) or _sums("")
    with suppress(duckdb.TransactionException):  # another one's table of the same name, not committed yet
        con.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} AS {sums} ORDER BY dimension, value, day")


def _sums(dimension: str) -> str:
    name = quote_text(dimension)
    return f"""
SELECT measure, {name} AS dimension, dimensions[{name}] AS value, day, SUM(quantity) AS quantity
FROM usage WHERE dimensions[{name}] IS NOT NULL GROUP BY ALL"""
