"""Operations for a question: the archive and, beside it, what has changed since."""

import json
from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import Row as Found
from sqlalchemy import select

from apportion.database import State, operations
from apportion.engine import quote_ident, quote_text, statement
from apportion.ledger import Table
from apportion.ledger.schemas import OPERATIONS

PACKAGE = "apportion.metering"
AT_ONCE = 20_000
THROUGH = "through"
"""In the record of a commit to the archive: it holds every change up to this one."""


class Recent:
    """Keeps the view `told_operations` of a DuckDB connection abreast of archive and state database.

    The view `operations` shows the same, unless the connection has one that knows more, of identities say.
    `state` may come later, with the first operation.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, state: State | None, archive: Table) -> None:
        self._con, self.state, self._archive = con, state, archive
        self._version, self._seen = -2, 0

    def follow(self) -> int:
        """Bring the view up to date; the number of the last change that it shows."""
        version = self._archive.version()
        if version != self._version:
            self._begin(version)
        if self.state is not None:
            self._take(self.state)
        return self._seen

    def _begin(self, version: int) -> None:
        """From the archive alone, as it is now; what it has not is taken again."""
        columns = ", ".join(f"{quote_ident(c)} {t}" for c, t in OPERATIONS.items())
        self._con.execute(f"CREATE OR REPLACE TABLE recent_operations ({columns})")
        files = ", ".join(quote_text(f) for f in self._archive.files()) if version >= 0 else ""
        archived = f"read_parquet([{files}], hive_partitioning = false, union_by_name = true)"
        parts = {"archived": archived if files else "recent_operations"}
        self._con.execute(statement(PACKAGE, "operations", **parts))
        self._con.execute("CREATE VIEW IF NOT EXISTS operations AS FROM told_operations")
        self._version, self._seen = version, archived_through(self._archive)

    def _take(self, state: State) -> None:
        newer = select(operations).where(operations.c.changed > self._seen).order_by(operations.c.changed)
        with state.read() as con:
            found = con.execution_options(yield_per=AT_ONCE).execute(newer)
            for rows in found.partitions():
                self._put(rows)
                self._seen = rows[-1].changed

    def _put(self, rows: Sequence[Found[Any]]) -> None:
        raw = as_arrow(rows)
        self._con.register("taken", raw)
        self._con.begin()  # whoever reads at this moment sees rows as they were or as they are
        self._con.execute(statement(PACKAGE, "take"))
        self._con.commit()
        self._con.unregister("taken")


def archived_through(archive: Table) -> int:
    """The last change that the archive holds."""
    records = archive.records(1) or archive.records()  # a commit that only adds columns says nothing
    return int(records[0][THROUGH]) if records else 0


def as_arrow(rows: Sequence[Found[Any]]) -> pa.Table:
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
