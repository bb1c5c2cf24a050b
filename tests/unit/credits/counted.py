"""A ledger of credits to play with: operations, a clock that is set by hand, and what the books say."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from apportion.credits.counting import Counting
from apportion.credits.customers import Customers, Terms
from apportion.credits.entitlements import Entitlements, entitlements
from apportion.credits.refunding import PaidBack, RefundOrder
from apportion.credits.service import Credits, GrantOrder, SubscriptionOrder
from apportion.credits.settings import Plans
from apportion.credits.standing import Standing
from apportion.credits.taking_back import TakeBackOrder, TakenBack
from apportion.credits.units import credits_of
from apportion.database import (
    State,
    credit_balances,
    credit_days,
    credit_entries,
    credit_grants,
    operations,
)
from apportion.metering.store import Store, microseconds, row
from apportion.metering.traces import WITHDRAWN
from apportion.pricing import Priced
from operations import operation

START = datetime(2026, 10, 5, 12, tzinfo=UTC)
UNIT = 10**12
ZERO = Decimal(0)


class Ledger:
    """Operations and credits in one state database; `given` are plans as in apportion.yaml.

    `now` moves by hand, and `known` is what the lists of customers say.
    """

    def __init__(self, state: State, given: dict[str, Any], zone: str = "UTC", **known: Any) -> None:
        self.now, self.state = START, state
        self.terms = Terms(Plans.model_validate(given), ZoneInfo(zone), "USD", Customers(**known))
        self.store = Store(state, followers=[Counting(lambda: self.terms, lambda: self.now)])

    @property
    def credits(self) -> Credits:
        return Credits(self.state, self.terms, self.now)

    def pass_time(self, **spans: float) -> None:
        self.now += timedelta(**spans)

    def put(self, name: str, cost: Any = "1", time: datetime | None = None, **more: Any) -> None:
        """Keep an operation that costs so many dollars; None for one without a price."""
        told = operation(name, (time or self.now).isoformat(), **more)
        priced = Priced("unpriced", 0, "", "")
        if cost is not None:
            priced = Priced("priced", int(Decimal(cost) * UNIT), "USD", "list")
        self.store.insert([[row(told, "api", microseconds(self.now), priced)]])

    def tell_anew(self, name: str, **values: Any) -> None:
        """What a trace, a correction of rates or an outcome does to an operation."""
        with self.store.turn() as (con, changed):
            mine = update(operations).where(operations.c.operation_id == name)
            con.execute(mine.values(changed=changed + 1, **values))

    def reprice(self, name: str, cost: Any) -> None:
        self.tell_anew(name, price_state="priced", cost=int(Decimal(cost) * UNIT), currency="USD")

    def withdraw(self, name: str) -> None:
        self.tell_anew(name, price_state=WITHDRAWN, cost=None)

    def grant(
        self, name: str, amount: Any, kind: Any = "top_up", customer: str = "acme", **more: Any
    ) -> None:
        self.credits.grant(customer, GrantOrder(name, kind, Decimal(amount), **more))

    def refund(self, operation_id: str, amount: Any = None, refund_id: str = "") -> list[PaidBack]:
        order = RefundOrder(operation_id, None if amount is None else Decimal(amount), refund_id)
        return self.credits.refund("acme", order)

    def take_back(self, name: str, customer: str = "acme", **more: Any) -> TakenBack:
        return self.credits.take_back(customer, TakeBackOrder(name, **more))

    def subscribe(self, plan: str, since: Any = None, customer: str = "acme", **more: Any) -> None:
        self.credits.subscribe(customer, SubscriptionOrder(plan, since, **more))

    def standing(self, customer: str = "acme") -> Standing:
        return self.credits.standing(customer)

    def may(self, feature: str | None = None, customer: str = "acme") -> Entitlements:
        return entitlements(self.terms, self.standing(customer), self.now, feature)

    def balance(self, customer: str = "acme") -> Decimal:
        return credits_of(self.standing(customer).balance)

    def grants(self, customer: str = "acme") -> dict[str, tuple[Decimal, Decimal, Decimal]]:
        """Granted, used and expired by grant, as things are now."""
        found = self.standing(customer).account.grants.values()
        return {g.grant_id: (credits_of(g.amount), credits_of(g.used), credits_of(g.expired)) for g in found}

    def taken(self, customer: str = "acme") -> dict[str, Decimal]:
        """Taken back, by grant that was."""
        found = self.standing(customer).account.grants.values()
        return {g.grant_id: credits_of(g.taken) for g in found if g.taken is not None}

    def overage(self, customer: str = "acme") -> Decimal:
        """What no grant covers, since ever, by the entries."""
        with self.state.read() as con:
            mine = select(credit_entries.c.amount).where(
                credit_entries.c.customer == customer, credit_entries.c.grant_id == ""
            )
            return credits_of(-sum(con.execute(mine).scalars()))

    def used(self, customer: str = "acme") -> Decimal:
        """What operations have taken and keep, since ever, by the entries."""
        with self.state.read() as con:
            mine = select(credit_entries.c.amount).where(
                credit_entries.c.customer == customer,
                credit_entries.c.kind.in_(("use", "return", "refund")),
            )
            return credits_of(-sum(con.execute(mine).scalars()))

    def entries(self, customer: str = "acme") -> list[tuple[str, str, Decimal]]:
        """Kind, grant and credits of every movement, in order."""
        with self.state.read() as con:
            mine = select(credit_entries).where(credit_entries.c.customer == customer)
            rows = con.execute(mine.order_by(credit_entries.c.number)).all()
        return [(r.kind, r.grant_id, credits_of(r.amount)) for r in rows]

    def check(self) -> None:
        """What is kept beside the entries is what they come to, for every customer."""
        with self.state.read() as con:
            sums: dict[str, dict[str, int]] = {}
            for r in con.execute(select(credit_entries)):
                kinds = sums.setdefault(r.grant_id, {})
                kinds[r.kind] = kinds.get(r.kind, 0) + r.amount
            for g in con.execute(
                select(
                    credit_grants,
                    *(credit_balances.c[name] for name in ("used", "expired", "taken", "rest")),
                ).join(credit_balances, credit_balances.c.grant_id == credit_grants.c.grant_id)
            ):
                of = sums.pop(g.grant_id)
                assert of["grant"] == g.amount
                assert -sum(of.get(kind, 0) for kind in ("use", "return", "refund")) == g.used
                assert -sum(of.get(kind, 0) for kind in ("expire", "restore")) == g.expired
                assert (-of["take_back"] if "take_back" in of else None) == g.taken
                assert g.amount == g.used + g.expired + (g.taken or 0) + g.rest
                assert min(g.used, g.expired, g.taken or 0, g.rest) >= 0
            over = sums.pop("", {})
            assert sums == {}, "entries of grants that are not there"
            days = con.execute(select(credit_days)).all()
            assert sum(d.over for d in days) == -sum(over.values())
            used = [r.amount for r in con.execute(select(credit_entries)) if r.operation_id]
            moved = con.execute(select(credit_entries.c.amount).where(credit_entries.c.kind == "restore"))
            assert sum(d.credits for d in days) == sum(moved.scalars()) - sum(used)
            assert all(min(d[4:]) >= 0 for d in days)
