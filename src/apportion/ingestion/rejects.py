"""Says of broken rows which value is at fault, and why."""

from collections.abc import Sequence

import duckdb

from apportion import focus
from apportion.connectors import BROKEN
from apportion.connectors.dialect import Dialect
from apportion.engine.statements import statement
from apportion.ingestion.finishing import true_line
from apportion.ingestion.records import Reject
from apportion.ingestion.staged import Staged

DAMAGE = {
    "MISSING COLUMNS": "fewer values than the header has columns",
    "TOO MANY COLUMNS": "more values than the header has columns",
    "UNQUOTED VALUE": "a quoted value that does not end",
    "INVALID ENCODING": "text that is not UTF-8 (it may be Latin-1)",
    "LINE SIZE OVER MAXIMUM": "a line of more than 16 MiB",
}
_LONGEST = 200


def rejects(con: duckdb.DuckDBPyConnection, staged: Sequence[Staged], samples: int) -> list[Reject]:
    """Up to `samples` values at fault, in the order of files and lines."""
    found: list[Reject] = []
    for part in staged:
        of_part = [*_records(part, samples), *_rows(con, part, samples)]
        found += sorted(of_part, key=lambda r: (r.line, r.column))
        if len(found) >= samples:
            break
    return found[:samples]


def _records(part: Staged, samples: int) -> list[Reject]:
    name = part.reading.rows.file.name
    return [
        Reject(name, d.line + part.shift, "", d.text[:_LONGEST], DAMAGE.get(d.reason, d.reason.lower()))
        for d in part.damaged[:samples]
    ]


def _rows(con: duckdb.DuckDBPyConnection, part: Staged, samples: int) -> list[Reject]:
    rows = con.execute(
        statement("apportion.ingestion", "rejects"), [str(part.path), BROKEN, samples]
    ).fetchall()
    return [
        Reject(
            part.reading.rows.file.name,
            true_line(part, line),
            fault["key"],
            (fault["value"] or "")[:_LONGEST],
            _reason(part.reading.dialect, fault["key"], fault["value"]),
        )
        for line, faults in rows
        for fault in faults
    ]


def _reason(dialect: Dialect, column: str, value: str | None) -> str:
    if value is None or not value.strip():
        return "missing"
    if column in ("BillingCurrency", dialect.currency):
        return "not a currency of three capital letters"
    known = dialect.columns
    stored = known[column].stored if column in known else focus.column(column).stored
    return {
        "money": "not a number",
        "number": "not a number",
        "time": "not a date between 1970 and 2200",
        "map": "not a JSON object whose keys are all different",
    }.get(stored, "cannot be read")
