"""Table versions that belong together, as views in a DuckDB connection."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from apportion.engine import quote_ident, quote_text, statement
from apportion.ledger.runs import RunRecord
from apportion.ledger.schemas import Columns

IDENTIFIED = ("usage", "revenue")
"""Tables that name customers, whatever name they were given there."""


@dataclass(frozen=True)
class Snapshot:
    """The files of each table at one moment, and the run whose results they hold (None before the first).

    Tables that are `older` were last written before some of their columns came to be.
    """

    run: RunRecord | None
    files: Mapping[str, list[str]]
    columns: Mapping[str, Columns]
    older: frozenset[str] = frozenset()

    def register(self, con: duckdb.DuckDBPyConnection) -> None:
        """Create a view for each table in `con`; a table without files is an empty view."""
        for name, columns in self.columns.items():
            con.execute(f"CREATE OR REPLACE VIEW {quote_ident(name)} AS {self._named(con, name, columns)}")
        con.execute("CREATE OR REPLACE VIEW focus_data_table AS FROM charges")

    def _named(self, con: duckdb.DuckDBPyConnection, name: str, columns: Columns) -> str:
        """The rows of a table; where names of customers are mapped, usage and revenue say who it is."""
        rows = self.select(name, columns)
        if name not in IDENTIFIED or not self.files.get(name) or not self.files.get("identities"):
            return rows
        identities = self.select("identities", self.columns["identities"])
        found = con.execute(f"SELECT any_value(dimension) FROM ({identities})").fetchone()
        parts = {"rows": rows, "identities": identities, "dimension": quote_text(str(found and found[0]))}
        return statement("apportion.ledger", f"{name}_identified", **parts)

    def select(self, name: str, columns: Columns) -> str:
        """A SELECT over exactly the files of table `name`."""
        files = self.files.get(name) or []
        empty = ", ".join(f"CAST(NULL AS {t}) AS {quote_ident(c)}" for c, t in columns.items())
        nothing = f"SELECT {empty} WHERE false"
        if not files:
            return nothing
        listed = ", ".join(quote_text(f) for f in files)
        wanted = ", ".join(quote_ident(c) for c in columns)
        source = f"read_parquet([{listed}], hive_partitioning = false, union_by_name = true)"
        if name in self.older:
            return f"SELECT {wanted} FROM ({nothing} UNION ALL BY NAME FROM {source})"
        return f"SELECT {wanted} FROM {source}"
