"""Budgets of a workspace: asked before a call, told after it."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from apportion.budgets import amounts
from apportion.budgets.adjusting import adjust
from apportion.budgets.asking import Estimate, Reserve, Reserved, Settle, Settled
from apportion.budgets.bodies import ReserveBody, SettleBody
from apportion.budgets.burning import named, single
from apportion.budgets.declared import Declared
from apportion.budgets.declaring import Archived, declare, known, nothing
from apportion.budgets.following import Following
from apportion.budgets.looking import Look, newest
from apportion.budgets.report import BudgetList, Checked, OneBudget
from apportion.budgets.reservations import of_ids
from apportion.budgets.reserving import Reserving
from apportion.budgets.standing import check as check_room
from apportion.budgets.standing import listed
from apportion.core.errors import BadInput
from apportion.database import State
from apportion.metering.batch import check
from apportion.metering.changed import placed
from apportion.metering.service import Meter
from apportion.metering.settings import Tree
from apportion.metering.store import Store, microseconds, row
from apportion.pricing import COSTED


class Budgets:
    """What is declared, counted and held. Safe to use from threads."""

    def __init__(self, declared: Declared, tree: Tree, now: Callable[[], datetime]) -> None:
        self.declared, self.tree, self.now = declared, tree, now
        self.following = Following(declared, now)
        self.desk = Reserving(self.following, now)

    def declare(self, store: Store, archived: Archived = nothing) -> None:
        """Take over what the file says, where the database does not know it yet."""
        now = self.now()
        with store.state.read() as con:
            if known(con, self.declared, self.tree, now):
                return
        with store.alone() as con:
            declare(con, self.following, self.tree, now, archived)

    def reserve(self, meter: Meter, body: ReserveBody) -> Reserved:
        """Hold what a call may cost. Raises OverBudget, and Refused where the id is taken."""
        now = self.now()
        name = body.id or f"r-{uuid.uuid4().hex}"
        fields = self.fields(body.names())
        asked = Reserve(name, fields, self.estimate(meter, body, now), now, Reserve.hashed(body.told()))
        found: Reserved = meter.ask(self.desk, asked)
        return found

    def settle(self, meter: Meter, body: SettleBody, source: str = "api") -> Settled:
        """Say what became of a call. Raises NotFound where a cost is told of what was never reserved."""
        now = self.now()
        rows = []
        if body.operation is not None:
            told = {"id": body.id, **self._reserved(meter.store.state, body.id), **body.operation}
            if told["id"] != body.id:
                raise BadInput("the operation has another id than the reservation", where="operation.id")
            batch = check([{k: v for k, v in told.items() if v is not None}], now)
            for fault in batch.rejected:
                raise BadInput(fault.reason, where=f"operation.{fault.field}".rstrip("."))
            rows = [row(one, source, microseconds(now), meter.price(one)) for one in batch.operations]
        asked = Settle(body.id, now, cost=body.cost, release=body.release)
        found: Settled = meter.ask(self.desk, asked, rows)
        return found

    def named(self, budget: str) -> None:
        """Raises NotFound for one that is not declared."""
        named(self.declared, budget)

    def check(self, state: State, names: Mapping[str, Any], estimate: Decimal | None = None) -> Checked:
        """Whether there is room now."""
        units = None if estimate is None else amounts.held(estimate)
        with state.read() as con:
            return check_room(con, self.declared, self.fields(names), self.now(), units)

    def newest(self, state: State) -> datetime:
        """From when reports look at operations, where nobody says it."""
        with state.read() as con:
            return newest(con, list(self.declared.counted), self.now())

    def listed(
        self, state: State, cursor: str = "", limit: int = 100, look: Look | None = None
    ) -> BudgetList:
        """A page of budgets as they stand."""
        now = self.now()
        with state.read() as con:
            return listed(con, self.declared, look or Look(now, now, self.declared.zone), cursor, limit)

    def single(self, state: State, budget: str, entity: str = "", look: Look | None = None) -> OneBudget:
        """One budget of one entity. Raises NotFound, and BadInput where it is not said whose."""
        with state.read() as con:
            return single(con, self.declared, budget, entity, self.now(), look)

    def adjust(
        self, store: Store, budget: str, entity: str, amount: Decimal, reason: str, who: str
    ) -> OneBudget:
        """Add to the limit of the running period, or take from it; the budget then."""
        with store.alone() as con:
            now = self.now()
            adjust(con, self.following, budget, entity, amount, reason, who, now)
            return single(con, self.declared, budget, entity, now)

    def sweep(self, store: Store) -> int:
        """Let go of what is held for longer than it may; how many reservations."""
        with store.alone() as con:
            return self.desk.sweep(con)

    def fields(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """What is said of a call, with its place in the tree and the customer that is meant."""
        return dict(self.declared.identified(placed(dict(names), self.tree)))

    def estimate(self, meter: Meter, body: ReserveBody, now: datetime) -> Estimate:
        """What a call may cost, as far as the rates say."""
        if body.estimate is not None:
            currency = body.currency or self.declared.currency
            return Estimate("given", amounts.held(body.estimate), currency)
        whole = body.input_tokens is not None and (body.max_tokens is not None or body.is_input_alone)
        counts = {"input_tokens": body.input_tokens or 0, "output_tokens": body.max_tokens or 0}
        priced = meter.price({**body.names(), **counts, "time": now})
        if priced.state not in COSTED:
            return Estimate("none", None, priced.currency, unpriced=priced.state == "unpriced")
        cost = amounts.held_of(priced.cost)
        if whole:
            return Estimate("rates", cost, priced.currency)
        if body.max_tokens is not None:
            return Estimate("output", cost, priced.currency)
        return Estimate("none", None, priced.currency, least=cost)

    def _reserved(self, state: State, name: str) -> Mapping[str, Any]:
        """What was said of the operation when it was reserved."""
        with state.read() as con:
            found = of_ids(con, [name])
        return found[name].told if found else {}
