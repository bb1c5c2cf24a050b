"""Looks at what was written, cheaply, for things that reading does not look for unless it has to."""

import re
from collections.abc import Sequence
from dataclasses import replace

import duckdb

from apportion import focus
from apportion.connectors import BROKEN, ODD, Form
from apportion.connectors.cells import EARLIEST, LATEST
from apportion.connectors.csv_rows import NULL_WORDS
from apportion.connectors.judging import REQUIRED
from apportion.engine import quote_ident, quote_text
from apportion.ingestion.staged import Staged

_WORDS = ("", *NULL_WORDS)
_FEW = 200_000


def seen_form(con: duckdb.DuckDBPyConnection, staged: Sequence[Staged], form: Form) -> Form:
    """The form in which the file should have been read: `form` where nothing was overlooked."""
    names = {name for part in staged for name in part.reading.outputs}
    columns = [c for c in focus.superset().values() if c.name in names]
    texts = [c.name for c in columns if c.stored in ("text", "json")]
    guarded = form.guarded or any(
        _repeats_keys(con, part, c.name) for part in staged for c in columns if c.stored == "map"
    )
    return replace(
        form,
        nulls=form.nulls or any(_has_words(con, part, texts) for part in staged),
        loose=form.loose or guarded or any(_needs_loose(con, part, columns) for part in staged),
        guarded=guarded,
    )


def _needs_loose(con: duckdb.DuckDBPyConnection, staged: Staged, columns: Sequence[focus.Column]) -> bool:
    """Whether a strict reading met a row that only a loose one can judge."""
    gaps = " OR ".join(f"{quote_ident(name)} IS NULL" for name in REQUIRED)
    if _any_row(con, staged, f"x_Repairs = {ODD}") or _any_row(con, staged, gaps):
        return True
    times = [quote_ident(c.name) for c in columns if c.stored == "time"]
    outside = " OR ".join(f"min({c}) < {EARLIEST} OR max({c}) > {LATEST}" for c in times)
    extreme = con.execute(f"SELECT {outside} FROM {_file(staged)}").fetchone()
    if extreme and extreme[0]:
        return True
    listed = {c.name: c.allowed for c in columns if c.allowed}
    if any(value not in listed[name] for name in listed for value in _distinct(con, staged, name)):
        return True
    return any(not re.fullmatch("[A-Z]{3}", value) for value in _distinct(con, staged, "BillingCurrency"))


def _distinct(con: duckdb.DuckDBPyConnection, staged: Staged, column: str) -> list[str]:
    name = quote_ident(column)
    found = con.execute(f"SELECT DISTINCT {name} FROM {_file(staged)} WHERE {name} IS NOT NULL").fetchall()
    return [value for (value,) in found]


def _has_words(con: duckdb.DuckDBPyConnection, staged: Staged, texts: Sequence[str]) -> bool:
    """Whether a word that stands for nothing was kept as text, or made a row look broken."""
    words = ", ".join(map(quote_text, _WORDS))
    broken = f"x_Repairs = {BROKEN} AND list_has_any(map_values(x_Columns), [{words}])"
    each = [f"{quote_ident(c)} = {quote_text(word)}" for c in texts for word in _WORDS]
    # Single equalities are answered from the file's filters, row groups unread; few rows are read faster.
    conditions = each if staged.rows > _FEW else [" OR ".join(each)]
    return any(_any_row(con, staged, condition) for condition in (broken, *conditions))


def _repeats_keys(con: duckdb.DuckDBPyConnection, staged: Staged, column: str) -> bool:
    """Whether the tags of a row have a key twice, so that one of its values would be lost to readers.

    Rows have few different sets of keys, so looking at each set is much faster than looking at each row.
    """
    keys = f"map_keys({quote_ident(column)})"
    sets = f"SELECT any_value({keys}) AS keys FROM {_file(staged)} GROUP BY hash({keys})"
    query = f"SELECT 1 FROM ({sets}) WHERE len(keys) <> len(list_distinct(keys)) LIMIT 1"
    return con.execute(query).fetchone() is not None


def _any_row(con: duckdb.DuckDBPyConnection, staged: Staged, condition: str) -> bool:
    return con.execute(f"SELECT 1 FROM {_file(staged)} WHERE {condition} LIMIT 1").fetchone() is not None


def _file(staged: Staged) -> str:
    return f"read_parquet({quote_text(str(staged.path))})"
