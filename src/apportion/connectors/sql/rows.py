"""What a query answers, as a Parquet file of texts: streamed, every number with all its digits."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from apportion.connectors.contract import SourceFile
from apportion.connectors.sql.query import bindable
from apportion.core.errors import BadInput

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult

_AT_ONCE = 10_000
_DIGEST = 32


@dataclass(frozen=True)
class Answer:
    """A query's rows in a file, in the order in which they came; `file.content` leaves that order alone."""

    file: SourceFile
    rows: int


def stream(con: "Connection", query: str, given: Mapping[str, Any], path: Path, name: str) -> Answer:
    """Write the rows to `path`, a few thousand in memory at a time; `name` is what people call them.

    Raises what the connection raises, and BadInput where a column has no name.
    """
    with _asked(con, query, given) as result:
        names = _names(result)
        content = _Content(names)
        schema = pa.schema([(column, pa.string()) for column in names])
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for part in result.partitions(_AT_ONCE):
                texts = [[plain_text(value) for value in row] for row in part]
                content.add(texts)
                writer.write_batch(pa.record_batch(list(zip(*texts, strict=True)), schema=schema))
    return Answer(SourceFile(path, name, path.stat().st_size, content.digest), content.rows)


def columns(con: "Connection", query: str, given: Mapping[str, Any]) -> list[str]:
    """The columns that a query answers; the same errors."""
    with _asked(con, query, given) as result:
        return _names(result)


def _asked(con: "Connection", query: str, given: Mapping[str, Any]) -> "CursorResult[Any]":
    from sqlalchemy import text  # noqa: PLC0415  takes long to import, and few commands need it

    return con.execution_options(stream_results=True, max_row_buffer=_AT_ONCE).execute(
        text(bindable(query)), dict(given)
    )


def _names(result: "CursorResult[Any]") -> list[str]:
    found = list(result.keys())
    if len({name.casefold() for name in found}) < len(found) or not all(found):
        raise BadInput(
            f"Its columns need names of their own (they are {', '.join(found)}).",
            where="query",
            hint="Name them with AS.",
        )
    return found


class _Content:
    """A digest of rows whatever their order: the sum of the digests of each."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._sum, self.rows, self._columns = 0, 0, columns

    def add(self, rows: Sequence[Sequence[str | None]]) -> None:
        for row in rows:
            text = "\x1f".join("\x00" if value is None else value for value in row)
            self._sum += int.from_bytes(blake2b(text.encode(), digest_size=_DIGEST).digest(), "big")
        self.rows += len(rows)

    @property
    def digest(self) -> str:
        whole = f"{self._columns} {self.rows} {self._sum % (1 << 8 * _DIGEST)}"
        return blake2b(whole.encode(), digest_size=_DIGEST).hexdigest()


def plain_text(value: Any) -> str | None:  # noqa: PLR0911  one for each kind
    """A value of a database as text; times in UTC, numbers without an exponent."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, dict | list):
        return json.dumps(value, default=str, sort_keys=True)
    return str(value)
