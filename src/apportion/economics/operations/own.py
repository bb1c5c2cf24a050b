"""The operations of one team, and nothing else."""

import duckdb

from apportion.economics.operations.places import kept_lookups
from apportion.engine import quote_text
from apportion.metering.settings import Tree


def register_own_operations(con: duckdb.DuckDBPyConnection, tree: Tree, schema: str, name: str) -> None:
    """Create the view `main.operations`: those of `schema` whose team is `name`, by the tree, too."""
    filled, last = kept_lookups(con, tree, "told", schema)
    con.execute(
        f"CREATE VIEW main.operations AS WITH told AS (SELECT * FROM {schema}.operations){filled} "
        f"SELECT * FROM {last} WHERE team = {quote_text(name)}"
    )
