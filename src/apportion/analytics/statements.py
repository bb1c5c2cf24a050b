"""Runs SQL with named parameters and returns rows by column name."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import duckdb

from apportion.analytics.models import Row
from apportion.engine import quote_ident

_IDENTIFIER = re.compile(r"\{(\w+)\}")
_PARAMETER = re.compile(r"\$([a-z_]\w*)")


@cache
def read_sql(package: str, name: str) -> str:
    """The text of `sql/<name>.sql` beside the code of `package`."""
    return files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def fill(sql: str, identifiers: Mapping[str, str]) -> str:
    """Put quoted identifiers in place of `{name}`; the caller has checked them against what exists."""
    return _IDENTIFIER.sub(lambda found: quote_ident(identifiers[found[1]]), sql)


def fetch(con: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, object] | None = None) -> list[Row]:
    """Run one statement; parameters it does not name are left out."""
    named = set(_PARAMETER.findall(sql))
    used = {key: value for key, value in (params or {}).items() if key in named}
    result = con.execute(sql, used)
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, values, strict=True)) for values in result.fetchall()]
