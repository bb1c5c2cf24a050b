"""Operations of the state database that changed after a moment, as tables."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import Row as Found
from sqlalchemy import select

from apportion.database import State, operations

AT_ONCE = 20_000


def fresh(state: State, seen: int) -> Iterator[tuple[pa.Table, int]]:
    """Rows that changed after `seen` in the order of their changes, some at a time, and the last change."""
    newer = select(operations).where(operations.c.changed > seen).order_by(operations.c.changed)
    with state.read() as con:
        for rows in con.execution_options(yield_per=AT_ONCE).execute(newer).partitions():
            yield _as_arrow(rows), rows[-1].changed


def _as_arrow(rows: Sequence[Found[Any]]) -> pa.Table:
    """Rows of the state database as they are; `dimensions` as lists of keys and of values."""
    names = [c.name for c in operations.columns]
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    own = [json.loads(text) if text else {} for text in columns.pop("dimensions")]
    types = {c.name: _ARROW[c.type.python_type] for c in operations.columns if c.name != "dimensions"}
    return pa.table(
        {
            **{name: pa.array(values, types[name]) for name, values in columns.items()},
            "own_keys": pa.array([list(o) for o in own], pa.list_(pa.string())),
            "own_values": pa.array([list(o.values()) for o in own], pa.list_(pa.string())),
        }
    )


_ARROW = {str: pa.string(), int: pa.int64(), bool: pa.bool_()}
