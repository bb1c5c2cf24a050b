"""SQL that turns one raw value into what the ledger keeps, and tells what was repaired or is broken.

`raw` is always the name of an SQL column, `value` the name of the column that holds the typed result, so that
neither is computed twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from apportion.connectors.habits import Habits, dated, plain_number
from apportion.engine import quote_text

NO_ZONE = "time without zone read as UTC"
OTHER_TIME = "time in another format"
ROUNDED = "more than 12 decimal places, rounded"
SPELLING = "spelling of an allowed value"
NOT_ALLOWED = "value that FOCUS does not list, kept"
NOT_OBJECT = "not a JSON object, kept as text"
OTHER_NUMBER = "number in another format"

_REACH = 60
_NOT_PLAIN = "eE_"
EARLIEST, LATEST = "TIMESTAMPTZ '1970-01-01 00:00:00+00'", "TIMESTAMPTZ '2200-01-01 00:00:00+00'"
_SLASH_FORMATS = ("%m/%d/%y", "%m/%d/%Y", "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S")
NO_MAP = "CAST(NULL AS MAP(VARCHAR, VARCHAR))"
_WHOLE = {
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "HUGEINT",
}


@dataclass(frozen=True)
class Cell:
    """SQL for one column: its typed `value`; `broken` is true where a value cannot be read ('' for never);
    each of `repairs` is the kind of a repair and SQL that is true where it was made; `text`, where not '', is
    a column that the others need. A cell that is not loose reads only what is written as FOCUS wants: it
    fails on what it cannot read, and `odd` is true where it might read something wrongly; `digits` says that
    signs other than those of plain numbers are odd.
    """

    value: str
    broken: str = ""
    repairs: tuple[tuple[str, str], ...] = ()
    text: str = ""
    odd: str = ""
    digits: bool = False


def number(
    raw: str,
    value: str,
    kind: str,
    target: str,
    plain: str,
    *,
    loose: bool = True,
    habits: Habits | None = None,
) -> Cell:
    """A decimal from a column of DuckDB type `kind`, as SQL type `target`, never through a float.

    `plain` is the name of a column that will hold the cell's `text`; `habits` those of a file whose numbers
    may be written for people.
    """
    if kind.startswith("DECIMAL"):
        return _number_from_decimal(raw, value, kind, target)
    if kind in _WHOLE:
        return Cell(f"TRY_CAST({raw} AS {target})", f"{raw} IS NOT NULL AND {value} IS NULL")
    if kind == "DOUBLE":
        return _number_from_double(raw, value, target, plain)
    if kind == "VARCHAR" and not loose:
        strict = f"COALESCE(TRY_CAST({raw} AS DECIMAL(18,12)), CAST({raw} AS {target}))"
        return Cell(strict, odd=_long(raw), digits=True)
    text = raw if kind == "VARCHAR" else f"CAST({raw} AS VARCHAR)"
    broken = f"{raw} IS NOT NULL AND {value} IS NULL"
    if habits and kind == "VARCHAR":
        other = f"{raw} <> {plain} AND NOT contains(lower({raw}), 'e')"
        repairs = ((ROUNDED, _inexact(plain)), (OTHER_NUMBER, other))
        return Cell(_decimal(plain, target), broken, repairs, text=_written_plain(raw, habits))
    return Cell(_decimal(plain, target), broken, ((ROUNDED, _inexact(plain)),), text=_plain(text))


def _written_plain(raw: str, habits: Habits) -> str:
    """Digits alone, perhaps with a point, are plain already; the rest is looked at more closely."""
    plain = "-?[0-9]+" if habits.comma else "-?[0-9]+([.][0-9]+)?"
    power = _plain(f"replace({raw}, ',', '.')" if habits.comma else raw)
    return (
        f"CASE WHEN regexp_full_match({raw}, '{plain}') THEN {raw} "
        f"WHEN contains(lower({raw}), 'e') THEN {power} ELSE {plain_number(raw, habits)} END"
    )


def _number_from_decimal(raw: str, value: str, kind: str, target: str) -> Cell:
    scale = int(kind.rstrip(")").split(",")[1])
    rounded = ((ROUNDED, f"CAST({value} AS DECIMAL(38,{scale})) <> {raw}"),) if scale > 12 else ()
    return Cell(f"TRY_CAST({raw} AS {target})", f"{raw} IS NOT NULL AND {value} IS NULL", rounded)


def _number_from_double(raw: str, value: str, target: str, plain: str) -> Cell:
    # A float means the shortest decimal that reads back as it. Fewer than 16 digits that read back are that
    # decimal, for no other of 15 digits or fewer does; so most need no text in between.
    units = f"TRY_CAST({raw} * 1e12 AS BIGINT)"
    exact = f"(abs({raw}) < 1000 AND {units} / 1e12 = {raw})"
    return Cell(
        f"CASE WHEN {plain} IS NULL THEN CAST({units} AS DECIMAL(15,0)) * 0.000000000001 "
        f"ELSE {_decimal(plain, target)} END",
        f"{raw} IS NOT NULL AND {value} IS NULL",
        ((ROUNDED, _inexact(plain)),),
        text=f"CASE WHEN {exact} THEN NULL ELSE {_plain(f'CAST({raw} AS VARCHAR)')} END",
    )


def _decimal(text: str, target: str) -> str:
    # Text to a wide decimal takes a microsecond, to DECIMAL(18,12) 40 ns: the wide one only where needed.
    return f"COALESCE(TRY_CAST({text} AS DECIMAL(18,12)), TRY_CAST({text} AS {target}))"


def _inexact(text: str) -> str:
    """True where plain `text` has a digit other than 0 behind the twelfth decimal place."""
    return f"CASE WHEN {_long(text)} THEN regexp_matches({text}, '[.][0-9]{{12}}[0-9]*[1-9]') ELSE false END"


def _long(text: str) -> str:
    """True where more than twelve signs follow the point."""
    return f"strlen({text}) - strpos({text}, '.') > 12"


def exact(text: str, target: str) -> str:
    """A decimal of SQL type `target` from text in plain or exponent form; null where it is none."""
    return _decimal(_plain(text), target)


def inexact(text: str) -> str:
    """True where the number in `text` has a digit other than 0 behind the twelfth decimal place."""
    return _inexact(_plain(text))


def not_plain(texts: Sequence[str]) -> str:
    """True where one of `texts` has an exponent, or an underscore, which a cast reads past."""
    together = f"concat({', '.join(texts)})"
    return " OR ".join(f"contains({together}, '{sign}')" for sign in _NOT_PLAIN)


def _plain(text: str) -> str:
    """`text` without exponent: DuckDB rounds small numbers that have one wrongly, so the point moves here.
    Underscores, which it reads past, make it null.
    """
    low = f"lower(trim({text}))"
    mantissa, power = f"split_part({low}, 'e', 1)", f"TRY_CAST(split_part({low}, 'e', 2) AS INTEGER)"
    whole, part = (f"split_part(ltrim({mantissa}, '+-'), '.', {n})" for n in (1, 2))
    zeros = "0" * _REACH
    digits = f"'{zeros}' || {whole} || {part} || repeat('0', greatest(0, {power} - length({part})))"
    places = f"greatest(0, length({part}) - {power})"
    sign = f"CASE WHEN starts_with({mantissa}, '-') THEN '-' ELSE '' END"
    moved = f"{sign} || left({digits}, length({digits}) - {places}) || '.' || right({digits}, {places})"
    odd = " OR ".join(f"contains({text}, '{c}')" for c in _NOT_PLAIN)
    number = f"regexp_full_match({low}, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)e[+-]?[0-9]+')"
    # So few digits that read back as the same float are the same number, and that is found ten times as fast.
    float_, short = f"TRY_CAST({text} AS DOUBLE)", f"TRY_CAST(TRY_CAST({text} AS DOUBLE) AS DECIMAL(18,12))"
    exact = f"strlen({text}) <= 16 AND NOT contains({text}, '_') AND CAST({short} AS DOUBLE) = {float_}"
    return (
        f"CASE WHEN NOT ({odd}) THEN {text} "
        f"WHEN {exact} AND abs({float_}) < 1000 THEN CAST({short} AS VARCHAR) "
        f"WHEN NOT {number} OR {power} > {_REACH} THEN NULL "
        f"WHEN {power} < -{_REACH} THEN '0.{zeros}' || {whole} || {part} ELSE {moved} END"
    )


def time(raw: str, value: str, kind: str, *, loose: bool = True, habits: Habits | None = None) -> Cell:
    """A moment in UTC. Times without a zone are UTC; 11/1/25 is the first of November, but for a file whose
    `habits` say otherwise.
    """
    outside = f"{raw} IS NOT NULL AND ({value} IS NULL OR {value} NOT BETWEEN {EARLIEST} AND {LATEST})"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return Cell(raw, outside)
    if kind.startswith(("TIMESTAMP", "DATE")):
        return Cell(f"CAST({raw} AS TIMESTAMPTZ)", outside, ((NO_ZONE, f"{raw} IS NOT NULL"),))
    if kind in _WHOLE and habits:
        return Cell(f"CAST(try_strptime(CAST({raw} AS VARCHAR), '%Y%m%d') AS TIMESTAMPTZ)", outside)
    if not loose:
        return Cell(f"CAST({raw} AS TIMESTAMPTZ)", odd=f"NOT suffix({raw}, 'Z')")
    formats = ", ".join(map(quote_text, _SLASH_FORMATS))
    minutes = f"regexp_replace(upper(trim({raw})), '^(.{{10}}T[0-9]{{2}}:[0-9]{{2}})(Z?)$', '\\1:00\\2')"
    cast = (
        f"CASE WHEN contains({raw}, '/') THEN CAST(try_strptime({raw}, [{formats}]) AS TIMESTAMPTZ) "
        f"ELSE COALESCE(TRY_CAST({raw} AS TIMESTAMPTZ), TRY_CAST({minutes} AS TIMESTAMPTZ)) END"
    )
    if habits:
        month = f"CAST(try_strptime(trim({raw}), ['%Y-%m', '%Y/%m']) AS TIMESTAMPTZ)"
        joined = f"regexp_replace({raw}, '\\s+(Z|[+-][0-9]{{2}}:?[0-9]{{2}})\\s*$', '\\1')"
        tried = ", ".join(f"TRY_CAST({text} AS TIMESTAMPTZ)" for text in (raw, minutes, joined))
        iso = f"COALESCE({tried}, {month})"
        cast = (
            f"CASE WHEN regexp_matches({raw}, '^\\s*[0-9]{{4}}[-/]') THEN {iso} ELSE {dated(raw, habits)} END"
        )
    zone = "'[0-9](Z|z|[+-][0-9]{2}(:?[0-9]{2})?| [A-Za-z/_]+)$'"
    other = f"contains({raw}, '/') OR NOT regexp_matches({raw}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
    bare = f"NOT (contains({raw}, ':') AND regexp_matches({raw}, {zone}))"
    return Cell(
        cast,
        outside,
        (
            (OTHER_TIME, f"CASE WHEN suffix({raw}, 'Z') THEN false ELSE {other} END"),
            (NO_ZONE, f"CASE WHEN suffix({raw}, 'Z') THEN false WHEN {other} THEN false ELSE {bare} END"),
        ),
    )


def allowed(raw: str, value: str, values: Sequence[str]) -> Cell:
    """One of `values`, recognised in any case and with other blanks or hyphens; anything else is kept."""
    # An IN of many values would become a join through which every column of every row has to pass.
    listed = f"list_contains([{', '.join(map(quote_text, values))}], {{}})"
    folded = f"regexp_replace(lower({raw}), '[ _-]', '', 'g')"
    cases = " ".join(f"WHEN {quote_text(_folded(v))} THEN {quote_text(v)}" for v in values)
    return Cell(
        f"CASE WHEN {raw} IS NULL OR {listed.format(raw)} THEN {raw} "
        f"ELSE CASE {folded} {cases} ELSE {raw} END END",
        "",
        ((SPELLING, f"{value} <> {raw}"), (NOT_ALLOWED, f"NOT {listed.format(value)}")),
    )


def tags(
    raw: str, value: str, kind: str, *, guarded: bool, loose: bool = True, habits: Habits | None = None
) -> Cell:
    """Keys and values, from JSON text, a list of pairs, or a map; nested values become JSON text.

    A file with `habits` may leave out the braces around them.
    """
    lost = f"{raw} IS NOT NULL AND {value} IS NULL"
    if kind in ("VARCHAR", "JSON"):
        if not (loose or guarded):
            return Cell(f"CAST(CAST({raw} AS JSON) AS MAP(VARCHAR, VARCHAR))")
        bare = f"starts_with(ltrim({raw}), '\"')"
        braced = f"(CASE WHEN {bare} THEN '{{' || rtrim({raw}, ', ') || '}}' ELSE {raw} END)"
        return Cell(_map_from_json(braced if habits else raw, guarded=guarded), lost)
    if kind.startswith("MAP("):
        different = f"len(map_keys({raw})) = len(list_distinct(map_keys({raw})))"
        kept = f"CASE WHEN {different} THEN {raw} END" if guarded else raw
        return Cell(f"CAST({kept} AS MAP(VARCHAR, VARCHAR))", lost)
    if kind.endswith("[]"):
        return Cell(_map_from_list(f"CAST({raw} AS {_PAIRS})", guarded=guarded), lost)
    return Cell(f"CAST(to_json({raw}) AS MAP(VARCHAR, VARCHAR))", lost)


_PAIRS = 'STRUCT("key" VARCHAR, "value" VARCHAR)[]'


def _map_from_json(raw: str, *, guarded: bool) -> str:
    json = f"TRY_CAST({raw} AS JSON)"
    plain = f"TRY_CAST({json} AS MAP(VARCHAR, VARCHAR))"
    pairs = _map_from_list(f"TRY_CAST({json} AS {_PAIRS})", guarded=guarded)
    if guarded:
        keys = f"json_keys({json})"
        plain = f"CASE WHEN len({keys}) = len(list_distinct({keys})) THEN {plain} END"
    return f"CASE WHEN starts_with({raw}, '[') THEN {pairs} ELSE {plain} END"


def _map_from_list(pairs: str, *, guarded: bool) -> str:
    if not guarded:
        return f"map_from_entries({pairs})"
    keys = f"[p.key FOR p IN {pairs}]"
    distinct = f"len({keys}) = len(list_distinct({keys}))"  # list_distinct leaves out nulls, too
    return f"CASE WHEN {distinct} THEN map_from_entries({pairs}) END"


def json_text(raw: str, value: str, kind: str) -> Cell:
    """A JSON object as text; other text is kept and counted."""
    if kind in ("VARCHAR", "JSON"):
        return Cell(text(raw, kind), "", ((NOT_OBJECT, f"NOT starts_with(ltrim({value}), '{{')"),))
    return Cell(f"CAST(to_json({raw}) AS VARCHAR)")


def text(raw: str, kind: str) -> str:
    """Any column as text; lists, structs and maps as JSON."""
    if kind == "VARCHAR":
        return raw
    nested = kind.endswith("]") or kind.startswith(("STRUCT", "MAP"))
    return f"CAST(to_json({raw}) AS VARCHAR)" if nested else f"CAST({raw} AS VARCHAR)"


def _folded(text: str) -> str:
    return text.lower().replace(" ", "").replace("-", "").replace("_", "")
