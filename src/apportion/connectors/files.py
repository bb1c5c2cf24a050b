"""Connector `files`: usage, customers and revenue from CSV or Parquet, whatever their columns are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from apportion.connectors import cells
from apportion.connectors.beginning import look
from apportion.connectors.cells import Cell
from apportion.connectors.contract import Rows, SourceFile, Stream
from apportion.connectors.csv_rows import NULL_WORDS, CsvRows, open_csv
from apportion.connectors.parquet_rows import open_parquet
from apportion.core.errors import BadInput
from apportion.engine import quote_ident, quote_text

FieldKind = Literal["text", "quantity", "money", "moment", "day", "choice", "currency"]

_WORDS = ", ".join(map(quote_text, ("", *NULL_WORDS)))


@dataclass(frozen=True)
class Field:
    """A column that a table wants: `name` is ours, `column` the file's; `choices` are those of a choice."""

    name: str
    kind: FieldKind
    column: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableReading:
    """One file whose columns are known; `positions` are those of the fields it has."""

    rows: Rows
    fields: Sequence[Field]
    positions: Mapping[str, int]

    def select(self, stream: Stream) -> str:
        """A SELECT of the fields under our names, then `others` (a map of further columns), `line`, and
        `faults`: a map from each of the file's columns that cannot be read to its text, or null.
        """
        typed = [f"{cell.value} AS {quote_ident(f.name)}" for f, cell in self._cells()]
        raw = [self._raw(i, kind) for i, (_, kind) in enumerate(self.rows.columns)]
        faults = f"list_filter([{', '.join(self._faults())}], lambda fault: fault IS NOT NULL)"
        wanted = ", ".join(quote_ident(f.name) for f in self.fields)
        return (
            f"SELECT {wanted}, {self._others()} AS others, line, "
            f"CASE WHEN len(found) > 0 THEN map_from_entries(found) END AS faults "
            f"FROM (SELECT *, {faults} AS found FROM (SELECT *, {', '.join(typed)} FROM ("
            f"SELECT *{self._texts()} FROM ("
            f"SELECT {', '.join(raw)}, {stream.line} AS line FROM {stream.relation}))))"
        )

    def _raw(self, i: int, kind: str) -> str:
        worded = kind == "VARCHAR" and not isinstance(self.rows, CsvRows)
        return f"CASE WHEN c{i} NOT IN ({_WORDS}) THEN c{i} END AS c{i}" if worded else f"c{i}"

    def _cells(self) -> list[tuple[Field, Cell]]:
        return [(f, self._cell(f)) for f in self.fields]

    def _cell(self, field: Field) -> Cell:
        if field.name not in self.positions:
            return Cell(f"CAST(NULL AS {_TYPES[field.kind]})")
        position = self.positions[field.name]
        raw, value, kind = f"c{position}", quote_ident(field.name), self.rows.columns[position][1]
        cell = _read(field, raw, value, kind)
        missing = f"{value} IS NULL" if field.required else ""
        broken = " OR ".join(f"({sql})" for sql in (missing, cell.broken) if sql)
        return Cell(cell.value, broken, text=cell.text)

    def _texts(self) -> str:
        texts = [(self.positions.get(f.name), cell.text) for f, cell in self._cells()]
        return "".join(f", {text} AS n{position}" for position, text in texts if text)

    def _faults(self) -> list[str]:
        return [
            f"CASE WHEN {cell.broken} THEN {{'key': {quote_text(f.column)}, "
            f"'value': CAST(c{self.positions[f.name]} AS VARCHAR)}} END"
            for f, cell in self._cells()
            if cell.broken
        ]

    def _others(self) -> str:
        taken = set(self.positions.values())
        pairs = [
            f"{quote_text(name)}: {cells.text(f'c{i}', kind)}"
            for i, (name, kind) in enumerate(self.rows.columns)
            if i not in taken
        ]
        return f"CAST({{{', '.join(pairs)}}} AS MAP(VARCHAR, VARCHAR))" if pairs else cells.NO_MAP


_TYPES: Mapping[FieldKind, str] = {
    "text": "VARCHAR",
    "choice": "VARCHAR",
    "currency": "VARCHAR",
    "quantity": "DECIMAL(38,12)",
    "money": "DECIMAL(28,12)",
    "moment": "TIMESTAMPTZ",
    "day": "DATE",
}


def read_table(
    file: SourceFile, con: duckdb.DuckDBPyConnection, fields: Sequence[Field], optional: frozenset[str]
) -> TableReading:
    """Look at a file's columns; BadInput where one is missing that is not in `optional` (our names)."""
    kind, head = look(file)
    rows: Rows = open_parquet(file, con) if kind == "parquet" else open_csv(file, head, packed=kind == "gzip")
    found = {name.strip().casefold(): i for i, (name, _) in reversed(list(enumerate(rows.columns)))}
    positions = {f.name: found[f.column.casefold()] for f in fields if f.column.casefold() in found}
    missing = [f.column for f in fields if f.name not in positions and f.name not in optional]
    if missing:
        has = ", ".join(name for name, _ in rows.columns)
        raise BadInput(
            f"There is no column {', '.join(repr(c) for c in missing)} (it has {has}).",
            where=file.name,
            hint="Name the right columns in apportion.yaml.",
        )
    return TableReading(rows, fields, positions)


def _read(field: Field, raw: str, value: str, kind: str) -> Cell:
    if field.kind in ("quantity", "money"):
        cell = cells.number(raw, value, kind, _TYPES[field.kind], f"n{raw[1:]}")
        refused = (
            f"{value} < 0" if field.kind == "quantity" else " OR ".join(f"({sql})" for _, sql in cell.repairs)
        )
        broken = " OR ".join(f"({sql})" for sql in (cell.broken, refused) if sql)
        return Cell(cell.value, broken, text=cell.text)
    if field.kind == "moment":
        return cells.time(raw, value, kind)
    if field.kind == "day":
        moment = cells.time(raw, value, kind)
        return Cell(f"CAST({moment.value} AS DATE)", moment.broken)
    text = cells.text(raw, kind)
    if field.kind == "choice":
        listed = ", ".join(map(quote_text, field.choices))
        return Cell(
            f"replace(replace(lower(trim({text})), '-', '_'), ' ', '_')", f"{value} NOT IN ({listed})"
        )
    if field.kind == "currency":
        return Cell(text, f"NOT regexp_full_match({value}, '[A-Z]{{3}}')")
    return Cell(f"nullif(trim({text}), '')")
