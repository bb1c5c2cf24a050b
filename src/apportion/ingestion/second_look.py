"""Reads a file once more for sums that writing its rows could not give, its parts side by side."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb

from apportion.connectors.contract import Reading, Stream
from apportion.engine import connect

_MEMORY = 500
"""Megabytes for each part; sums need little."""


def rows_of(
    con: duckdb.DuckDBPyConnection,
    reading: Reading,
    query: Callable[[Stream], str],
    *,
    nulls: bool,
    parts: int = os.cpu_count() or 1,
) -> list[list[tuple[Any, ...]]]:
    """What `query` answers for each stream of a file; the caller adds the sums up."""
    streams = reading.rows.streams(parts, nulls=nulls)

    def ask(i: int) -> list[tuple[Any, ...]]:
        with streams[i] as stream:
            if not reading.rows.in_order:
                return con.cursor().execute(query(stream)).fetchall()
            # One thread works on a stream; in a database with more, one that waits for it would spin.
            with connect(memory_limit=f"{_MEMORY}MB", threads=1) as own:
                return own.execute(query(stream)).fetchall()

    with ThreadPoolExecutor(len(streams)) as pool:
        return list(pool.map(ask, range(len(streams))))
