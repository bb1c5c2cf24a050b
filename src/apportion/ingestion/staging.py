"""Writes a file's rows as typed Parquet in one pass, and learns what one pass cannot know in advance."""

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from apportion import focus
from apportion.connectors import BROKEN, Form, Origin, Reading
from apportion.connectors.contract import Stream
from apportion.connectors.csv_rows import NULL_WORDS
from apportion.connectors.parquet_rows import first_line
from apportion.core.errors import BadInput
from apportion.engine import quote_ident, quote_text

_REPEATED_KEY = "Map keys"


@dataclass(frozen=True)
class Damaged:
    """A record that is no row at all: `line` counts records, the header being the first."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class Staged:
    """One Parquet file made from one stream.

    `shift` is what must be added to x_SourceLine because values ahead of the stream hold line ends; `damaged`
    are the records left out, by their own line numbers.
    """

    path: Path
    reading: Reading
    form: Form
    rows: int
    before: int
    shift: int = 0
    damaged: tuple[Damaged, ...] = ()


class _ReadAgain(Exception):
    """The file has to be read in another form, or in fewer parts."""

    def __init__(self, form: Form, parts: int) -> None:
        super().__init__()
        self.form, self.parts = form, parts


def stage(
    con: duckdb.DuckDBPyConnection, reading: Reading, origin: Origin, folder: Path, parts: int
) -> list[Staged]:
    """Write all rows of one file below `folder`, broken ones marked; BadInput where it cannot be read."""
    form = reading.form
    for attempt in range(5):
        try:
            return _attempt(con, reading, origin, folder / f"{attempt}", form, parts)
        except _ReadAgain as again:
            form, parts = again.form, again.parts
            shutil.rmtree(folder / f"{attempt}")
    raise AssertionError("a file was read in every form and never completely")


def _attempt(
    con: duckdb.DuckDBPyConnection, reading: Reading, origin: Origin, folder: Path, form: Form, parts: int
) -> list[Staged]:
    folder.mkdir(parents=True)
    streams = reading.rows.streams(parts, nulls=form.nulls)
    cursors = [con.cursor() for _ in streams]

    def write(i: int) -> Staged:
        with streams[i] as stream:
            return _write(cursors[i], reading, origin, folder / f"part-{i}.parquet", form, stream)

    try:
        staged = _side_by_side(write, cursors)
    except duckdb.Error as why:
        if _REPEATED_KEY in str(why) and not form.guarded:
            raise _ReadAgain(replace(form, guarded=True), parts) from None
        raise BadInput(
            f"It cannot be read: {first_line(why)}.",
            where=reading.rows.file.name,
            hint="Check the file, or export it again.",
        ) from why
    if len(staged) > 1 and any(s.damaged for s in staged):
        # Damaged quoting may have misled the search for a place to cut; one stream needs no such place.
        raise _ReadAgain(form, 1)
    if not form.nulls and any(_has_words(con, s) for s in staged):
        raise _ReadAgain(replace(form, nulls=True), parts)
    if not form.guarded and any(_repeats_keys(con, s) for s in staged):
        raise _ReadAgain(replace(form, guarded=True), parts)
    return _with_shifts(staged)


def _side_by_side(
    write: Callable[[int], Staged], cursors: Sequence[duckdb.DuckDBPyConnection]
) -> list[Staged]:
    """Write with all cursors at once; when one fails, or the user interrupts, stop the others."""
    with ThreadPoolExecutor(max_workers=len(cursors)) as pool:
        futures = [pool.submit(write, i) for i in range(len(cursors))]
        try:
            return [future.result() for future in futures]
        except BaseException:
            for cursor in cursors:
                with suppress(duckdb.Error):
                    cursor.interrupt()
            raise


def _write(
    con: duckdb.DuckDBPyConnection, reading: Reading, origin: Origin, path: Path, form: Form, stream: Stream
) -> Staged:
    con.execute(
        "SET preserve_insertion_order = false"
    )  # rows carry their line; order costs a quarter more time
    select = reading.select(stream, form, origin)
    written = con.execute(f"COPY ({select}) TO {quote_text(str(path))} (FORMAT parquet)").fetchone()
    rows = int(written[0]) if written else 0
    return Staged(path, reading, form, rows, stream.before, damaged=damaged_records(con, stream))


def damaged_records(con: duckdb.DuckDBPyConnection, stream: Stream) -> tuple[Damaged, ...]:
    """Records that `con` left out while it read `stream`, by their lines."""
    table = f"rejects_{stream.part}"
    known = con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table]).fetchone()
    if not known:
        return ()
    found = con.execute(
        f"SELECT line, any_value(error_type), any_value(csv_line) FROM {quote_ident(table)} "
        "GROUP BY line ORDER BY line"
    ).fetchall()
    return tuple(Damaged(int(line) + stream.before + 1, str(kind), str(text)) for line, kind, text in found)


def _has_words(con: duckdb.DuckDBPyConnection, staged: Staged) -> bool:
    """Whether a word that stands for nothing was kept as text, or made a row look broken."""
    words = ", ".join(map(quote_text, ("", *NULL_WORDS)))
    texts = [c for c, kind in focus.charge_columns().items() if kind == "VARCHAR" and not c.startswith("x_")]
    kept = " OR ".join(f"{quote_ident(c)} IN ({words})" for c in texts)
    broken = f"x_Repairs = {BROKEN} AND list_has_any(map_values(x_Columns), [{words}])"
    query = f"SELECT 1 FROM read_parquet({quote_text(str(staged.path))}) WHERE {kept} OR ({broken}) LIMIT 1"
    return con.execute(query).fetchone() is not None


def _repeats_keys(con: duckdb.DuckDBPyConnection, staged: Staged) -> bool:
    """Whether the tags of a row have a key twice, so that one of its values would be lost to readers.

    Rows have few different sets of keys, so looking at each set is much faster than looking at each row.
    """
    sets = " UNION ".join(
        f"SELECT map_keys({quote_ident(c)}) AS keys FROM read_parquet({quote_text(str(staged.path))})"
        for c, kind in focus.charge_columns().items()
        if kind.startswith("MAP") and not c.startswith("x_")
    )
    query = f"SELECT 1 FROM ({sets}) WHERE len(keys) <> len(list_distinct(keys)) LIMIT 1"
    return con.execute(query).fetchone() is not None


def _with_shifts(staged: Sequence[Staged]) -> list[Staged]:
    """Line numbers of later streams rest on counted line ends; put right where values hold some."""
    shifted, records = [], 0
    for part in staged:
        shifted.append(replace(part, shift=records - part.before))
        records += part.rows + len(part.damaged)
    return shifted
