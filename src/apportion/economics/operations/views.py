"""Views of customers' operations beside their revenue, for SQL."""

import duckdb

from apportion.engine import statement

VIEWS = ("daily_customer_metrics", "customer_metrics")


def register_metrics(con: duckdb.DuckDBPyConnection) -> None:
    """Create VIEWS over the views `operations` and `daily_revenue` of `con`."""
    for name in VIEWS:
        con.execute(statement(__package__, name))
