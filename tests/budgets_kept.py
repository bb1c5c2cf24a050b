"""Budgets for tests: a state database, a price of a dollar for a million tokens, and a clock to be set."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import select, update

from apportion.budgets.asking import BudgetRoom, Reserved, Settled
from apportion.budgets.bodies import ReserveBody, SettleBody
from apportion.budgets.declared import Declared
from apportion.budgets.declaring import Archived, nothing
from apportion.budgets.service import Budgets
from apportion.budgets.settings import Budget
from apportion.core.money import plain
from apportion.database import State, budget_crossings, budget_entries, budget_periods, operations
from apportion.metering.service import Meter
from apportion.metering.settings import Tree
from apportion.metering.store import Store, microseconds, row
from apportion.pricing import Priced, Rate, RateCard

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
RATES = [Rate(provider="acme", model="larch", kind=kind, price=Decimal(1)) for kind in ("input", "output")]
TREE = Tree.model_validate({"users": {"ana": {"team": "search"}}})


class Desk:
    """A company with budgets, and what it spends."""

    def __init__(self, state: State, budgets: Mapping[str, Any], archived: Archived = nothing) -> None:
        self.state, self.now = state, NOON
        self._archived = archived
        self.aliases: dict[str, str] = {}
        self.declare(**budgets)

    def declare(self, zone: str = "UTC", **budgets: Any) -> None:
        """Start anew with another file."""
        given = {name: Budget.model_validate(one) for name, one in budgets.items()}
        declared = Declared(given, "USD", zone, lambda: self.aliases)
        self.budgets = Budgets(declared, TREE, lambda: self.now)
        self.store = Store(self.state, 0, [self.budgets.following], TREE)
        self.budgets.declare(self.store, self._archived)
        self.meter = Meter(self.store, RateCard.of(RATES), lambda: self.now)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def reserve(self, name: str | None = None, **said: Any) -> Reserved:
        return self.budgets.reserve(self.meter, ReserveBody.model_validate({"id": name, **said}))

    def settle(self, name: str, **said: Any) -> Settled:
        return self.budgets.settle(self.meter, SettleBody.model_validate({"id": name, **said}))

    def spend(self, name: str, cost: str | None = "1", currency: str = "USD", **said: Any) -> None:
        """Record an operation of a cost; None for one that nobody can price."""
        known = {"id": name, "time": self.now, "customer": "acme", **said}
        priced = (
            Priced("unpriced")
            if cost is None
            else Priced("priced", int(Decimal(cost) * 10**12), currency, "r")
        )
        self.store.insert([[row(cast("Any", known), "api", microseconds(self.now), priced)]])

    def room(self, budget: str, **entity: str) -> BudgetRoom:
        """How a budget stands in the newest of its periods that has a row."""
        from apportion.budgets.reserving import room_of
        from apportion.budgets.tally import Counter

        columns = budget_periods.c
        with self.state.read() as con:
            asked = select(budget_periods).where(columns.budget == budget).order_by(columns.start.desc())
            for found in con.execute(asked).mappings():
                if not entity or json.loads(found["entity"]) == entity:
                    return room_of(Counter(**found), self.budgets.declared)
        raise LookupError(budget, entity)

    def stands(self, budget: str, **entity: str) -> tuple[str, str]:
        """Spent and reserved."""
        found = self.room(budget, **entity)
        return plain(found.spent), plain(found.reserved)

    def crossed(self) -> list[tuple[int, str]]:
        """Thresholds that were reached, and the time."""
        with self.state.read() as con:
            found = con.execute(select(budget_crossings).order_by(budget_crossings.c.threshold)).all()
        return [
            (row.threshold // 100, f"{datetime.fromtimestamp(row.at / 10**6, UTC):%d %H:%M}") for row in found
        ]

    def check(self) -> None:
        """Every period's sums are those of its entries."""
        with self.state.read() as con:
            entries = con.execute(select(budget_entries)).all()
            periods = con.execute(select(budget_periods)).all()
        for period in periods:
            mine = [e for e in entries if e.period_id == period.period_id]
            sums = {
                state: sum(e.amount for e in mine if e.state in states)
                for state, states in {"spent": ("spent", "told", "estimated"), "reserved": ("held",)}.items()
            }
            uncounted = sum(e.state in ("uncounted", "estimated") for e in mine)
            assert (period.spent, period.reserved) == (sums["spent"], sums["reserved"])
            assert period.uncounted == uncounted


def reprice(company: Desk, name: str, **to: Any) -> None:
    """Change an operation that is kept, as prices and traces do."""
    with company.store.turn() as (con, changed):
        mine = operations.c.operation_id == name
        con.execute(update(operations).where(mine).values(**to, changed=changed + 1))
