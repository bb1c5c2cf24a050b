"""Forecasts of cost by the one query model."""

import duckdb

from apportion.analytics.models import Facts
from apportion.analytics.query import Query
from apportion.forecasting.models import MonthEnd


def month_end(con: duckdb.DuckDBPyConnection, facts: Facts, query: Query) -> list[MonthEnd]:
    """Month-end of each group of `query`, and of the total first (with empty `keys`), in each currency.

    The query's metric, perspective, filter, group_by and limit count; `grain` and `compare` do not. Its
    window ends with the last day that may be known. Raises BadInput where it names what is not there.
    """
    raise NotImplementedError
