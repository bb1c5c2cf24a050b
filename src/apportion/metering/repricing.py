"""Prices operations again, archived or not, by rates that were corrected since."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

import duckdb
from sqlalchemy import Connection, select

from apportion.database import operations
from apportion.metering.store import COLUMNS, Store, microseconds
from apportion.pricing import COSTED, Priced

Pricer = Callable[[Mapping[str, Any]], Priced]
AT_ONCE = 500
NO_COST = -1
UNCHANGED = f"price_state = ? AND coalesce(cost, {NO_COST}) = ?"
"""What a trace has withdrawn or told anew since it was priced again keeps what it has now."""
_UPDATE = ("cost", "currency", "price_state", "rate")
_DECIMALS = ("gpu_seconds", "units", "value", "reported_cost")


@dataclass(frozen=True)
class Repriced:
    """A row of operations, most often one, whose price state, cost or currency is another now."""

    id: str
    provider: str
    model: str
    before: Priced
    after: Priced
    operations: int = 1


def reprice(con: duckdb.DuckDBPyConnection, price: Pricer, where: Mapping[str, str]) -> Iterator[Repriced]:
    """Those of the view `told_operations` that come out otherwise; `where` says which (column → value)."""
    tests = " AND ".join(f'"{name}" = ?' for name in where) or "true"
    found = con.cursor().execute(f"SELECT * FROM told_operations WHERE {tests}", list(where.values()))
    names = [d[0] for d in found.description or []]
    while rows := found.fetchmany(AT_ONCE):
        for values in rows:
            record = dict(zip(names, values, strict=True))
            before = Priced(record["price_state"], units(record["cost"]), record["currency"], record["rate"])
            after = price(record)
            if after[:3] != before[:3]:
                name, provider, model = record["operation_id"], record["provider"], record["model"]
                yield Repriced(name, provider or "", model or "", before, after, record["requests"] or 1)


def put(store: Store, con: duckdb.DuckDBPyConnection, changes: Iterator[Repriced]) -> int:
    """Give operations their new price, some hundred at a time; how many. Interrupted, it can be done again.

    Those that only the archive has are taken up again, until the archive has them as they are now.
    """
    done = 0
    while some := list(islice(changes, AT_ONCE)):
        with store.turn() as (state, changed):
            _put(store, state, con, some, changed)
        done += len(some)
    return done


def _put(
    store: Store,
    state: Connection,
    con: duckdb.DuckDBPyConnection,
    some: Sequence[Repriced],
    changed: int,
) -> None:
    ids = [one.id for one in some]
    known = set(
        state.execute(select(operations.c.operation_id).where(operations.c.operation_id.in_(ids))).scalars()
    )
    if missing := [name for name in ids if name not in known]:
        found = con.cursor().execute(
            "SELECT * FROM told_operations WHERE list_contains(?, operation_id)", [missing]
        )
        names = [d[0] for d in found.description or []]
        rows = [(*_stored(dict(zip(names, r, strict=True))), changed) for r in found.fetchall()]
        state.exec_driver_sql(store.insertion, rows)
    mark = "?" if store.state.is_sqlite else "%s"
    setting = ", ".join(f"{name} = {mark}" for name in (*_UPDATE, "changed"))
    state.exec_driver_sql(
        f"UPDATE operations SET {setting} WHERE operation_id = {mark} AND {UNCHANGED.replace('?', mark)}",
        [
            (
                cost_of(one.after),
                one.after.currency,
                one.after.state,
                one.after.rate,
                changed + n,
                one.id,
                one.before.state,
                NO_COST if (cost := cost_of(one.before)) is None else cost,
            )
            for n, one in enumerate(some, 1)
        ],
    )


def cost_of(priced: Priced) -> int | None:
    """As it is stored: nothing where it is not known."""
    return priced.cost if priced.state in COSTED else None


def units(amount: Decimal | None) -> int:
    """Whole units of 10⁻¹² of a currency."""
    return int(amount.scaleb(12)) if amount is not None else 0


def _stored(record: Mapping[str, Any]) -> list[Any]:
    """A row of the view as the state database keeps it, but for `changed`."""
    found = {**record, "time": microseconds(record["time"]), "received": microseconds(record["received"])}
    for name in _DECIMALS:
        if found[name] is not None:
            found[name] = format(found[name], "f")
    own = record["dimensions"]
    found["dimensions"] = json.dumps(own, sort_keys=True, ensure_ascii=False) if own else None
    found["cost"] = None if record["cost"] is None else units(record["cost"])
    return [found[name] for name in COLUMNS[:-1]]
