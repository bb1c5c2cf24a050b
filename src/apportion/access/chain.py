"""Whether the audit log is what was written: no row changed, missing, or in another place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from apportion.access.audit import FIELDS, START, chained, head
from apportion.core.errors import BadInput
from apportion.database import audit

MOST = 100
_NEARBY = 20
_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


@dataclass(frozen=True)
class Break:
    """Where the log is not what was written."""

    number: int
    said: str


@dataclass(frozen=True)
class Verified:
    """How many rows there are, the head that can be kept elsewhere, and what is wrong, at most MOST."""

    rows: int
    head: str
    breaks: Sequence[Break]


def verify(con: Connection, kept_head: str = "") -> Verified:
    """Follow the chain from its first row; with a head that was kept elsewhere, also whether it is there.

    Rows missing at the end show by such a head alone. Raises BadInput for a head that is none.
    """
    outside = _read(kept_head) if kept_head else None
    before, expected, rows = START, 1, 0
    breaks: list[Break] = []
    wrong: list[tuple[Row[Any], str]] = []
    at_head: str | None = None
    asked = con.execution_options(yield_per=1000).execute(select(audit).order_by(audit.c.number))
    for row in asked:
        rows += 1
        if row.number != expected:
            breaks.append(Break(expected, _missing(expected, row.number - 1)))
        elif chained(before, row._mapping) != row.hash:  # noqa: SLF001  its public name
            wrong.append((row, before))
        if outside and row.number == outside[0]:
            at_head = row.hash
        before, expected = row.hash, row.number + 1
    breaks += [Break(row.number, _said(row, wrong)) for row, _ in wrong[:MOST]]
    if outside and outside[0] and at_head != outside[1]:
        breaks.append(Break(outside[0], _said_of_head(outside[0], at_head)))
    found = sorted(breaks, key=lambda one: one.number)[:MOST]
    return Verified(rows, head(con), found)


def _read(kept: str) -> tuple[int, str]:
    if not (found := _HEAD.fullmatch(kept.strip())):
        raise BadInput(
            "This is no head of an audit log.",
            where="head",
            hint="It is a number, a colon and 64 digits, as 'apportion access audit verify' prints it.",
        )
    return int(found[1]), found[2]


def _missing(first: int, last: int) -> str:
    return f"row {first} is missing" if first == last else f"rows {first} to {last} are missing"


def _said(row: Row[Any], wrong: Sequence[tuple[Row[Any], str]]) -> str:
    """Of a row that does not follow from the one before it: where it stood once, or that it was changed."""
    near = [(other, before) for other, before in wrong if abs(other.number - row.number) <= _NEARBY]
    befores = {before for _, before in near} | {other.hash for other, _ in near}
    for other, _ in near[:_NEARBY]:
        told = {**{name: row._mapping[name] for name in FIELDS}, "number": other.number}  # noqa: SLF001
        if other.number != row.number and any(chained(before, told) == row.hash for before in befores):
            return f"row {row.number} stood as row {other.number} once"
    return f"row {row.number} is not what was written, or not after the row that it was written after"


def _said_of_head(number: int, found: str | None) -> str:
    if found is None:
        return f"row {number} was there when the head was kept, and is missing: the log was cut short"
    return f"row {number} is another than when the head was kept"
