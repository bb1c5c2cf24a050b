"""The raw rows of a Parquet file, of whatever types it has."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import duckdb

from apportion.connectors.contract import SourceFile, Stream
from apportion.core.errors import BadInput
from apportion.engine import quote_ident, quote_text


@dataclass(frozen=True)
class ParquetRows:
    """A Parquet file whose footer has been read.

    `sources` is the SQL of each column where it is a part of one of the file's.
    """

    file: SourceFile
    columns: Sequence[tuple[str, str]]
    sources: Sequence[str] = ()

    @property
    def source(self) -> str:
        """The file as an SQL table expression."""
        path = quote_text(_literal(self.file))
        return f"read_parquet({path}, file_row_number = true, hive_partitioning = false)"

    @property
    def in_order(self) -> bool:
        return False

    def streams(self, parts: int, *, nulls: bool) -> Sequence[AbstractContextManager[Stream]]:  # noqa: ARG002
        return [self._stream()]  # DuckDB reads its row groups side by side by itself

    @contextmanager
    def _stream(self) -> Iterator[Stream]:
        found = self.sources or [quote_ident(name) for name, _ in self.columns]
        names = ", ".join(f"{sql} AS c{i}" for i, sql in enumerate(found))
        yield Stream(f"(SELECT {names}, file_row_number FROM {self.source})", "file_row_number + 1")


def open_parquet(file: SourceFile, con: duckdb.DuckDBPyConnection) -> ParquetRows:
    """Read the columns of a Parquet file; BadInput where its footer is missing or damaged."""
    try:
        described = con.execute(
            f"DESCRIBE FROM read_parquet({quote_text(_literal(file))}, hive_partitioning = false)"
        ).fetchall()
    except duckdb.Error as why:
        raise BadInput(
            f"The Parquet file cannot be read ({first_line(why)}).",
            where=file.name,
            hint="It may be cut short; fetch it again.",
        ) from why
    return ParquetRows(file, [(str(name), str(kind)) for name, kind, *_ in described])


def first_line(why: Exception) -> str:
    """The first line of an engine's message, without its category."""
    return str(why).splitlines()[0].split("Error: ", 1)[-1].rstrip(".") if str(why) else type(why).__name__


def _literal(file: SourceFile) -> str:
    """The path with its pattern characters taken literally."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in str(file.path))
