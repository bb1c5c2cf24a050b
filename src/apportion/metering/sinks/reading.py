"""What has changed of operations, as sinks are told it: in the order in which it happened."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select

from apportion.database import State, operations
from apportion.metering.operation import TREE
from apportion.metering.settings import Tree
from apportion.metering.store import EPOCH

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
Record = dict[str, Any]


def changes(state: State, after: int, most: int, tree: Tree) -> list[Record]:
    """Operations whose last change came after number `after`, in order, as the view `operations` has them.

    Withdrawn ones, too, with that as their price state. Where they belong is looked up in `tree`.
    """
    newer = select(operations).where(operations.c.changed > after).order_by(operations.c.changed).limit(most)
    with state.read() as con:
        found = con.execute(newer).all()
    return [placed(_record(row), tree) for row in found]


def newest(state: State) -> int:
    """The number of the last change; 0 where there is none."""
    with state.read() as con:
        return con.scalar(select(func.max(operations.c.changed))) or 0


def waiting(state: State, after: int) -> int:
    """How many operations have changed since."""
    with state.read() as con:
        query = select(func.count()).select_from(operations).where(operations.c.changed > after)
        return con.scalar(query) or 0


def placed(record: Record, tree: Tree) -> Record:
    """The operation with its parents in the tree: what it says itself stays, then what is nearest holds."""
    for level, setting in PARENTS.items():
        parents = getattr(tree, setting).get(record[level])
        for name in TREE[: TREE.index(level)] if parents else ():
            if record[name] is None:
                record[name] = getattr(parents, name)
    return record


def _record(row: Row[Any]) -> Record:
    found: Record = dict(row._mapping)  # noqa: SLF001  a public attribute, named so to spare columns' names
    for name in _TIMES:
        found[name] = _moment(found[name])
    for name in _DECIMALS:
        found[name] = None if found[name] is None else Decimal(found[name])
    if found["cost"] is not None:
        found["cost"] = Decimal(found["cost"]).scaleb(-12)
    if found["requests"] is None and found["source"] not in REPORTS:
        found["requests"] = 1
    found["dimensions"] = json.loads(found["dimensions"]) if found["dimensions"] else {}
    found["period"] = f"{found['time']:%Y-%m}"
    return found


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
