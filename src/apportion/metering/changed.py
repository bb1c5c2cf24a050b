"""What has changed of operations, as whoever follows them is told it: in the order in which it happened."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from apportion.database import operations
from apportion.metering.operation import TREE
from apportion.metering.settings import Tree

PARENTS = {
    "workflow": "workflows",
    "user": "users",
    "project": "projects",
    "team": "teams",
    "cost_center": "cost_centers",
}
REPORTS = ("openai", "anthropic")
"""Sources that add calls up and may not say how many; all else is one call unless it says otherwise."""
_TIMES = ("time", "received")
_DECIMALS = ("units", "value", "gpu_seconds", "reported_cost")
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
Record = dict[str, Any]
Follower = Callable[[Connection, Sequence[Record]], None]
"""Is told what a transaction changed of operations, within it: what it writes stands or falls with them."""


def changed_after(
    con: Connection, after: int, tree: Tree, most: int | None = None, *, since: int | None = None
) -> list[Record]:
    """Operations whose last change came after number `after`, in order, as the view `operations` has them.

    Withdrawn ones, too, with that as their price state. Where they belong is looked up in `tree`. With
    `since` only those of that time (microseconds) or later.
    """
    newer = select(operations).where(operations.c.changed > after).order_by(operations.c.changed).limit(most)
    if since is not None:
        newer = newer.where(operations.c.time >= since)
    return [placed(_record(row), tree) for row in con.execute(newer).all()]


def changed_of(con: Connection, ids: Sequence[str], tree: Tree) -> list[Record]:
    """The same of operations by their ids, some hundred at most."""
    mine = select(operations).where(operations.c.operation_id.in_(ids))
    return [placed(_record(row), tree) for row in con.execute(mine).all()] if ids else []


def placed(record: Record, tree: Tree) -> Record:
    """The operation with its parents in the tree: what it says itself stays, then what is nearest holds."""
    for level, setting in PARENTS.items():
        parents = getattr(tree, setting).get(record.get(level))
        for name in TREE[: TREE.index(level)] if parents else ():
            if record.get(name) is None:
                record[name] = getattr(parents, name)
    return record


def _record(row: Row[Any]) -> Record:
    found: Record = dict(row._mapping)  # noqa: SLF001  a public attribute, named so to spare columns' names
    for name in _TIMES:
        found[name] = _EPOCH + timedelta(microseconds=found[name])
    for name in _DECIMALS:
        found[name] = None if found[name] is None else Decimal(found[name])
    if found["cost"] is not None:
        found["cost"] = Decimal(found["cost"]).scaleb(-12)
    if found["requests"] is None and found["source"] not in REPORTS:
        found["requests"] = 1
    found["dimensions"] = json.loads(found["dimensions"]) if found["dimensions"] else {}
    found["period"] = f"{found['time']:%Y-%m}"
    return found
