"""Which parts of the facts have another version, and by how much their totals differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from apportion.analytics.changes.models import DataChange, change_of
from apportion.engine import quote_ident
from apportion.ledger import Ledger
from apportion.ledger.ledger import FACTS

Parts = Mapping[tuple[str, ...], Sequence[str]]
Totals = dict[str | None, tuple[int, Decimal | None]]


@dataclass(frozen=True)
class _Adding:
    """What of a table is added up, and the column that says in which currency."""

    amount: str = ""
    currency: str = ""

    @property
    def what(self) -> str:
        return self.amount or "rows"


def data_changes(
    con: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    before: Mapping[str, int],
    after: Mapping[str, int],
    metric: str,
) -> list[DataChange]:
    """Each part of each table of facts whose files differ between the versions `before` and `after`.

    Of a version whose files are gone, rows and totals are None.
    """
    found: list[DataChange] = []
    for name in FACTS:
        versions = before.get(name, -1), after.get(name, -1)
        if versions[0] == versions[1]:
            continue
        old, new = (ledger.table(name).parts(version) for version in versions)
        adding = _adding(name, metric)
        for part in sorted({*old, *new}):
            if old.get(part) != new.get(part):
                found += _part(con, name, part, adding, old, new)
    return found


def _adding(table: str, metric: str) -> _Adding:
    known = {
        "charges": _Adding(metric, "BillingCurrency"),
        "usage": _Adding("quantity"),
        "revenue": _Adding("amount", "currency"),
    }
    return known.get(table, _Adding())


def _part(
    con: duckdb.DuckDBPyConnection,
    table: str,
    part: tuple[str, ...],
    adding: _Adding,
    old: Parts,
    new: Parts,
) -> list[DataChange]:
    totals = [_totals(con, side.get(part, ()), adding) for side in (old, new)]
    was, is_ = totals
    currencies = sorted({*(was or {}), *(is_ or {})}, key=lambda c: c or "") or [None]
    return [
        DataChange(
            table=table,
            name=part[0] if part else table,
            period=part[1] if len(part) > 1 else "",
            change=change_of(part, old, new),
            what=adding.what,
            currency=currency,
            **_figures(was, is_, currency),
        )
        for currency in currencies
    ]


def _figures(was: Totals | None, is_: Totals | None, currency: str | None) -> dict[str, Any]:
    nothing = (0, Decimal(0))
    rows_before, before = was.get(currency, nothing) if was is not None else (None, None)
    rows_after, after = is_.get(currency, nothing) if is_ is not None else (None, None)
    return {
        "rows_before": rows_before,
        "rows_after": rows_after,
        "before": before,
        "after": after,
        "difference": after - before if before is not None and after is not None else None,
    }


def _totals(con: duckdb.DuckDBPyConnection, files: Sequence[str], adding: _Adding) -> Totals | None:
    """Rows and total by currency (None: has none); None where a file is gone."""
    if not files:
        return {}
    if not all(Path(file).exists() for file in files):
        return None
    currency = quote_ident(adding.currency) if adding.currency else "NULL"
    amount = f"sum({quote_ident(adding.amount)})" if adding.amount else "NULL"
    query = (
        f"SELECT {currency}, count(*), CAST({amount} AS DECIMAL(38, 12)) "
        "FROM read_parquet(?, hive_partitioning = false, union_by_name = true) GROUP BY ALL"
    )
    return {row[0]: (row[1], row[2]) for row in con.execute(query, [list(files)]).fetchall()}
