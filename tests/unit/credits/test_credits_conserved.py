"""Whatever happens, in any order: no credit is created, none is lost, and each lies where it should."""

from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apportion.credits.units import credits_of
from apportion.database import State
from unit.credits.counted import START, Ledger
from unit.credits.told_by_hand import Oracle, Plan

OFFERED = {
    "rolls": {"included": 14, "period": "weekly", "rollover": 5},
    "more": {"included": 28, "period": "weekly", "overage": {"price": 1}},
    "none": {"included": 0, "period": "weekly", "throttle": {"calls_per_minute": 1}},
}
PLANS = {"usage": [{"by": "cost", "credits": 1}], "offered": OFFERED}
PRIORITY = {"promotion": 10, "adjustment": 30, "top_up": 40}
some = st.integers(0, 20)
plan = st.sampled_from(sorted(OFFERED))


class Customer(RuleBasedStateMachine):
    """One customer, its operations, and a clock."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.state = State(self.url) if self.url else State.file(Path(self.folder.name) / "state.db")
        self.ledger = Ledger(self.state, PLANS)
        self.known = {
            name: Plan(int(p["included"]), int(p.get("rollover", 0))) for name, p in OFFERED.items()
        }
        self.oracle = Oracle(self.known)
        self.names = 0
        self.given: list[str] = []

    def teardown(self) -> None:
        self.state.close()
        self.folder.cleanup()

    @property
    def now(self) -> datetime:
        return self.ledger.now

    @initialize(first=plan)
    def begins(self, first: str) -> None:
        self.first = START.date()
        self.ledger.subscribe(first)
        self.oracle.days[self.first] = first
        self.oracle.ready(self.now)

    @rule(hours=st.one_of(st.integers(1, 30), st.integers(100, 200)))
    def time_passes(self, hours: int) -> None:
        self.ledger.pass_time(hours=hours)

    @rule(cost=some, late=st.one_of(st.just(0), st.integers(0, 300)))
    def operation(self, cost: int, late: int) -> None:
        when = max(self.now - timedelta(hours=late), START)
        self.names += 1
        self.ledger.put(f"op{self.names}", cost, time=when)
        self.oracle.work(f"op{self.names}", cost, self.now, when)

    @precondition(lambda self: self.oracle.jobs)
    @rule(data=st.data(), cost=some)
    def repriced(self, data: st.DataObject, cost: int) -> None:
        name = data.draw(st.sampled_from(sorted(self.oracle.jobs)))
        self.ledger.reprice(name, cost)
        if cost != self.oracle.jobs[name].asks:  # the same again is no news
            self.oracle.work(name, cost, self.now)

    @precondition(lambda self: self.oracle.jobs)
    @rule(data=st.data())
    def withdrawn(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.oracle.jobs)))
        self.ledger.withdraw(name)
        self.oracle.work(name, 0, self.now)

    @precondition(lambda self: self.oracle.jobs)
    @rule(data=st.data(), amount=st.integers(1, 20))
    def refunded(self, data: st.DataObject, amount: int) -> None:
        name = data.draw(st.sampled_from(sorted(self.oracle.jobs)))
        self.names += 1
        if amount > self.oracle.jobs[name].total:
            with pytest.raises(Exception, match="no operation|credits to pay back"):
                self.ledger.refund(name, amount, f"r{self.names}")
            return
        self.ledger.refund(name, amount, f"r{self.names}")
        self.oracle.refund(name, amount, self.now)

    @rule(
        amount=st.integers(1, 20),
        kind=st.sampled_from(sorted(PRIORITY)),
        hours=st.one_of(st.none(), st.integers(1, 200)),
        priority=st.one_of(st.none(), st.just(15)),
    )
    def granted(self, amount: int, kind: str, hours: int | None, priority: int | None) -> None:
        self.names += 1
        expires = None if hours is None else self.now + timedelta(hours=hours)
        name = f"g{self.names}"
        self.given.append(name)
        self.ledger.grant(name, amount, kind, expires=expires, priority=priority)
        self.oracle.ready(self.now)
        self.oracle.pile(name, amount, PRIORITY[kind] if priority is None else priority, self.now, expires)

    @precondition(lambda self: self.given)
    @rule(data=st.data())
    def taken_back(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.given))
        before = self.oracle.heaps[name].mistake
        assert self.ledger.take_back(name).anew is not before
        self.oracle.take_back(name, self.now)

    @rule(name=plan, days=st.integers(-3, 3))
    def changes_plan(self, name: str, days: int) -> None:
        since = max(self.now.date() + timedelta(days=days), self.first)
        self.ledger.subscribe(name, since)
        self.oracle.days[since] = name
        self.oracle.ready(self.now)

    @invariant()
    def every_credit_is_somewhere(self) -> None:
        self.ledger.check()
        standing, seen = self.ledger.standing(), deepcopy(self.oracle)
        seen.ready(self.now)
        grants = standing.account.grants
        named = {n.removeprefix("included/acme/").replace("/", " from "): g for n, g in grants.items()}
        piles = {n: tuple(map(credits_of, (g.amount, g.used, g.expired))) for n, g in named.items()}
        assert piles == seen.piles()
        taken = {n: credits_of(g.taken) for n, g in named.items() if g.taken is not None}
        assert taken == seen.taken()
        granted, used, expired = (sum(pile[i] for pile in piles.values()) for i in range(3))
        spent, over = self.ledger.used(), self.ledger.overage()
        assert (spent, over) == (seen.used(), seen.overage())
        assert over == spent - used
        assert credits_of(standing.balance) == seen.balance(self.now)
        left = credits_of(sum(g.left for g in grants.values()))
        assert granted == used + expired + sum(taken.values()) + left


SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def test_credits_are_neither_created_nor_lost() -> None:
    given = settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=SLOW)
    run_state_machine_as_test(Customer, settings=given)


def test_credits_are_neither_created_nor_lost_on_postgresql(postgres: str) -> None:
    class OnPostgres(Customer):
        url = postgres

        def teardown(self) -> None:
            super().teardown()
            with psycopg.connect(postgres, autocommit=True) as con:
                con.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    given = settings(max_examples=4, stateful_step_count=20, deadline=None, suppress_health_check=SLOW)
    run_state_machine_as_test(OnPostgres, settings=given)


def test_the_oracle_notices_a_credit_that_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    from apportion.credits.grant import Grant

    whole = Grant.may_keep
    monkeypatch.setattr(Grant, "may_keep", lambda grant, when: max(0, whole(grant, when) - 10**9))
    given = settings(
        max_examples=25, stateful_step_count=25, deadline=None, database=None, suppress_health_check=SLOW
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Customer, settings=given)
