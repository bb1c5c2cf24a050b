"""Writes a file's rows as typed Parquet in one pass, and learns what one pass cannot know in advance."""

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import duckdb

from apportion.connectors import Form, Origin, Reading
from apportion.connectors.contract import Stream
from apportion.connectors.parquet_rows import first_line
from apportion.core.errors import BadInput, Transient
from apportion.engine import connect, quote_ident, quote_text
from apportion.ingestion.inspection import seen_form
from apportion.ingestion.staged import Damaged, Staged, parquet, with_shifts

_REPEATED_KEY = "Map keys"
_MEGABYTES = 2000


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
    for attempt in range(8):
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
    try:
        staged = _read(con, reading, origin, folder, form, parts)
    except duckdb.Error as why:
        refuse_full(why)
        if not form.loose:
            raise _ReadAgain(replace(form, loose=True), parts) from None
        if _REPEATED_KEY in str(why) and not form.guarded:
            raise _ReadAgain(replace(form, guarded=True), parts) from None
        raise unreadable(why, reading.rows.file.name) from why
    if len(staged) > 1 and any(s.damaged for s in staged):
        # Damaged quoting may have misled the search for a place to cut; one stream needs no such place.
        raise _ReadAgain(form, 1)
    if (seen := seen_form(con, staged, form)) != form:
        raise _ReadAgain(seen, parts)
    return with_shifts(staged, [part.rows for part in staged])


def unreadable(why: duckdb.Error, name: str) -> BadInput:
    """What the engine could not read in the file `name`."""
    hint = "Check the file, or export it again."
    return BadInput(f"It cannot be read: {first_line(why)}.", where=name, hint=hint)


def refuse_full(why: duckdb.Error) -> None:
    """Raise Transient where disk or memory gave out, which says nothing of the file."""
    if "No space left" in str(why):
        raise Transient("The disk is full.", hint="Make room and load again; nothing was changed.") from why
    if isinstance(why, duckdb.OutOfMemoryException):
        raise Transient("There was not enough memory.", hint="Load again; nothing was changed.") from why


def _read(
    con: duckdb.DuckDBPyConnection, reading: Reading, origin: Origin, folder: Path, form: Form, parts: int
) -> list[Staged]:
    streams = reading.rows.streams(parts, nulls=form.nulls)
    databases = _databases(con, reading, len(streams), folder)

    def write(i: int) -> Staged:
        with streams[i] as stream:
            return _write(databases[i], reading, origin, folder / f"part-{i}.parquet", form, stream)

    try:
        return _side_by_side(write, databases)
    finally:
        for database in databases:
            database.close()


def _databases(
    con: duckdb.DuckDBPyConnection, reading: Reading, streams: int, folder: Path
) -> list[duckdb.DuckDBPyConnection]:
    """A connection for each stream."""
    if not reading.rows.in_order:
        return [con.cursor() for _ in range(streams)]
    # One thread works on a stream. In a database with more, one that waits for it would spin meanwhile.
    limit = f"{_MEGABYTES // streams}MB"
    return [connect(memory_limit=limit, threads=1, temp=folder / f"spill-{i}") for i in range(streams)]


def _side_by_side(
    write: Callable[[int], Staged], databases: Sequence[duckdb.DuckDBPyConnection]
) -> list[Staged]:
    """Write with all of them at once; when one fails, or the user interrupts, stop the others."""
    with ThreadPoolExecutor(max_workers=len(databases)) as pool:
        futures = [pool.submit(write, i) for i in range(len(databases))]
        try:
            return [future.result() for future in futures]
        except BaseException:
            for database in databases:
                with suppress(duckdb.Error):
                    database.interrupt()
            raise


def _write(
    con: duckdb.DuckDBPyConnection, reading: Reading, origin: Origin, path: Path, form: Form, stream: Stream
) -> Staged:
    con.execute(
        "SET preserve_insertion_order = false"
    )  # rows carry their line; order costs a quarter more time
    select = reading.select(stream, form, origin)
    written = con.execute(f"COPY ({select}) TO {quote_text(str(path))} ({parquet(reading)})").fetchone()
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
    return tuple(
        Damaged(int(line) + stream.before + stream.header, str(kind), str(text)) for line, kind, text in found
    )
