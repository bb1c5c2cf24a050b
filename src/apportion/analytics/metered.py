"""Operations with the customer they mean, and views of them beside revenue, for SQL."""

import duckdb

from apportion.allocation import register_arithmetic
from apportion.engine import statement

VIEWS = ("operations", "hourly_customer_metrics", "daily_customer_metrics", "customer_metrics")


def register_metrics(con: duckdb.DuckDBPyConnection) -> None:
    """Create VIEWS over `told_operations`, `identities` and `daily_revenue` of `con`."""
    register_arithmetic(con)
    for name in VIEWS:
        con.execute(statement("apportion.analytics", name))
