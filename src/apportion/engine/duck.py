"""DuckDB connections with the settings every result depends on."""

from pathlib import Path

import duckdb


def connect(
    *, memory_limit: str = "2GB", threads: int | None = None, temp: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """A private in-memory database: UTC, nothing downloaded, spilling to `temp` at `memory_limit`."""
    con = duckdb.connect(
        config={
            "memory_limit": memory_limit,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "temp_directory": str(temp) if temp else "",
            **({"threads": threads} if threads else {}),
        }
    )
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")
    return con


def quote_ident(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """`text` as an SQL string literal, for the places where SQL takes no parameter."""
    return "'" + text.replace("'", "''") + "'"
