"""Judges all row rules on a file in one pass: how many rows each speaks of, how many break it, and where."""

from collections.abc import Mapping, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass

import duckdb

from apportion.conformance.models import Rule
from apportion.conformance.tables import FileTable
from apportion.connectors.contract import Stream
from apportion.connectors.parquet_rows import first_line
from apportion.core.errors import BadInput
from apportion.engine import quote_ident

PARTS = 2
BITS = 60
_BASE = "(b|[A-Z][A-Za-z0-9]*( [A-Z][A-Za-z0-9]*)*)"
_COMPOUND = f"{_BASE}(-{_BASE})*"
_UNIT = f"([1-9][0-9]* )?{_COMPOUND}(/([1-9][0-9]* )?{_COMPOUND})?"
_NO_UNIT = "(^|[-/ ])([A-Za-z]i?[Bb]s|[A-Z][a-z]+(bi)?(byte|bit)s?)($|[-/ ])"

Condition = tuple[str, str]
"""SQL for the rows that a rule speaks of, and SQL that is true where it is met."""


@dataclass(frozen=True)
class Tally:
    """One rule on one stretch of rows: those it speaks of, those that break it, the first of these (or 0)."""

    rows: int
    violations: int
    first: int


@dataclass(frozen=True)
class Stretch:
    """What was found in a file, or in a part of it; `unread` records had not as many values as the header."""

    part: int
    rows: int
    unread: int
    tallies: Mapping[str, Tally]


def judge_rows(table: FileTable, rules: Sequence[Rule], con: duckdb.DuckDBPyConnection) -> list[Stretch]:
    """Read the file once; tallies of the rules whose columns it has. BadInput where it cannot be read."""
    judged = {rule.id: sql for rule in rules if (sql := conditions(rule, table))}
    streams = table.rows.streams(PARTS, nulls=False)
    with ThreadPoolExecutor(len(streams)) as pool:
        work = [pool.submit(_judge, table, judged, i, s, con.cursor()) for i, s in enumerate(streams)]
        return [w.result() for w in work]


def _judge(
    table: FileTable,
    judged: Mapping[str, Condition],
    part: int,
    opened: AbstractContextManager[Stream],
    con: duckdb.DuckDBPyConnection,
) -> Stretch:
    try:
        with opened as stream:
            groups = con.execute(_query(table, judged, stream)).fetchall()
            unread = _unread(table, stream, con)
    except duckdb.Error as why:
        raise unreadable(table, why) from why
    finally:
        con.close()  # each part has a connection, and with it a list of rejects, of its own
    return Stretch(part, sum(int(g[0]) for g in groups), unread, _tallies(judged, groups))


def _query(table: FileTable, judged: Mapping[str, Condition], stream: Stream) -> str:
    """One row for each set of rules that some rows break together: how many rows, the first, and how many
    rows each distinct condition speaks of. A set is as many whole numbers as it takes, a bit for each rule.
    """
    whens = _whens(judged)
    spoken = [f"({when}) IS TRUE AS a{i}" for i, when in enumerate(whens)]
    flags = [f"(CAST({broken(sql)} AS BIGINT) << {i % BITS})" for i, sql in enumerate(judged.values())]
    masks = [f"0{''.join(' + ' + f for f in flags[at : at + BITS])} AS m{at // BITS}" for at in _steps(flags)]
    names = [f"m{i}" for i in range(len(masks))]
    counts = [f"count_if(a{i})" for i in range(len(whens))]
    return (
        f"SELECT {', '.join(['count(*)', 'min(line)', *names, *counts])} "
        f"FROM (SELECT {', '.join(['line', *masks, *spoken])} FROM ({table.select(stream, line_of(table))})) "
        f"GROUP BY {', '.join(names)}"
    )


def _tallies(judged: Mapping[str, Condition], groups: Sequence[tuple[int, ...]]) -> dict[str, Tally]:
    whens = _whens(judged)
    masks = len(_steps(judged))
    found = {}
    for i, (rule, (when, _)) in enumerate(judged.items()):
        spoken = sum(g[2 + masks + whens[when]] for g in groups)
        there = [g for g in groups if g[2 + i // BITS] >> (i % BITS) & 1]
        found[rule] = Tally(spoken, sum(g[0] for g in there), min((g[1] for g in there), default=0))
    return found


def _steps(rules: Sized) -> range:
    """Where each whole number of a set begins; there is always one."""
    return range(0, max(1, len(rules)), BITS)


def _whens(judged: Mapping[str, Condition]) -> dict[str, int]:
    """The number of each distinct condition."""
    return {when: i for i, when in enumerate(dict.fromkeys(when for when, _ in judged.values()))}


def broken(condition: Condition) -> str:
    """SQL that is true on the rows that break a rule. What looks into JSON is asked only of objects."""
    when, then = condition
    if then == "true":
        return "false"
    if "is_object(" in when:
        return f"CASE WHEN {when} THEN ({then}) IS NOT TRUE ELSE false END"
    return f"(({when}) IS TRUE AND ({then}) IS NOT TRUE)"


def line_of(table: FileTable) -> str:
    """SQL for the number of a row: in the part of a text file that a stream is, in a Parquet file."""
    return "row_number() OVER ()" if table.is_text else "file_row_number + 1"


def _unread(table: FileTable, stream: Stream, con: duckdb.DuckDBPyConnection) -> int:
    if not table.is_text:
        return 0
    name = f"rejects_{stream.part}"
    if not con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [name]).fetchone():
        return 0
    row = con.execute(f"SELECT count(DISTINCT line) FROM {name}").fetchone()
    return int(row[0]) if row else 0


def unreadable(table: FileTable, why: duckdb.Error) -> BadInput:
    """What is said of a file whose rows the engine cannot read."""
    return BadInput(
        f"The rows cannot be read ({first_line(why)}).", where=table.name, hint="Fetch the file again."
    )


def conditions(rule: Rule, table: FileTable) -> Condition | None:
    """SQL for the rows a rule speaks of, and for those that meet it; None where a column is missing."""
    if not table.positions.keys() >= set(rule.columns):
        return None
    name = rule.column
    raw = f"c{table.positions[name]} IS NOT NULL"
    if rule.check == "row":
        return rule.when or "true", rule.then
    if rule.check == "type":
        return raw, table.well_typed(name)
    if rule.check == "given":
        return "true", raw
    if rule.check == "placeholder":
        return "true", f"NOT ({table.placeholder(name)})"
    value = quote_ident(name)
    met = f"regexp_full_match({value}, '{_UNIT}') AND NOT regexp_matches({value}, '{_NO_UNIT}')"
    return f"{value} IS NOT NULL", met
