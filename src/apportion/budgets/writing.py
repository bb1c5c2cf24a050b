"""What one transaction writes: statements of many rows, sent to the server all at once."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from sqlalchemy import Connection

from apportion.core.errors import Transient

Values = Sequence[tuple[Any, ...]]


class Writes:
    """Statements in the order in which they are added. Nothing is sent before `run`."""

    def __init__(self, con: Connection) -> None:
        self._con = con
        self._statements: list[tuple[str, Values, bool]] = []
        self.mark = "?" if con.dialect.name == "sqlite" else "%s"

    def add(self, sql: str, rows: Values, *, each: bool = False) -> None:
        """A statement for each of `rows`; with `each`, everyone has to change a row."""
        if rows:
            self._statements.append((sql, list(rows), each))

    def insert(self, table: str, columns: Sequence[str], rows: Values, otherwise: str = "") -> None:
        """Rows of a table; `otherwise` says what becomes of those that are there."""
        listed = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join(self.mark for _ in columns)
        self.add(f"INSERT INTO {table} ({listed}) VALUES ({marks}) {otherwise}", rows)

    def run(self) -> None:
        """Write. Raises Transient where somebody else changed what was to be changed."""
        statements, self._statements = self._statements, []
        if not statements:
            return
        done = self._one_by_one(statements) if self.mark == "?" else self._at_once(statements)
        for (_, rows, each), count in zip(statements, done, strict=True):
            if each and count != len(rows):
                raise Transient("a budget was changed by somebody else meanwhile", hint="Try again.")

    def _one_by_one(self, statements: Sequence[tuple[str, Values, bool]]) -> list[int]:
        return [self._con.exec_driver_sql(sql, list(rows)).rowcount for sql, rows, _ in statements]

    def _at_once(self, statements: Sequence[tuple[str, Values, bool]]) -> list[int]:
        """In psycopg's pipeline: one way to the server and back for all of them."""
        import psycopg  # noqa: PLC0415  only where the database is PostgreSQL

        raw: Any = self._con.connection.driver_connection
        cursors = [raw.cursor() for _ in statements]
        try:
            with raw.pipeline() if psycopg.Pipeline.is_supported() else nullcontext():
                for cursor, (sql, rows, _) in zip(cursors, statements, strict=True):
                    cursor.executemany(sql, rows)
            return [cursor.rowcount for cursor in cursors]
        except psycopg.OperationalError as why:
            raise Transient(
                f"the state database did not answer: {str(why).splitlines()[0]}",
                hint="Nothing of this was kept; try again once it does.",
            ) from None
        finally:
            for cursor in cursors:
                cursor.close()
