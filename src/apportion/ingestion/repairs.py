"""What a load's record says of repairs: kinds, columns, counts, an example of each, and what rounding did."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb

from apportion import focus
from apportion.connectors import Origin, Reading
from apportion.connectors.cells import ROUNDED
from apportion.engine.statements import statement
from apportion.ingestion.contents import Contents
from apportion.ingestion.finishing import true_line
from apportion.ingestion.records import Repair, Rounding
from apportion.ingestion.second_look import rows_of
from apportion.ingestion.staged import Staged

NULL_WORD = "word or blank for a missing value"
EMPTY = "missing in the bill, left empty"
_FAR = 200_000


@dataclass
class Survey:
    """Words for nothing by period and column, and rounding differences by period, column and currency."""

    words: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    lost: dict[tuple[str, str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def survey(
    con: duckdb.DuckDBPyConnection, staged: Iterable[Staged], loads: Sequence[Contents], origin: Origin
) -> Survey:
    """Read those files once more that hold words for nothing or costs of too many digits, and count them."""
    found = Survey()
    rounded = {column for c in loads for repair, column in c.flagged() if repair == ROUNDED}
    readings = {id(s.reading): s for s in staged}
    for part in readings.values():
        reading = part.reading
        can_round = {f.column for f in reading.flags if f.repair == ROUNDED}
        money = [c for c in _money(reading, rounded) if c in can_round]
        if not (part.form.nulls or money):
            continue
        query = partial(reading.survey, origin=origin, rounded=money)
        rows = [row for answer in rows_of(con, reading, query, nulls=False) for row in answer]
        for period, currency, words, lost in rows:
            for entry in words:
                found.words[period, entry["column"]] += entry["rows"]
            for entry in lost:
                found.lost[period, entry["column"], currency] += entry["difference"] or 0
    return found


def repairs(
    con: duckdb.DuckDBPyConnection, load: Contents, found: Survey, files: Sequence[Path]
) -> tuple[Repair, ...]:
    """Everything that was done to the rows of one load, or could not be done."""
    flagged = load.flagged()
    examples = _examples(con, flagged)
    made = [
        Repair(kind, col, rows, examples.get((kind, col), "")) for (kind, col), (rows, *_) in flagged.items()
    ]
    words = [
        Repair(NULL_WORD, col, n) for (period, col), n in found.words.items() if period == load.period and n
    ]
    return tuple(sorted([*made, *words, *_left_empty(con, files)], key=lambda r: (r.repair, r.column)))


def rounding(load: Contents, found: Survey) -> Rounding:
    """How many costs were rounded, and by how much in all; the total is 0 where currencies differ."""
    flagged = load.flagged()
    values = sum(
        rows
        for (kind, col), (rows, part, _) in flagged.items()
        if kind == ROUNDED and _money(part.reading, [col])
    )
    by_currency: dict[str, Decimal] = defaultdict(Decimal)
    for (period, _, currency), difference in found.lost.items():
        if period == load.period:
            by_currency[currency] += difference
    total = sum(by_currency.values(), Decimal(0)) if len(by_currency) < 2 else Decimal(0)
    return Rounding(values, total, dict(sorted(by_currency.items())))


def _money(reading: Reading, columns: Iterable[str]) -> list[str]:
    known = reading.dialect.columns
    return sorted(c for c in columns if c in known and known[c].stored == "money")


def _left_empty(con: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> list[Repair]:
    """Values that every version of FOCUS wants in each row and the bill does not have."""
    needed = {c.name for c in focus.columns_of("1.0") if c.level == "Mandatory" and not c.nullable}
    listed = [str(f) for f in files]
    nulls = con.execute(statement("apportion.ingestion", "nulls"), [listed]).fetchall()
    return [Repair(EMPTY, column, missing) for column, missing in nulls if column in needed and missing]


def _examples(
    con: duckdb.DuckDBPyConnection, flagged: Mapping[tuple[str, str], tuple[int, Staged, int]]
) -> dict[tuple[str, str], str]:
    """The text of the first value of each repair, fetched from the source if it stands near the start."""
    wanted: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    parts: dict[int, Staged] = {}
    for (kind, column), (_, part, line) in flagged.items():
        parts[id(part)] = part
        wanted[id(part)].append((kind, column, line))
    examples: dict[tuple[str, str], str] = {}
    for key, places in wanted.items():
        part = parts[key]
        near = [(line + part.shift, column) for _, column, line in places if line < _FAR]
        texts = _texts(con, part.reading, near)
        for kind, column, line in places:
            place = f"{part.reading.rows.file.name}, line {true_line(part, line)}"
            text = texts.get((line + part.shift, column))
            examples[kind, column] = f"'{text}' in {place}" if text is not None else place
    return examples


def _texts(
    con: duckdb.DuckDBPyConnection, reading: Reading, wanted: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], str]:
    if not wanted:
        return {}
    last = max(line for line, _ in wanted)
    with reading.rows.streams(1, nulls=False)[0] as stream:
        found = con.cursor().execute(reading.raw_values(stream, wanted, last)).fetchall()
    return {(line, column): text for line, column, text in found}
