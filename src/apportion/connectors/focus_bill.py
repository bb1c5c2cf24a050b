"""Connector `focus`: bills in FOCUS 1.0 to 1.4, as CSV or Parquet, with what real files do differently."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import duckdb

from apportion import focus
from apportion.connectors import cells
from apportion.connectors.beginning import look
from apportion.connectors.cells import Cell
from apportion.connectors.contract import BROKEN, ODD, Flag, Form, Origin, Rows, SourceFile, Stream
from apportion.connectors.csv_rows import NULL_WORDS, CsvRows, open_csv
from apportion.connectors.first_rows import first_period, shows_loose
from apportion.connectors.parquet_rows import open_parquet
from apportion.core.errors import BadInput
from apportion.engine import quote_ident, quote_text

REQUIRED = (
    "BilledCost",
    "EffectiveCost",
    "BillingCurrency",
    "BillingPeriodStart",
    "ChargePeriodStart",
    "ChargeCategory",
)
_WORDS = ", ".join(map(quote_text, ("", *NULL_WORDS)))
FILLED = {"ProviderName": "ServiceProviderName", "ServiceProviderName": "ProviderName"}
"""1.3 gave ProviderName a new name: where a bill has one of the two, the other is filled from it."""


@dataclass(frozen=True)
class FocusConnector:
    """Reads FOCUS bills."""

    name: str = "focus"

    def read(self, file: SourceFile, con: duckdb.DuckDBPyConnection) -> "FocusReading":
        kind, head = look(file)
        rows: Rows = (
            open_parquet(file, con) if kind == "parquet" else open_csv(file, head, packed=kind == "gzip")
        )
        return FocusReading(rows, _positions(rows, file.name), self._sample(rows, con))

    def _sample(self, rows: Rows, con: duckdb.DuckDBPyConnection) -> list[Mapping[str, str]]:
        """The first rows as texts by FOCUS column."""
        names = [focus.canonical_name(name) or "" for name, _ in rows.columns]
        if isinstance(rows, CsvRows):
            return [dict(zip(names, row, strict=False)) for row in rows.layout.sample]
        with rows.streams(1, nulls=False)[0] as stream:
            listed = ", ".join(f"CAST(c{i} AS VARCHAR)" for i in range(len(names)))
            found = con.execute(f"SELECT {listed} FROM {stream.relation} LIMIT 1000").fetchall()
        return [{n: v for n, v in zip(names, row, strict=True) if v is not None} for row in found]


@dataclass(frozen=True)
class FocusReading:
    """One FOCUS file: `positions` tells which raw column is which FOCUS column."""

    rows: Rows
    positions: Mapping[str, int]
    sample: Sequence[Mapping[str, str]] = field(repr=False)

    @cached_property
    def version(self) -> str:
        return focus.detect_version([name for name, _ in self.rows.columns])

    @cached_property
    def flags(self) -> Sequence[Flag]:
        return [
            Flag(bit, repair, column)
            for bit, (repair, column, _) in enumerate(self._repairs(Form(loose=True)))
        ]

    @property
    def form(self) -> Form:
        words = NULL_WORDS if isinstance(self.rows, CsvRows) else ("", *NULL_WORDS)
        nulls = any(value in words for row in self.sample for value in row.values())
        texts = [name for name, i in self.positions.items() if self.rows.columns[i][1] == "VARCHAR"]
        return Form(nulls, loose=shows_loose(self.sample, texts))

    @property
    def period(self) -> str:
        return first_period(self.sample)

    @property
    def others(self) -> Sequence[str]:
        return list(self._others)

    @cached_property
    def _others(self) -> Mapping[str, int]:
        taken = set(self.positions.values())
        return {name: i for i, (name, _) in enumerate(self.rows.columns) if i not in taken}

    def select(self, stream: Stream, form: Form, origin: Origin) -> str:
        """A SELECT of the columns of `charges`; see `Reading.select`."""
        worded = form.nulls and not isinstance(self.rows, CsvRows)  # the CSV reader knows the words itself
        made = self._repairs_made(form)
        flags = "".join(f", {sql} AS f{bit}" for bit, sql in made.items())
        return (
            f"SELECT {', '.join(self._columns(origin, form))} FROM ("
            f"SELECT *, {_mask(made)} AS repaired FROM ("
            f"SELECT *, {self._any_broken(form)} AS broken, {self._odd(form)} AS odd{flags} FROM ("
            f"{self._typed(stream, form, worded=worded)})))"
        )

    def survey(self, stream: Stream, origin: Origin, rounded: Sequence[str]) -> str:
        """See `Reading.survey`; `stream` must be one that leaves words for nothing as they are."""
        form = Form(nulls=True, loose=True, guarded=True)
        words = ", ".join(
            f"{{'column': {quote_text(focus.canonical_name(name) or name)}, "
            f"'rows': count(*) FILTER (w{i} IN ({_WORDS}))}}"
            for i, (name, kind) in enumerate(self.rows.columns)
            if kind == "VARCHAR"
        )
        lost = ", ".join(
            f"{{'column': {quote_text(name)}, 'difference': sum(CAST({quote_ident(name)} AS DECIMAL(38,24)) "
            f"- TRY_CAST(CAST(c{self.positions[name]} AS VARCHAR) AS DECIMAL(38,24)))}}"
            for name in rounded
        )
        return (
            f'SELECT {_month(origin.period)}, "BillingCurrency", [{words}], [{lost}] '
            f"FROM ({self._typed(stream, form, worded=True)}) "
            f"WHERE NOT ({self._any_broken(form)}) GROUP BY ALL"
        )

    def raw_values(self, stream: Stream, wanted: Sequence[tuple[int, str]], last: int) -> str:
        """See `Reading.raw_values`."""
        pairs = ", ".join(
            f"CASE WHEN line = {line} THEN {{'line': line, 'name': {quote_text(name)}, "
            f"'text': CAST(c{self._position(name)} AS VARCHAR)}} END"
            for line, name in wanted
        )
        lines = ", ".join(str(line) for line, _ in wanted)
        numbered = f"SELECT {stream.line} AS line, * FROM {stream.relation} LIMIT {last}"
        return (
            f"SELECT found.line, found.name, found.text "
            f"FROM (SELECT unnest([{pairs}]) AS found FROM ({numbered}) WHERE line IN ({lines})) "
            "WHERE found IS NOT NULL"
        )

    def _position(self, name: str) -> int:
        return self.positions[name] if name in self.positions else self.positions[FILLED[name]]

    def _typed(self, stream: Stream, form: Form, *, worded: bool) -> str:
        """Raw columns c0, c1, …; as w0, w1, … before words for nothing became null; then typed ones."""
        raw = [
            f"CASE WHEN c{i} NOT IN ({_WORDS}) THEN c{i} END AS c{i}, c{i} AS w{i}"
            if worded and kind == "VARCHAR"
            else f"c{i}"
            for i, (_, kind) in enumerate(self.rows.columns)
        ]
        columns = self._cells(form).items()
        texts = [f", {cell.text} AS n{self.positions[name]}" for name, cell in columns if cell.text]
        typed = [f"{cell.value} AS {quote_ident(name)}" for name, cell in columns]
        source = f"SELECT {', '.join(raw)}, {stream.line} AS line FROM {stream.relation}"
        return f"SELECT *, {', '.join(typed)} FROM (SELECT *{''.join(texts)} FROM ({source}))"

    def _any_broken(self, form: Form) -> str:
        return " OR ".join(f"({sql})" for _, sql in self._broken(form)) or "false"

    def _cells(self, form: Form) -> Mapping[str, Cell]:
        return {name: self._cell(name, i, form) for name, i in self.positions.items()}

    def _cell(self, name: str, position: int, form: Form) -> Cell:
        raw, value, kind = f"c{position}", quote_ident(name), self.rows.columns[position][1]
        column = focus.column(name)
        if column.stored in ("money", "number"):
            return cells.number(raw, value, kind, focus.sql_type(column), f"n{position}", loose=form.loose)
        if column.stored == "time":
            return cells.time(raw, value, kind, loose=form.loose)
        if column.stored == "map":
            return cells.tags(raw, value, kind, guarded=form.guarded, loose=form.loose)
        if column.stored == "json":
            return cells.json_text(raw, value, kind)
        if name in self._listed and form.loose:
            return cells.allowed(raw, value, column.allowed)
        return Cell(cells.text(raw, kind))

    @cached_property
    def _listed(self) -> Sequence[str]:
        """Columns of the file whose values FOCUS lists."""
        kinds = self.rows.columns
        return [n for n, i in self.positions.items() if focus.column(n).allowed and kinds[i][1] == "VARCHAR"]

    def _repairs(self, form: Form) -> Iterator[tuple[str, str, str]]:
        """Kind, column and SQL condition of every repair that a reading in `form` makes."""
        for name, cell in self._cells(form).items():
            for kind, sql in cell.repairs:
                yield kind, name, sql
        for name, other in FILLED.items():
            if other in self.positions:
                missing = f"{quote_ident(name)} IS NULL AND " if name in self.positions else ""
                yield f"filled from {other}", name, f"{missing}{quote_ident(other)} IS NOT NULL"

    def _repairs_made(self, form: Form) -> dict[int, str]:
        """SQL condition by the bit of each repair."""
        bits = {(flag.repair, flag.column): flag.bit for flag in self.flags}
        return {bits[kind, column]: sql for kind, column, sql in self._repairs(form)}

    def _odd(self, form: Form) -> str:
        """SQL that is true where a row needs a loose reading."""
        found = self._cells(form)
        odd = [f"({cell.odd})" for cell in found.values() if cell.odd]
        texts = [f"c{self.positions[name]}" for name, cell in found.items() if cell.digits]
        return " OR ".join([*odd, *([cells.not_plain(texts)] if texts else [])]) or "false"

    def _broken(self, form: Form) -> Iterator[tuple[str, str]]:
        """SQL that is true where the value of a column keeps its row from being a charge.

        A reading that is not loose has none: it fails, or `ingestion` finds the gap in what was written.
        """
        if not form.loose:
            return
        for name, cell in self._cells(form).items():
            missing = f"{quote_ident(name)} IS NULL" if name in REQUIRED else ""
            currency = (
                "NOT regexp_full_match(\"BillingCurrency\", '[A-Z]{3}')" if name == "BillingCurrency" else ""
            )
            found = [sql for sql in (missing, cell.broken, currency) if sql]
            if found:
                yield name, " OR ".join(f"({sql})" for sql in found)

    def _columns(self, origin: Origin, form: Form) -> Iterator[str]:
        own = {
            "x_Source": quote_text(origin.source),
            "x_BillingPeriod": _month(origin.period),
            "x_LoadId": quote_text(origin.load_id),
            "x_SourceFile": quote_text(self.rows.file.name),
            "x_SourceLine": "line",
            "x_Repairs": f"CASE WHEN broken THEN {BROKEN} WHEN odd THEN {ODD} ELSE repaired END",
            "x_Columns": self._own_columns(form),
        }
        for name, kind in focus.charge_columns().items():
            yield f"CAST({own.get(name) or self._kept(name)} AS {kind}) AS {quote_ident(name)}"

    def _kept(self, name: str) -> str:
        other = FILLED.get(name, "")
        found = [quote_ident(n) for n in (name, other) if n in self.positions]
        return f"COALESCE({', '.join(found)})" if len(found) > 1 else "".join(found) or "NULL"

    def _own_columns(self, form: Form) -> str:
        kept = "NULL"
        if self._others:
            kinds = self.rows.columns
            fields = (f"{quote_text(n)}: {cells.text(f'c{i}', kinds[i][1])}" for n, i in self._others.items())
            kept = f"CAST({{{', '.join(fields)}}} AS MAP(VARCHAR, VARCHAR))"
        return f"CASE WHEN broken THEN {self._at_fault(form)} ELSE {kept} END" if form.loose else kept

    def _at_fault(self, form: Form) -> str:
        """A map from each column at fault to its text."""
        pairs = (
            f"CASE WHEN {sql} THEN {{'key': {quote_text(name)}, 'value': "
            f"CAST(c{self.positions[name]} AS VARCHAR)}} END"
            for name, sql in self._broken(form)
        )
        return f"map_from_entries(list_filter([{', '.join(pairs)}], lambda pair: pair IS NOT NULL))"


def _mask(made: Mapping[int, str]) -> str:
    """SQL for the bits of the repairs whose conditions are columns f0, f1, …"""
    if not made:
        return "CAST(0 AS BIGINT)"
    bits = " | ".join(f"CASE WHEN f{bit} THEN {1 << bit} ELSE 0 END" for bit in made)
    return f"CASE WHEN {' OR '.join(f'f{bit}' for bit in made)} THEN CAST({bits} AS BIGINT) ELSE 0 END"


def _month(expected: str) -> str:
    """The month of a row; formatting a date takes long, comparing it with the expected month does not."""
    written = "strftime(\"BillingPeriodStart\", '%Y-%m')"
    if not expected:
        return written
    start = f"TIMESTAMPTZ '{expected}-01 00:00:00+00'"
    inside = f'"BillingPeriodStart" >= {start} AND "BillingPeriodStart" < {start} + INTERVAL 1 MONTH'
    return f"CASE WHEN {inside} THEN '{expected}' ELSE {written} END"


def _positions(rows: Rows, name: str) -> Mapping[str, int]:
    """Raw position of each FOCUS column; BadInput where the file is no FOCUS bill."""
    found: dict[str, int] = {}
    for i, (written, _) in enumerate(rows.columns):
        meant = focus.canonical_name(written)
        if meant and (meant not in found or written == meant):
            found[meant] = i
    missing = [c for c in REQUIRED if c not in found]
    if len(found) < 3:
        raise BadInput(
            "This is no FOCUS bill: its columns are not those of FOCUS.",
            where=name,
            hint="Give a FOCUS export as CSV or Parquet.",
        )
    if missing:
        raise BadInput(
            f"This bill lacks {', '.join(missing)}, without which its cost cannot be attributed.",
            where=name,
            hint="Export it again with all FOCUS columns.",
        )
    return dict(sorted(found.items()))
