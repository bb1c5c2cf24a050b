"""How the `charges` table keeps FOCUS columns, and the columns it adds to them."""

from collections.abc import Mapping
from functools import cache

from apportion.focus.columns import Column, superset

SQL_TYPES: Mapping[str, str] = {
    "money": "DECIMAL(28,12)",
    "number": "DECIMAL(38,12)",
    "time": "TIMESTAMPTZ",
    "map": "MAP(VARCHAR, VARCHAR)",
    "json": "VARCHAR",
    "text": "VARCHAR",
}

OWN_COLUMNS: Mapping[str, str] = {
    "x_Source": "VARCHAR",
    "x_BillingPeriod": "VARCHAR",
    "x_LoadId": "VARCHAR",
    "x_SourceFile": "VARCHAR",
    "x_SourceLine": "BIGINT",
    "x_LineItemType": "VARCHAR",
    "x_SourceCost": "DECIMAL(28,12)",
    "x_Repairs": "BIGINT",
    "x_Columns": "MAP(VARCHAR, VARCHAR)",
}


def sql_type(column: Column) -> str:
    """The DuckDB type that `column` has in the ledger."""
    return SQL_TYPES[column.stored]


@cache
def charge_columns() -> Mapping[str, str]:
    """SQL type by name of every column of `charges`: all of FOCUS, then where each row came from."""
    return {**{c.name: sql_type(c) for c in superset().values()}, **OWN_COLUMNS}
