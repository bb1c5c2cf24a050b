"""Operations for a question: the archive and, beside it, what has changed since."""

from typing import TYPE_CHECKING

import duckdb

from apportion.engine import quote_ident, quote_text, statement
from apportion.ledger import Table
from apportion.ledger.schemas import OPERATIONS

if TYPE_CHECKING:  # most questions are asked where nothing was ever metered
    import pyarrow as pa

    from apportion.database import State

PACKAGE = "apportion.metering"
THROUGH = "through"
"""In the record of a commit to the archive: it holds every change up to this one."""


class Recent:
    """Keeps the view `told_operations` of a DuckDB connection abreast of archive and state database.

    The view `operations` shows the same, unless the connection has one that knows more, of identities say.
    `state` may come later, with the first operation.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, state: "State | None", archive: Table) -> None:
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

    def _take(self, state: "State") -> None:
        from apportion.metering.fresh import fresh  # noqa: PLC0415

        for rows, last in fresh(state, self._seen):
            self._put(rows)
            self._seen = last

    def _put(self, raw: "pa.Table") -> None:
        self._con.register("taken", raw)
        self._con.begin()  # whoever reads at this moment sees rows as they were or as they are
        self._con.execute(statement(PACKAGE, "take"))
        self._con.commit()
        self._con.unregister("taken")


def archived_through(archive: Table) -> int:
    """The last change that the archive holds."""
    records = archive.records(1) or archive.records()  # a commit that only adds columns says nothing
    return int(records[0][THROUGH]) if records else 0
