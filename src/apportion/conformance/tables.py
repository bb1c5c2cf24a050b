"""A file as an SQL table: each FOCUS column typed under its name, beside the text that stands in the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import duckdb

from apportion import focus
from apportion.conformance.rules import PLACEHOLDERS, kind_of
from apportion.connectors import cells
from apportion.connectors.beginning import look
from apportion.connectors.contract import Rows, SourceFile, Stream
from apportion.connectors.csv_rows import CsvRows, open_csv
from apportion.connectors.parquet_rows import open_parquet
from apportion.engine import quote_ident, quote_text

NUMBER = "DECIMAL(38,12)"
_TYPES = {"number": NUMBER, "time": "TIMESTAMPTZ"}
_FLOATS = ("DOUBLE", "FLOAT", "REAL")
_TEXTS = ("VARCHAR", "JSON")
_LONGEST = max(map(len, PLACEHOLDERS))


@dataclass(frozen=True)
class FileTable:
    """One file that has been looked at, held to one FOCUS version."""

    rows: Rows
    version: str

    @property
    def name(self) -> str:
        return self.rows.file.name

    @property
    def is_text(self) -> bool:
        """Whether the file has no types of its own."""
        return isinstance(self.rows, CsvRows)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Position of each FOCUS column of the version; of two spellings the right one."""
        known = {c.name for c in focus.columns_of(self.version)}
        found: dict[str, int] = {}
        for i, (written, _) in enumerate(self.rows.columns):
            meant = focus.canonical_name(written)
            if meant in known and (meant not in found or written == meant):
                found[str(meant)] = i
        return found

    def kind(self, name: str) -> str:
        """The DuckDB type that the column has in the file."""
        return self.rows.columns[self.positions[name]][1]

    def select(self, stream: Stream, line: str) -> str:
        """A SELECT of `line`; of each column the text as it stands (w0, w1, …) and without words for nothing
        (c0, c1, …); and typed, by its FOCUS name. Columns that the file lacks are null.
        """
        raw = [
            f"c{i} AS w{i}, {cleaned(f'c{i}') if self.kind(n) == 'VARCHAR' else f'c{i}'} AS c{i}"
            for n, i in self.positions.items()
        ]
        typed = [f"{value} AS {quote_ident(name)}" for name, value in self._typed()]
        texts = [f", {text} AS n{i}" for i, text in self._plain_texts()]
        source = f"SELECT {line} AS line{''.join(', ' + r for r in raw)} FROM {stream.relation}"
        return f"SELECT *, {', '.join(typed)} FROM (SELECT *{''.join(texts)} FROM ({source}))"

    def _typed(self) -> Iterator[tuple[str, str]]:
        for column in focus.columns_of(self.version):
            name, sort = column.name, kind_of(column.name)
            if name not in self.positions:
                yield name, f"CAST(NULL AS {_TYPES.get(sort, 'VARCHAR')})"
                continue
            raw, kind = f"c{self.positions[name]}", self.kind(name)
            if sort == "number":
                yield name, self._number(name)
            elif sort == "time":
                known = kind.startswith(("TIMESTAMP", "DATE", "VARCHAR"))
                value = cells.time(raw, quote_ident(name), kind).value if known else "NULL"
                yield name, f"CAST({value} AS TIMESTAMPTZ)"
            elif kind.startswith("MAP(") and column.stored == "map":
                yield name, f"CASE WHEN {raw} IS NOT NULL THEN '{{}}' END"
            else:
                yield name, cells.text(raw, kind)

    def _number(self, name: str) -> str:
        i, kind = self.positions[name], self.kind(name)
        return cells.number(f"c{i}", quote_ident(name), kind, NUMBER, f"n{i}").value

    def _plain_texts(self) -> Iterator[tuple[int, str]]:
        for name, i in self.positions.items():
            if kind_of(name) == "number":
                cell = cells.number(f"c{i}", quote_ident(name), self.kind(name), NUMBER, f"n{i}")
                if cell.text:
                    yield i, cell.text

    def well_typed(self, name: str) -> str:
        """SQL that is true where the value of a column, which is not null, has the type FOCUS wants."""
        i, kind, sort = self.positions[name], self.kind(name), kind_of(name)
        if kind in _TEXTS:
            return self._well_written(f"c{i}", quote_ident(name), sort)
        if sort == "number":
            floats = f"isfinite(c{i})" if kind in _FLOATS else "false"
            return "true" if kind.startswith("DECIMAL") or ("INT" in kind and "[" not in kind) else floats
        if sort == "time":
            return "true" if kind.startswith("TIMESTAMP") else "false"
        if sort == "text":
            return "false"
        if kind.startswith("MAP("):
            nested = kind.endswith("])") or "STRUCT" in kind or kind.count("MAP(") > 1
            return "false" if sort == "pairs" and nested else "true"
        return f"is_object({quote_ident(name)})" if kind.startswith("STRUCT") else "false"

    def _well_written(self, raw: str, value: str, sort: str) -> str:
        if sort == "number":
            odd = " OR ".join(f"contains({raw}, '{sign}')" for sign in ("_", " "))
            return (
                f"{value} IS NOT NULL AND NOT ({odd} OR starts_with({raw}, '+'))" if self.is_text else "false"
            )
        if sort == "time":
            whole = f"strlen({raw}) = 20 AND suffix({raw}, 'Z') AND {raw}[11] = 'T' AND {raw}[5] = '-'"
            return f"{value} IS NOT NULL AND {whole}"
        if sort == "pairs":
            return f"CASE WHEN is_object({raw}) THEN is_flat({raw}) ELSE false END"
        return f"is_object({raw})" if sort == "object" else "true"

    def placeholder(self, name: str) -> str:
        """SQL that is true where a column holds a word for nothing instead of null."""
        i = self.positions[name]
        if self.kind(name) != "VARCHAR":
            return "false"
        return f"w{i} IS NOT NULL AND c{i} IS NULL"


def open_rows(file: SourceFile, con: duckdb.DuckDBPyConnection) -> Rows:
    """Look at a file; BadInput where it cannot be read as a table."""
    kind, head = look(file)
    return open_parquet(file, con) if kind == "parquet" else open_csv(file, head, packed=kind == "gzip")


def cleaned(raw: str) -> str:
    """The value, or null where it is a word for nothing. Most values are longer than any such word, or no
    part of all of them in a row, so few are compared with each.
    """
    blank = " " * _LONGEST
    near = quote_text(f"|{'|'.join(PLACEHOLDERS)}|{blank}|")
    words = " OR ".join(f"{raw} = {quote_text(word)}" for word in PLACEHOLDERS)
    return (
        f"CASE WHEN strlen({raw}) > {_LONGEST} OR NOT contains({near}, {raw}) THEN {raw} "
        f"WHEN {words} OR trim({raw}) = '' THEN NULL ELSE {raw} END"
    )
