"""How a file writes numbers and dates: found from its values, never guessed from one of them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from apportion.connectors.contract import Rows
from apportion.connectors.csv_rows import CsvRows
from apportion.connectors.dialect import Given
from apportion.core.errors import BadInput
from apportion.engine import quote_text

COMMA = r"^[+-]?([0-9]*,([0-9]{1,2}|[0-9]{4,})|0*,[0-9]+|[0-9]{4,},[0-9]+|[0-9]{1,3}([.][0-9]{3})+,[0-9]*)$"
"""Numbers that only a decimal comma explains."""
POINT = (
    r"^[+-]?([0-9]*[.]([0-9]{1,2}|[0-9]{4,})|0*[.][0-9]+|[0-9]{4,}[.][0-9]+|[0-9]{1,3}(,[0-9]{3})+[.][0-9]*)$"
)
"""Numbers that only a decimal point explains."""
_POWER = r"^[+-]?[0-9]*[.][0-9]*[eE]"
_DATE = re.compile(r"^\s*([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?![0-9./-])")
_CLOCKS = (" %H:%M", " %H:%M:%S", " %I:%M:%S %p", " %I:%M %p", "T%H:%M:%S", "T%H:%M:%SZ", " %H:%M:%S.%g")
_OTHER = r"[\s\x{00A0}\x{202F}''’$€£¥]"


@dataclass(frozen=True)
class Habits:
    """How a file writes values: `comma` before decimals, the day before the month or behind it.

    `note` says what was taken for granted where no value told.
    """

    comma: bool = False
    day_first: bool | None = None
    note: str = ""


def habits_of(
    rows: Rows,
    columns: Mapping[int, Given],
    sample: Sequence[Sequence[str | None]],
    con: duckdb.DuckDBPyConnection,
) -> Habits:
    """The habits of a file whose text columns `columns` (by position) hold amounts, numbers or times.

    The first rows tell, and all of them where they do not. BadInput where values contradict each other.
    """
    numbers = [i for i, given in columns.items() if given.stored in ("money", "number")]
    dates = [i for i, given in columns.items() if given.stored == "time"]
    comma = _comma(rows, numbers, sample, con)
    day_first, note = _day_first(rows, dates, sample, con)
    return Habits(comma, day_first, note)


def _comma(
    rows: Rows, numbers: Sequence[int], sample: Sequence[Sequence[str | None]], con: duckdb.DuckDBPyConnection
) -> bool:
    texts = [re.sub(_python(_OTHER), "", text) for text in _texts(numbers, sample)]
    comma = any(re.match(COMMA, text) for text in texts)
    point = any(re.match(POINT, text) or re.match(_POWER, text) for text in texts)
    unclear = any("," in text for text in texts) or _delimiter(rows) != ","
    if not comma and not point and unclear and numbers:
        comma, point = _all_numbers(rows, numbers, con)
    if comma and point:
        raise BadInput(
            "Some numbers have a decimal comma and some a decimal point.",
            where=rows.file.name,
            hint="Export the file again, with one of them.",
        )
    return comma or (unclear and not point and _delimiter(rows) == ";")


def _all_numbers(rows: Rows, numbers: Sequence[int], con: duckdb.DuckDBPyConnection) -> tuple[bool, bool]:
    def any_is(pattern: str) -> str:
        found = " OR ".join(
            f"regexp_matches(regexp_replace(c{i}, '{_OTHER}', '', 'g'), {quote_text(pattern)})"
            for i in numbers
        )
        return f"coalesce(bool_or({found}), false)"

    with rows.streams(1, nulls=False)[0] as stream:
        select = f"SELECT {any_is(COMMA)}, {any_is(POINT)} OR {any_is(_POWER)} FROM {stream.relation}"
        comma, point = con.cursor().execute(select).fetchone() or (False, False)
    return bool(comma), bool(point)


def _day_first(
    rows: Rows, dates: Sequence[int], sample: Sequence[Sequence[str | None]], con: duckdb.DuckDBPyConnection
) -> tuple[bool | None, str]:
    found = {i: set(_parts(_texts([i], sample))) for i in dates}
    if not any(found.values()):
        return None, ""
    order = _order(found.values(), rows.file.name)
    if order is None:
        found = {i: set(_parts(_all_dates(rows, i, con))) for i in found if found[i]}
        order = _order(found.values(), rows.file.name)
    if order is None:
        order = _order_in_a_month(found.values())
    if order is not None:
        return order, ""
    slashes = all(sign == "/" for pairs in found.values() for _, _, sign in pairs)
    if all(a == b for pairs in found.values() for a, b, _ in pairs):
        return not slashes, ""
    shape = "month/day/year" if slashes else "day, month, year"
    return not slashes, f"{rows.file.name}: no date tells whether day or month is first: read as {shape}."


def _order(columns: Iterable[set[tuple[int, int, str]]], name: str) -> bool | None:
    """True where a number above 12 stands first, False where it stands second, None where there is none."""
    pairs = set().union(*columns)
    first, second = any(a > 12 for a, _, _ in pairs), any(b > 12 for _, b, _ in pairs)
    if first and second:
        raise BadInput(
            "Some dates have the day first and some the month.",
            where=name,
            hint="Export the file again, with dates as YYYY-MM-DD.",
        )
    return first if first or second else None


def _order_in_a_month(columns: Iterable[set[tuple[int, int, str]]]) -> bool | None:
    """A bill is of one month: of a column's two numbers the one that stays the same is the month."""
    for pairs in columns:
        firsts, seconds = {a for a, _, _ in pairs}, {b for _, b, _ in pairs}
        if (len(firsts) == 1) != (len(seconds) == 1):
            return len(seconds) == 1
    return None


def _all_dates(rows: Rows, column: int, con: duckdb.DuckDBPyConnection) -> list[str | None]:
    with rows.streams(1, nulls=False)[0] as stream:
        select = f"SELECT DISTINCT left(trim(c{column}), 10) FROM {stream.relation}"
        return [text for (text,) in con.cursor().execute(select).fetchall()]


def _parts(texts: Iterable[str | None]) -> Iterator[tuple[int, int, str]]:
    for text in texts:
        if text and (match := _DATE.match(text)):
            yield int(match[1]), int(match[3]), match[2]


def _texts(columns: Sequence[int], sample: Sequence[Sequence[str | None]]) -> list[str]:
    return [text.strip() for row in sample for i in columns if i < len(row) and (text := row[i])]


def _delimiter(rows: Rows) -> str:
    return rows.layout.delimiter if isinstance(rows, CsvRows) else ","


def _python(pattern: str) -> str:
    """A pattern of the engine as Python's `re` writes it."""
    return re.sub(r"\\x\{([0-9A-F]{4})\}", r"\\u\1", pattern).replace("''", "'")


def plain_number(raw: str, habits: Habits) -> str:
    """SQL for number `raw` with a decimal point and nothing between its digits; null where it is none.

    Numbers with a power of ten are not known here.
    """
    cleaned = f"regexp_replace({raw}, '{_OTHER}', '', 'g')"
    bare = f"CASE WHEN regexp_matches({raw}, '[^0-9.,+-]') THEN {cleaned} ELSE {raw} END"
    bare = f"regexp_replace({bare}, '^[(](.+)[)]$', '-\\1')"
    mark, other = (",", "[.]") if habits.comma else ("[.]", ",")
    grouped = f"'[+-]?[0-9]{{1,3}}({other}[0-9]{{3}})+({mark}[0-9]*)?'"
    single = f"'[+-]?[0-9]*({mark}[0-9]*)?'"
    without = f"replace({bare}, '{other.strip('[]')}', '')"
    pointed = f"replace({without}, ',', '.')" if habits.comma else without
    number = " OR ".join(f"regexp_full_match({bare}, {shape})" for shape in (single, grouped))
    return f"CASE WHEN {number} THEN {pointed} END"


def dated(raw: str, habits: Habits) -> str:
    """SQL for the moment that text `raw` writes in numbers with the year last, or as YYYYMMDD; else null."""
    cases = " ".join(
        f"WHEN contains({raw}, '{sign}') THEN CASE WHEN regexp_matches({raw}, '[{sign}][0-9]{{4}}') "
        f"THEN {_parsed(raw, sign, '%Y', habits)} ELSE {_parsed(raw, sign, '%y', habits)} END"
        for sign in "/.-"
    )
    whole = f"WHEN regexp_full_match(trim({raw}), '20[0-9]{{6}}') THEN try_strptime(trim({raw}), '%Y%m%d')"
    return f"CAST(CASE {cases} {whole} END AS TIMESTAMPTZ)"


def _parsed(raw: str, sign: str, year: str, habits: Habits) -> str:
    day_first = habits.day_first if habits.day_first is not None else sign != "/"
    date = f"%d{sign}%m{sign}{year}" if day_first else f"%m{sign}%d{sign}{year}"
    # One format is much faster than a list of them, and most dates have no time.
    formats = ", ".join(quote_text(f"{date}{clock}") for clock in _CLOCKS)
    return (
        f"CASE WHEN contains({raw}, ':') THEN try_strptime(upper(trim({raw})), [{formats}]) "
        f"ELSE try_strptime(trim({raw}), {quote_text(date)}) END"
    )
