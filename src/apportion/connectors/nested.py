"""SQL that reads a column of lists or structs, decimals inside it exactly, and tells where it cannot."""

import re

from apportion.connectors import cells
from apportion.connectors.cells import Cell
from apportion.engine import quote_text

ROUNDED_INSIDE = "more than 12 decimal places inside a list, rounded"

_DECIMAL = re.compile(r"DECIMAL\(\d+,\d+\)")
_FIELD = re.compile(r"(\w+) (VARCHAR|DECIMAL\(\d+,\d+\))")
_PAIRS = {"key", "value"}
_CAPITAL = r'"[A-Z]\w*"\s*:'
"""A key that begins with a capital: JSON's own keys tell letters apart, columns do not."""


def cell(raw: str, kind: str, target: str, read: str, *, loose: bool = True) -> Cell:
    """A column of DuckDB type `kind`, or JSON text, as the SQL type `target`.

    `target` is a struct, or a list of structs, of texts and decimals. `read` is the name of a column that
    will hold the cell's `text`: the value with decimals still as text, so that none goes through a float.
    """
    texts = _DECIMAL.sub("VARCHAR", target)
    lost = f"{raw} IS NOT NULL AND {read} IS NULL"
    made, unread, rounded = _with_decimals(read, target)
    broken = " OR ".join(f"({sql})" for sql in (lost, unread) if sql)
    if not loose:
        made = f"CASE WHEN {broken} THEN error('a list that cannot be read') ELSE {made} END"
    return Cell(
        made,
        broken if loose else "",
        ((ROUNDED_INSIDE, rounded),) if rounded and loose else (),
        text=_read(raw, kind, texts),
        odd=rounded if rounded and not loose else "",
    )


def _read(raw: str, kind: str, target: str) -> str:
    """The raw value as `target`, whose fields are all text."""
    if kind not in ("VARCHAR", "JSON"):
        return f"TRY_CAST({raw} AS {target})"
    json = f"TRY_CAST({raw} AS JSON)"
    listed = f"TRY_CAST({json} AS {target})"
    if not target.endswith("[]"):
        return listed
    names = [name for name, _ in _FIELD.findall(target)]
    entries = "[{'key': lower(e.key), 'value': e.value} FOR e IN map_entries(y)]"
    small = f"[map_from_entries({entries}) FOR y IN TRY_CAST({json} AS MAP(VARCHAR, VARCHAR)[])]"
    parts = ", ".join(f"'{name}': m['{name}']" for name in names)
    cases = [f"WHEN regexp_matches({raw}, {quote_text(_CAPITAL)}) THEN [{{{parts}}} FOR m IN {small}]"]
    if set(names) >= _PAIRS:
        pairs = f"map_entries(TRY_CAST({json} AS MAP(VARCHAR, VARCHAR)))"
        cases.insert(0, f"WHEN starts_with(ltrim({raw}), '{{') THEN TRY_CAST({pairs} AS {target})")
    return f"CASE {' '.join(cases)} ELSE {listed} END"


def _with_decimals(read: str, target: str) -> tuple[str, str, str]:
    """The value with its decimals, and conditions: one cannot be read, one was rounded."""
    fields = _FIELD.findall(target)
    decimals = [name for name, kind in fields if kind != "VARCHAR"]
    if not decimals:
        return read, "", ""
    if not target.endswith("[]"):
        raise ValueError(f"decimals are read inside lists only, not in {target}")
    parts = ", ".join(
        f"'{name}': {cells.exact(f'x.{name}', kind) if kind != 'VARCHAR' else f'x.{name}'}"
        for name, kind in fields
    )
    kinds = dict(fields)
    unread = " OR ".join(f"{cells.exact(f'x.{n}', kinds[n])} IS NULL" for n in decimals)
    inexact = " OR ".join(cells.inexact(f"x.{n}") for n in decimals)
    return (
        f"[{{{parts}}} FOR x IN {read}]",
        f"len([1 FOR x IN {read} IF {unread}]) > 0",
        f"len([1 FOR x IN {read} IF {inexact}]) > 0",
    )
