"""One SELECT by the owner of a workspace: read-only, without files or network, bounded in memory and time."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from apportion.core.errors import BadInput, Transient
from apportion.engine import connect, quote_text
from apportion.ledger.ledger import Ledger

SECONDS = 300.0


def run_select(
    ledger: Ledger,
    query: str,
    params: Sequence[str] = (),
    limit: int = 0,
    seconds: float = SECONDS,
    *,
    also: Callable[[duckdb.DuckDBPyConnection], object] = lambda _: None,
) -> list[dict[str, Any]]:
    """Rows of `query`, at most `limit` of them (0: all).

    It sees the ledger's views, those that `also` makes, and nothing else. Raises BadInput for what is not one
    SELECT and for SQL that fails, Transient for what takes longer than `seconds`.
    """
    con = connect()
    try:
        _only_select(con, query)
        ledger.snapshot().register(con)
        also(con)
        con.execute(f"SET allowed_directories = [{quote_text(str(ledger.root.resolve()))}]")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        return _rows(con, query, params, limit, seconds)
    finally:
        con.close()


def _only_select(con: duckdb.DuckDBPyConnection, query: str) -> None:
    try:
        statements = con.extract_statements(query)
    except duckdb.Error as why:
        raise BadInput(_first_line(why), where="SQL") from None
    kinds = [s.type for s in statements]
    if kinds not in ([duckdb.StatementType.SELECT], [duckdb.StatementType.EXPLAIN]):
        raise BadInput(
            "give exactly one SELECT", where="SQL", hint="The ledger is changed by loads and runs alone."
        )


def _rows(
    con: duckdb.DuckDBPyConnection, query: str, params: Sequence[str], limit: int, seconds: float
) -> list[dict[str, Any]]:
    timer = threading.Timer(seconds, con.interrupt)
    timer.start()
    try:
        cursor = con.execute(query, list(params))
        names = [d[0] for d in cursor.description or []]
        found = cursor.fetchmany(limit) if limit else cursor.fetchall()
    except duckdb.InterruptException:
        raise Transient(f"stopped after {seconds:g} seconds", where="SQL", hint="Ask for less.") from None
    except duckdb.Error as why:
        raise BadInput(_first_line(why), where="SQL") from None
    finally:
        timer.cancel()
    return [dict(zip(_distinct(names), row, strict=True)) for row in found]


def _distinct(names: Sequence[str]) -> list[str]:
    """Column names as DuckDB gives them, with a number where one stands twice."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return result


def _first_line(why: duckdb.Error) -> str:
    text = str(why)
    return text.split("\n\nLINE", 1)[0].strip()
