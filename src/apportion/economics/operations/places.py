"""Looks up where operations belong, from the `tree` of apportion.yaml."""

from collections.abc import Iterator
from typing import Any

import duckdb

from apportion.engine import quote_ident
from apportion.metering.operation import TREE
from apportion.metering.settings import Tree

LEVELS = {
    "workflow": "workflows",
    "user": "users",
    "project": "projects",
    "team": "teams",
    "cost_center": "cost_centers",
}
"""Levels that say where they belong, the nearest to a call first, and their setting."""


def lookups(tree: Tree, rows: str) -> tuple[str, str, dict[str, object]]:
    """CTEs that fill in parents of `rows`, the name of the last one, and their parameters.

    Each level fills in only what is still open, so what an operation says itself wins, then what is nearest.
    """
    sql = ""
    params: dict[str, object] = {}
    for level, setting, listed in _known(tree):
        params[setting] = listed
        sql += _filled(rows, level, _listed(level, setting))
        rows = f"by_{level}"
    return sql, rows, params


def kept_lookups(con: duckdb.DuckDBPyConnection, tree: Tree, rows: str, schema: str) -> tuple[str, str]:
    """The same CTEs for a view, which takes no parameters: who belongs to whom becomes tables of `schema`."""
    sql = ""
    for level, setting, listed in _known(tree):
        table = f"{quote_ident(schema)}.{quote_ident(f'tree_{setting}')}"
        con.execute(f"CREATE TABLE {table} AS {_listed(level, setting)}", {setting: listed})
        sql += _filled(rows, level, f"FROM {table}")
        rows = f"by_{level}"
    return sql, rows


def _known(tree: Tree) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Each level that says where it belongs, its setting, and what that says."""
    for level, setting in LEVELS.items():
        if known := getattr(tree, setting):
            yield level, setting, [{"name": n, **places.model_dump()} for n, places in known.items()]


def _above(level: str) -> tuple[str, ...]:
    return TREE[: TREE.index(level)]


def _listed(level: str, setting: str) -> str:
    fields = ", ".join(f"{quote_ident(name)} VARCHAR" for name in ("name", *_above(level)))
    return f"SELECT UNNEST(CAST(${setting} AS STRUCT({fields})[]), recursive := true)"


def _filled(rows: str, level: str, places: str) -> str:
    names = [quote_ident(name) for name in _above(level)]
    filled = ", ".join(f"COALESCE(o.{name}, p.{name}) AS {name}" for name in names)
    return f""", by_{level} AS (
    SELECT o.* REPLACE ({filled})
    FROM {rows} AS o
    LEFT JOIN ({places}) AS p
        ON o.{quote_ident(level)} = p.name
)
"""
