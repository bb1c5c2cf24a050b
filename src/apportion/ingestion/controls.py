"""Compares what a bill itself adds up to with what its charges do, kind of line by kind of line."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import duckdb

from apportion.connectors import Offer, Reading
from apportion.core.errors import Refused
from apportion.engine.statements import statement
from apportion.ingestion.records import Control, LeftOut
from apportion.ingestion.second_look import rows_of
from apportion.ingestion.staged import Staged, with_shifts

SETTLED = timedelta(days=15)
"""A bill that names no invoice is taken for final so long after its period's end."""


@dataclass(frozen=True)
class Own:
    """Lines of a bill, counted and added up before they are made charges."""

    period: str
    account: str
    kind: str
    currency: str
    rows: int
    amount: Decimal


def totals_of_bill(
    con: duckdb.DuckDBPyConnection, staged: Sequence[Staged]
) -> tuple[list[Own], list[Staged]]:
    """What the raw rows of files add up to, of those whose rows are not charges as they are.

    The files come back with their lines put right: only here their rows are counted, not what they became.
    """
    sums: dict[tuple[str, str, str, str], tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    counted: list[Staged] = []
    for parts in _by_file(staged):
        reading, form = parts[0].reading, parts[0].form
        if not reading.dialect.body:
            counted += parts
            continue
        query = partial(reading.control, form=form)
        answers = rows_of(con, reading, query, nulls=form.nulls, parts=len(parts))
        for broken, period, account, kind, currency, rows, amount in (row for a in answers for row in a):
            if not broken:
                key = (period or "", account or "", kind or "", currency)
                sums[key] = (sums[key][0] + rows, sums[key][1] + amount)
        counted += with_shifts(parts, [sum(row[5] for row in answer) for answer in answers])
    return [Own(*key, *both) for key, both in sorted(sums.items())], counted


def _by_file(staged: Sequence[Staged]) -> list[list[Staged]]:
    files: dict[int, list[Staged]] = defaultdict(list)
    for part in staged:
        files[id(part.reading)].append(part)
    return list(files.values())


def controlled(
    con: duckdb.DuckDBPyConnection,
    own: Sequence[Own],
    period: str,
    made: Sequence[Path],
    readings: Sequence[Reading],
) -> tuple[tuple[Control, ...], tuple[LeftOut, ...]]:
    """Both sums by kind of line, and what was left out; Refused where they differ otherwise."""
    of_period = [o for o in own if o.period == period]
    if not of_period:
        return (), ()
    reasons = {kind: why for reading in readings for kind, why in reading.dialect.left_out.items()}
    left_out = tuple(
        LeftOut(o.account, o.kind, o.currency, o.rows, o.amount, reasons[o.kind])
        for o in of_period
        if o.kind in reasons
    )
    charged = _charged(con, made)
    found = tuple(_control(key, group, charged, reasons) for key, group in _by_kind(of_period).items())
    for control in found:
        if control.amount != control.charged + control.left_out:
            raise Refused(
                f"The bill adds up to {control.amount:f} {control.currency} of {control.kind or 'lines'}, "
                f"its charges to {control.charged:f}.",
                where=period,
                hint="This is a fault of the connector: please report it with the kind of line.",
            )
    return found, left_out


def state(con: duckdb.DuckDBPyConnection, made: Sequence[Path], offer: Offer, loaded_at: str) -> str:
    """'final' where place or bill say that the period is invoiced, or long after it; else 'estimated'."""
    if offer.final is not None:
        return "final" if offer.final else "estimated"
    query = statement("apportion.ingestion", "invoiced")
    row = con.execute(query, [[str(path) for path in made]]).fetchone()
    end, named, nameless = row or (None, 0, 0)
    now = datetime.fromisoformat(loaded_at)
    over = end is not None and end <= now
    return "final" if over and (not nameless if named else end + SETTLED <= now) else "estimated"


_Key = tuple[str, str]
_Sums = tuple[int, Decimal, Decimal, Decimal]


def _by_kind(own: Iterable[Own]) -> Mapping[_Key, list[Own]]:
    groups: dict[_Key, list[Own]] = defaultdict(list)
    for o in own:
        groups[o.kind, o.currency].append(o)
    return groups


def _charged(con: duckdb.DuckDBPyConnection, made: Sequence[Path]) -> Mapping[_Key, _Sums]:
    query = statement("apportion.ingestion", "kinds")
    rows = con.execute(query, [[str(path) for path in made]]).fetchall()
    return {
        (kind or "", currency): (charges, cost, billed, effective)
        for kind, currency, charges, cost, billed, effective in rows
    }


def _control(
    key: _Key,
    own: Sequence[Own],
    charged: Mapping[_Key, _Sums],
    reasons: Mapping[str, str],
) -> Control:
    kind, currency = key
    amount = sum((o.amount for o in own), Decimal(0))
    charges, cost, billed, effective = charged.get(key, (0, Decimal(0), Decimal(0), Decimal(0)))
    left_out = amount if kind in reasons else Decimal(0)
    rows = sum(o.rows for o in own)
    return Control(kind, currency, rows, amount, charges, cost, left_out, billed, effective)
