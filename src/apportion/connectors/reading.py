"""One file read as a bill: its rows as SQL that types, repairs, judges, and makes FOCUS charges of them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from string import Template

import duckdb

from apportion import focus
from apportion.connectors import cells, nested
from apportion.connectors.beginning import look
from apportion.connectors.cells import Cell
from apportion.connectors.contract import BROKEN, ODD, Flag, Form, Origin, Rows, SourceFile, Stream
from apportion.connectors.csv_rows import NULL_WORDS, CsvRows, open_csv
from apportion.connectors.dialect import Dialect, Given
from apportion.connectors.first_rows import first_period, shows_loose
from apportion.connectors.habits import Habits, habits_of
from apportion.connectors.judging import GAPS, KEPT_AND_OWN, mask, month
from apportion.connectors.parquet_rows import open_parquet
from apportion.engine import quote_ident, quote_text

_WORDS = ", ".join(map(quote_text, ("", *NULL_WORDS)))
FILLED_COLUMNS = "x_FilledColumns"
"""Where an export of ours names the columns whose values it made up; costs among them are unknown again."""
_MAY_BE_FILLED = ("ListCost", "ContractedCost")
FILLED = {"ProviderName": "ServiceProviderName", "ServiceProviderName": "ProviderName"}
"""1.3 gave ProviderName a new name: where a bill has one of the two, the other is filled from it."""


def open_rows(file: SourceFile, con: duckdb.DuckDBPyConnection) -> Rows:
    """The raw rows of a CSV or Parquet file; BadInput where it is neither."""
    kind, head = look(file)
    return open_parquet(file, con) if kind == "parquet" else open_csv(file, head, packed=kind == "gzip")


def read_rows(
    rows: Rows, dialect: Dialect, con: duckdb.DuckDBPyConnection, *, remarks: Sequence[str] = ()
) -> "BillReading":
    """The reading of `rows` in `dialect`, after a look at the first of them; `remarks` go to its notes."""
    positions = dialect.positions([name for name, _ in rows.columns])
    if isinstance(rows, CsvRows):
        found: Sequence[Sequence[str | None]] = rows.layout.sample
    else:
        listed = ", ".join(f"CAST(c{i} AS VARCHAR)" for i in range(len(rows.columns)))
        with rows.streams(1, nulls=False)[0] as stream:
            found = con.execute(f"SELECT {listed} FROM {stream.relation} LIMIT 1000").fetchall()
    sample = [
        {name: value for name, i in positions.items() if i < len(row) and (value := row[i]) is not None}
        for row in found
    ]
    habits = None
    if dialect.local:
        texts = {i: dialect.columns[n] for n, i in positions.items() if rows.columns[i][1] == "VARCHAR"}
        habits = habits_of(rows, texts, found, con)
    return BillReading(rows, dialect, positions, sample, habits, tuple(remarks))


@dataclass(frozen=True)
class BillReading:
    """One file in one dialect: `positions` tells which raw column is which of the dialect's columns."""

    rows: Rows
    dialect: Dialect
    positions: Mapping[str, int]
    sample: Sequence[Mapping[str, str]] = field(repr=False)
    habits: Habits | None = None
    remarks: tuple[str, ...] = ()

    @cached_property
    def version(self) -> str:
        return self.dialect.version or focus.detect_version([name for name, _ in self.rows.columns])

    @cached_property
    def outputs(self) -> Sequence[str]:
        """FOCUS columns, and columns of our own, that its rows may fill."""
        if not self.dialect.body:
            return list(self.positions)
        return [o.name for o in self.dialect.outputs()]

    def given(self, column: str) -> Given:
        """What the dialect says of one of the columns that `flags` name."""
        return self.dialect.columns[column]

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
        texts = [self.given(n) for n, i in self.positions.items() if self.rows.columns[i][1] == "VARCHAR"]
        local = self.habits is not None and self.habits.comma
        return Form(nulls, loose=local or shows_loose(self.sample, texts))

    @property
    def period(self) -> str:
        named = (name for name in re.findall(r"\w+", self.dialect.period) if name in self.positions)
        return first_period(self.sample, next(named, ""))

    @property
    def notes(self) -> Sequence[str]:
        """See `Reading.notes`."""
        if not self.dialect.body:
            return self.remarks
        wanted = [
            g.name for g in self._not_here() if g.note.startswith("optional") and not self._keys.get(g.name)
        ]
        absent = [f"{self.rows.file.name} has no {', '.join(wanted)}: left empty."] if wanted else []
        assumed = [self.habits.note] if self.habits and self.habits.note else []
        return [*absent, *assumed, *self.remarks]

    @property
    def others(self) -> Sequence[str]:
        return list(self._others)

    @cached_property
    def _others(self) -> Mapping[str, int]:
        taken = {*self.positions.values(), *(i for keys in self._keys.values() for i in keys.values())}
        return {
            name: i
            for i, (name, _) in enumerate(self.rows.columns)
            if i not in taken and not self.dialect.knows(name)
        }

    @cached_property
    def _keys(self) -> Mapping[str, Mapping[str, int]]:
        return self.dialect.keys([name for name, _ in self.rows.columns])

    def select(self, stream: Stream, form: Form, origin: Origin) -> str:
        """A SELECT of the columns of `charges`; see `Reading.select`."""
        worded = form.nulls and not isinstance(self.rows, CsvRows)  # the CSV reader knows the words itself
        made = self._repairs_made(form)
        flags = "".join(f", {sql} AS f{bit}" for bit, sql in made.items())
        judged = (
            f"SELECT *, {mask(made)} AS repaired FROM ("
            f"SELECT *, {self._any_broken(form)} AS broken, {self._odd(form)} AS odd{flags} FROM ("
            f"{self.typed(stream, form, worded=worded)}))"
        )
        return f"SELECT {', '.join(self._columns(origin))} FROM ({self._charges(judged, form)})"

    def _charges(self, judged: str, form: Form) -> str:
        """Typed and judged rows as FOCUS columns, with `kept`: what x_Columns is to hold."""
        with_own = f"SELECT *, {self._own_columns(form)} AS kept FROM ({judged})"
        if not self.dialect.body:
            return with_own
        made = Template(self.dialect.body).substitute(
            rows=f"({with_own})", kept="line, broken, odd, repaired, kept", kept_and_own=KEPT_AND_OWN
        )
        if not form.loose:
            return made
        faults = ", ".join(
            f"CASE WHEN {sql} THEN {{'key': {quote_text(name)}, "
            f"'value': CAST({quote_ident(name)} AS VARCHAR)}} END"
            for name, sql in GAPS.items()
        )
        any_gap = " OR ".join(GAPS.values())
        at_fault = f"map_from_entries(list_filter([{faults}], lambda pair: pair IS NOT NULL))"
        return (
            f"SELECT * REPLACE (broken OR gap AS broken, "
            f"CASE WHEN gap AND NOT broken THEN {at_fault} ELSE kept END AS kept) "
            f"FROM (SELECT *, coalesce({any_gap}, true) AS gap FROM ({made}))"
        )

    def control(self, stream: Stream, form: Form) -> str:
        """See `Reading.control`."""
        d = self.dialect
        worded = form.nulls and not isinstance(self.rows, CsvRows)
        no_currency = f"coalesce(NOT regexp_full_match({d.currency}, '[A-Z]{{3}}'), true)"
        return (
            f"SELECT ({self._any_broken(form)}) OR {no_currency} AS broken, "
            f"strftime({d.period}, '%Y-%m') AS period, "
            f"{d.account or 'NULL'} AS account, {d.kind} AS kind, {d.currency} AS currency, "
            f"count(*) AS rows, coalesce(sum({d.amount}), 0) AS amount "
            f"FROM ({self.typed(stream, form, worded=worded)}) GROUP BY ALL ORDER BY ALL"
        )

    def survey(self, stream: Stream, origin: Origin, rounded: Sequence[str]) -> str:
        """See `Reading.survey`; `stream` must be one that leaves words for nothing as they are."""
        form = Form(nulls=True, loose=True, guarded=True)
        named = {i: name for name, i in self.positions.items()}
        words = ", ".join(
            f"{{'column': {quote_text(named.get(i, name))}, 'rows': count(*) FILTER (w{i} IN ({_WORDS}))}}"
            for i, (name, kind) in enumerate(self.rows.columns)
            if kind == "VARCHAR"
        )
        lost = ", ".join(
            f"{{'column': {quote_text(name)}, 'difference': sum(CAST({quote_ident(name)} AS DECIMAL(38,24)) "
            f"- TRY_CAST(CAST(c{self.positions[name]} AS VARCHAR) AS DECIMAL(38,24)))}}"
            for name in rounded
        )
        return (
            f"SELECT {month(self.dialect.period, origin.period)}, {self.dialect.currency}, "
            f"[{words}], [{lost}] FROM ({self.typed(stream, form, worded=True)}) "
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

    def typed(self, stream: Stream, form: Form, *, worded: bool = False) -> str:
        """SELECT raw columns c0, c1, …, as w0, w1, … before words for nothing became null; then typed."""
        raw = [
            f"CASE WHEN c{i} NOT IN ({_WORDS}) THEN c{i} END AS c{i}, c{i} AS w{i}"
            if worded and kind == "VARCHAR"
            else f"c{i}"
            for i, (_, kind) in enumerate(self.rows.columns)
        ]
        columns = self._cells(form).items()
        texts = [f", {cell.text} AS n{self.positions[name]}" for name, cell in columns if cell.text]
        typed = [f"{cell.value} AS {quote_ident(name)}" for name, cell in columns]
        typed += [f"{self._absent(g)} AS {quote_ident(g.name)}" for g in self._not_here()]
        source = f"SELECT {', '.join(raw)}, {stream.line} AS line FROM {stream.relation}"
        return f"SELECT *, {', '.join(typed)} FROM (SELECT *{''.join(texts)} FROM ({source}))"

    def _not_here(self) -> list[Given]:
        """Columns that the dialect's SQL may name and that are no single column of the file."""
        return [
            g for g in self.dialect.columns.values() if self.dialect.body and g.name not in self.positions
        ]

    def _absent(self, given: Given) -> str:
        if not self._keys.get(given.name):
            return f"CAST(NULL AS {given.sql_type})"
        kinds = self.rows.columns
        pairs = ", ".join(
            f"{quote_text(json.dumps(key) + ':')} || to_json({cells.text(f'c{i}', kinds[i][1])})"
            for key, i in self._keys[given.name].items()
        )
        # From JSON takes two fifths of the time of map_from_entries, which looks for keys that stand twice.
        return f"CAST(CAST('{{' || concat_ws(',', {pairs}) || '}}' AS JSON) AS MAP(VARCHAR, VARCHAR))"

    def _any_broken(self, form: Form) -> str:
        """SQL that is true where a row is broken, and false where none of its faults can be told."""
        found = " OR ".join(f"({sql})" for _, sql in self._broken(form))
        return f"coalesce({found}, false)" if found else "false"

    def _cells(self, form: Form) -> Mapping[str, Cell]:
        return {name: self._cell(name, i, form) for name, i in self.positions.items()}

    def _cell(self, name: str, position: int, form: Form) -> Cell:  # noqa: PLR0911  one for each kind
        raw, value, kind = f"c{position}", quote_ident(name), self.rows.columns[position][1]
        column, local = self.given(name), self.habits if self.dialect.local else None
        if column.stored == "nested":
            return nested.cell(raw, kind, column.sql_type, f"n{position}", loose=form.loose)
        if column.stored in ("money", "number"):
            return cells.number(
                raw, value, kind, column.sql_type, f"n{position}", loose=form.loose, habits=self.habits
            )
        if column.stored == "time":
            return cells.time(raw, value, kind, loose=form.loose, habits=local)
        if column.stored == "map":
            return cells.tags(raw, value, kind, guarded=form.guarded, loose=form.loose, habits=local)
        if column.stored == "json":
            return cells.json_text(raw, value, kind)
        if name in self._listed and form.loose:
            return cells.allowed(raw, value, column.allowed)
        return Cell(cells.text(raw, kind))

    @cached_property
    def _listed(self) -> Sequence[str]:
        """Columns of the file whose values FOCUS lists."""
        kinds = self.rows.columns
        return [n for n, i in self.positions.items() if self.given(n).allowed and kinds[i][1] == "VARCHAR"]

    def _repairs(self, form: Form) -> Iterator[tuple[str, str, str]]:
        """Kind, column and SQL condition of every repair that a reading in `form` makes."""
        own_way = (cells.NO_ZONE, cells.OTHER_TIME) if self.dialect.body else (cells.OTHER_NUMBER,)
        for name, cell in self._cells(form).items():
            for kind, sql in cell.repairs:
                if kind not in own_way:  # how a provider writes times is no repair; of numbers the notes tell
                    yield kind, name, sql
        for name, other in FILLED.items():
            if other in self.positions and not self.dialect.body:
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
            missing = f"{quote_ident(name)} IS NULL" if self.given(name).required else ""
            currency = GAPS["BillingCurrency"] if name == "BillingCurrency" else ""
            found = [sql for sql in (missing, cell.broken, currency) if sql]
            if found:
                yield name, " OR ".join(f"({sql})" for sql in found)

    def _columns(self, origin: Origin) -> Iterator[str]:
        own = {
            "x_Source": quote_text(origin.source),
            "x_BillingPeriod": month("BillingPeriodStart", origin.period),
            "x_LoadId": quote_text(origin.load_id),
            "x_SourceFile": quote_text(self.rows.file.name),
            "x_SourceLine": "line",
            "x_Repairs": f"CASE WHEN broken THEN {BROKEN} WHEN odd THEN {ODD} ELSE repaired END",
            "x_Columns": "kept",
        }
        for name, kind in focus.charge_columns().items():
            yield f"CAST({own.get(name) or self._kept(name)} AS {kind}) AS {quote_ident(name)}"

    def _kept(self, name: str) -> str:
        found = [quote_ident(n) for n in (name, FILLED.get(name, "")) if n in self.outputs]
        if name in _MAY_BE_FILLED and found and self._filled_at is not None:
            return (
                f"CASE WHEN NOT coalesce(contains(c{self._filled_at}, '{name}'), false) THEN {found[0]} END"
            )
        return f"COALESCE({', '.join(found)})" if len(found) > 1 else "".join(found) or "NULL"

    @cached_property
    def _filled_at(self) -> int | None:
        """Position of FILLED_COLUMNS in a FOCUS file that has it."""
        kinds = [] if self.dialect.body else self.rows.columns
        return next((i for i, column in enumerate(kinds) if column == (FILLED_COLUMNS, "VARCHAR")), None)

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
