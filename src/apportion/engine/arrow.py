"""Rows made in Python as tables of DuckDB."""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from apportion.engine.duck import quote_ident

_TYPES = {
    "TINYINT": pa.int8(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "DECIMAL": pa.decimal128(38, 12),
}


def make_table(
    con: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]
) -> None:
    """Make the temporary table `name` (replaced if it is there) with `columns` (name → kind) from `rows`."""
    made = pa.table(
        {
            c: pa.array([row[i] for row in rows], type=_TYPES[kind])
            for i, (c, kind) in enumerate(columns.items())
        }
    )
    con.register("made_rows", made)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {quote_ident(name)} AS FROM made_rows")
    con.unregister("made_rows")
