"""Looks up where operations belong, from the `tree` of apportion.yaml."""

from typing import Any

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
    for level, setting in LEVELS.items():
        known = getattr(tree, setting)
        if not known:
            continue
        above = TREE[: TREE.index(level)]
        listed: list[dict[str, Any]] = [{"name": n, **places.model_dump()} for n, places in known.items()]
        params[setting] = listed
        sql += _filled(rows, level, setting, above)
        rows = f"by_{level}"
    return sql, rows, params


def _filled(rows: str, level: str, setting: str, above: tuple[str, ...]) -> str:
    fields = ", ".join(f"{quote_ident(name)} VARCHAR" for name in ("name", *above))
    filled = ", ".join(f"COALESCE(o.{quote_ident(a)}, p.{quote_ident(a)}) AS {quote_ident(a)}" for a in above)
    return f""", by_{level} AS (
    SELECT o.* REPLACE ({filled})
    FROM {rows} AS o
    LEFT JOIN (SELECT UNNEST(CAST(${setting} AS STRUCT({fields})[]), recursive := true)) AS p
        ON o.{quote_ident(level)} = p.name
)
"""
