"""Finds the first rows that break each rule, and what stands there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb

from apportion.conformance.judge import PARTS, Stretch, broken, conditions, line_of, unreadable
from apportion.conformance.models import Rule, Sample
from apportion.conformance.tables import FileTable
from apportion.connectors import cells

REACH = 10_000
"""How many rows behind the last rule's first broken row are looked at for more."""

_LONGEST = 200

Wanted = Mapping[int, Mapping[str, tuple[str, ...]]]
"""By row, the rules broken there and the columns they name."""


def samples_of(
    table: FileTable,
    stretches: Sequence[Stretch],
    rules: Sequence[Rule],
    con: duckdb.DuckDBPyConnection,
    most: int,
) -> dict[str, list[Sample]]:
    """At most `most` rows that break each rule, from the file's start, with the values of its columns."""
    found: dict[str, list[Sample]] = {}
    before = 1 if table.is_text else 0  # the header is line 1
    for stretch in stretches:
        broken_here = [r for r in rules if r.id in stretch.tallies and stretch.tallies[r.id].violations]
        sought = [r for r in broken_here if len(found.get(r.id, ())) < most]
        if sought:
            wanted = _wanted(table, stretch, sought, con, most)
            for line, rule, values in _values(table, stretch.part, wanted, con):
                if len(found.setdefault(rule, [])) < most:
                    found[rule].append(Sample(table.name, line + before, values))
        before += stretch.rows
    return found


def _wanted(
    table: FileTable, stretch: Stretch, rules: Sequence[Rule], con: duckdb.DuckDBPyConnection, most: int
) -> Wanted:
    last = max(stretch.tallies[r.id].first for r in rules) + REACH
    flags = [f"{broken(sql)} AS v{i}" for i, r in enumerate(rules) if (sql := conditions(r, table))]
    lines = [f"min(line, {most}) FILTER (v{i})" for i in range(len(flags))]
    with table.rows.streams(PARTS, nulls=False)[stretch.part] as stream:
        rows = table.select(stream, line_of(table))
        flagged = f"SELECT line, {', '.join(flags)} FROM ({_until(table, rows, last)})"
        (row,) = _rows(table, f"SELECT {', '.join(lines)} FROM ({flagged})", con)
    wanted: dict[int, dict[str, tuple[str, ...]]] = {}
    for rule, found in zip(rules, row, strict=True):
        for line in found or ():
            wanted.setdefault(line, {})[rule.id] = rule.columns
    return wanted


def _values(
    table: FileTable, part: int, wanted: Wanted, con: duckdb.DuckDBPyConnection
) -> Iterator[tuple[int, str, Mapping[str, str | None]]]:
    """Row, rule, and the text of its columns there, no longer than 200 letters."""
    named = {name for rules in wanted.values() for names in rules.values() for name in names}
    columns = sorted(named & table.positions.keys())
    texts = [f"left({cells.text(f'c{table.positions[c]}', table.kind(c))}, {_LONGEST})" for c in columns]
    with table.rows.streams(PARTS, nulls=False)[part] as stream:
        rows = _until(table, f"SELECT {line_of(table)} AS line, * FROM {stream.relation}", max(wanted))
        listed = ", ".join(map(str, wanted))
        query = f"SELECT {', '.join(['line', *texts])} FROM ({rows}) WHERE line IN ({listed})"
        found = _rows(table, query, con)
    for line, *values in sorted(found, key=lambda row: int(row[0])):
        at = dict(zip(columns, values, strict=True))
        for rule, names in wanted[line].items():
            yield line, rule, {n: at.get(n) for n in names}


def _rows(table: FileTable, query: str, con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """All rows of a query that may stop before its stream ends: who fills the pipe waits until it closes."""
    cursor = con.cursor()
    try:
        return cursor.execute(query).fetchall()
    except duckdb.Error as why:
        raise unreadable(table, why) from why
    finally:
        cursor.close()


def _until(table: FileTable, rows: str, last: int) -> str:
    """The rows up to line `last`; a text file is not read to its end for them."""
    return (
        f"SELECT * FROM ({rows}) LIMIT {last}"
        if table.is_text
        else f"SELECT * FROM ({rows}) WHERE line <= {last}"
    )
