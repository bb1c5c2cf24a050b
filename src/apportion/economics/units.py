"""What the company pays for one request, one transaction, one active customer."""

from datetime import date
from decimal import Decimal

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent, Row
from apportion.analytics.scope import Meta, Scope, trend_pct
from apportion.analytics.sentences import direction, money
from apportion.analytics.statements import fetch, fill, read_sql
from apportion.core.money import per_unit

ACTIVE = "active customer"


class UnitDay(Part):
    """One day of a unit cost."""

    day: date
    quantity: Amount | None = Field(description="Null where nothing was measured.")
    cost: Amount
    cost_per_unit: Amount | None


class UnitRow(Part):
    """The company's whole cost divided by a quantity, in one currency."""

    measure: str
    currency: str
    quantity: Amount | None
    cost: Amount
    cost_per_unit: Amount | None
    previous: Amount | None = Field(description="Cost per unit of the window before.")
    change_pct: Percent | None
    daily: list[UnitDay]


class UnitsReport(Part):
    """Do we get cheaper as we grow?"""

    meta: Meta
    headline: str
    units: list[UnitRow]


def units(con: duckdb.DuckDBPyConnection, scope: Scope) -> UnitsReport:
    """Unit costs of every measure and of active customers, from one statement."""
    sql = fill(read_sql(__package__, "units"), {"metric": scope.metric})
    rows = [_row(row, scope) for row in fetch(con, sql, scope.params(active=ACTIVE))]
    return UnitsReport(meta=scope.meta(single_currency=False), headline=_headline(rows, scope), units=rows)


def _row(row: Row, scope: Scope) -> UnitRow:
    now = _each(row["cost"], row["quantity"])
    before = _each(row["cost_previous"], row["quantity_previous"]) if scope.previous else None
    return UnitRow(
        measure=row["measure"],
        currency=row["currency"],
        quantity=row["quantity"],
        cost=row["cost"],
        cost_per_unit=now,
        previous=before,
        change_pct=None if now is None else trend_pct(now, before),
        daily=[
            UnitDay(
                day=day["day"],
                quantity=day["quantity"],
                cost=day["cost"],
                cost_per_unit=_each(day["cost"], day["quantity"]),
            )
            for day in row["days"]
        ],
    )


def _each(cost: Decimal | None, quantity: Decimal | None) -> Decimal | None:
    return None if cost is None or quantity is None else per_unit(cost, quantity)


def _one(measure: str) -> str:
    """What one of a measure is called: a request for requests, a unit of storage."""
    if measure == ACTIVE:
        return measure
    return measure[:-1] if measure.endswith("s") else f"unit of {measure}"


def _headline(rows: list[UnitRow], scope: Scope) -> str:
    first = next(
        (row for row in rows if row.currency == scope.currency and row.cost_per_unit is not None), None
    )
    if first is None or first.cost_per_unit is None:
        return "Nothing is measured yet: declare a measure in apportion.yaml to see what one unit costs."
    moved = direction(first.change_pct, scope.previous)
    return (
        f"One {_one(first.measure)} cost {money(first.cost_per_unit, first.currency)} {scope.phrase}{moved}."
    )
