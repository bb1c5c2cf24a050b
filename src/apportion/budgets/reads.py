"""What one transaction reads by ids: several questions, asked of the server all at once."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any

from sqlalchemy import Connection

from apportion.core.errors import Transient

AT_ONCE = 500
Found = list[tuple[Any, ...]]
Question = tuple[str, Iterable[str]]
"""SQL that ends before the ids it is about (`… WHERE operation_id`), and those."""


def read(con: Connection, *questions: Question) -> list[Found]:
    """The rows of each."""
    asked = [(sql, sorted(set(ids))) for sql, ids in questions]
    return _one_by_one(con, asked) if con.dialect.name == "sqlite" else _at_once(con, asked)


def _one_by_one(con: Connection, asked: Sequence[tuple[str, Sequence[str]]]) -> list[Found]:
    found: list[Found] = []
    for sql, ids in asked:
        rows: Found = []
        for some in _some(ids):
            marks = ", ".join("?" for _ in some)
            rows += [tuple(row) for row in con.exec_driver_sql(f"{sql} IN ({marks})", tuple(some))]
        found.append(rows)
    return found


def _at_once(con: Connection, asked: Sequence[tuple[str, Sequence[str]]]) -> list[Found]:
    """In psycopg's pipeline: one way to the server and back for all of them."""
    import psycopg  # noqa: PLC0415  only where the database is PostgreSQL

    raw: Any = con.connection.driver_connection
    cursors = [raw.cursor() if ids else None for _, ids in asked]
    try:
        with raw.pipeline() if psycopg.Pipeline.is_supported() else nullcontext():
            for cursor, (sql, ids) in zip(cursors, asked, strict=True):
                if cursor is not None:
                    # never prepared: a plan made while a table was empty reads all of it for ever
                    cursor.execute(f"{sql} = ANY(%s)", [list(ids)], prepare=False)
        return [cursor.fetchall() if cursor is not None else [] for cursor in cursors]
    except psycopg.OperationalError as why:
        raise Transient(
            f"the state database did not answer: {str(why).splitlines()[0]}",
            hint="Nothing of this was kept; try again once it does.",
        ) from None
    finally:
        for cursor in cursors:
            if cursor is not None:
                cursor.close()


def columns(*names: str, of: str = "") -> str:
    """Names as SQL lists them."""
    return ", ".join(f'{of}"{name}"' for name in names)


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many at once as a statement may name."""
    for at in range(0, len(ids), AT_ONCE):
        yield ids[at : at + AT_ONCE]
