"""What alerting looks at: thresholds that were reached, and periods that will end above their limit."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import duckdb
from sqlalchemy import Connection, and_, false, or_, select

from apportion.analytics.models import Facts
from apportion.budgets import amounts
from apportion.budgets.cost import CostBudget, Spending, day_stamp, days_of, spending
from apportion.budgets.cost_kept import added_to
from apportion.budgets.declared import Declared
from apportion.budgets.ending import endings
from apportion.budgets.settings import Budget
from apportion.budgets.standing import forecast, standing
from apportion.core.errors import BadInput
from apportion.core.times import microseconds, time_of
from apportion.database import budget_crossings, budget_periods

LATE = timedelta(days=14)
"""What was reached in a period that ended so long ago is still told: bills come late, and so do jobs."""
_P, _C = budget_periods.c, budget_crossings.c


@dataclass(frozen=True)
class Watched:
    """One entity's budget in one period; `spent` is known by now."""

    budget: str
    title: str
    entity: Mapping[str, str]
    start: datetime
    until: datetime
    currency: str
    limit: Decimal
    spent: Decimal
    zone: str = "UTC"


@dataclass(frozen=True)
class Reached(Watched):
    """With a threshold, in percent of the limit, that was first reached at a time."""

    threshold: Decimal = Decimal(0)
    at: datetime = field(default_factory=lambda: time_of(0))


@dataclass(frozen=True)
class Expected(Watched):
    """With what the whole period will come to, and how much of it (percent) has passed.

    `low` and `high` are its 80 % interval; None for operations, which go on at the rate they had.
    """

    expected: Decimal = Decimal(0)
    low: Decimal | None = None
    high: Decimal | None = None
    passed: Decimal = Decimal(0)


def reached(
    con: Connection, budgets: Mapping[str, Budget], now: datetime, cost_at: datetime, zone: str
) -> list[Reached]:
    """Thresholds of running periods, and of those that ended a short while ago.

    `cost_at` is when the data of allocated cost ends; periods of operations go by the clock.
    """
    moments = {name: cost_at if budget.of == "cost" else now for name, budget in budgets.items()}
    runs = [
        and_(
            _P.budget == name, _P.start <= microseconds(moment), _P.until > microseconds(moment - LATE),
            _C.at <= microseconds(moment),
        )
        for name, moment in moments.items()
    ]  # fmt: skip
    joined = budget_periods.join(budget_crossings, _C.period_id == _P.period_id)
    columns = [*budget_periods.columns, _C.threshold, _C.at]
    asked = select(*columns).select_from(joined).where(or_(false(), *runs))
    rows = con.execute(asked.order_by(_P.budget, _P.entity, _P.start, _C.threshold)).all()
    return [
        Reached(
            budget=row.budget,
            title=budgets[row.budget].title or row.budget,
            entity=json.loads(row.entity),
            start=time_of(row.start),
            until=time_of(row.until),
            currency=row.currency,
            limit=amounts.amount(row.amount),
            spent=amounts.amount(row.spent),
            zone="UTC" if budgets[row.budget].of == "cost" else zone,
            threshold=Decimal(row.threshold).scaleb(-2),
            at=time_of(row.at),
        )
        for row in rows
    ]


def expected_cost(
    con: duckdb.DuckDBPyConnection, facts: Facts, budgets: Iterable[CostBudget], state: Connection
) -> Iterator[Expected]:
    """Running periods of allocated cost, with what they will come to, where that can be said.

    What names something that the run does not have is left out; the job that keeps budgets says so.
    """
    for asked in budgets:
        between = asked.period(facts.last_day)
        if between is None:
            continue
        first, after = days_of(between)
        passed = Decimal(100 * ((facts.last_day - first).days + 1)) / (after - first).days
        try:
            found = spending(con, facts, asked, between)
            ends = endings(con, facts, asked, between, found)
        except BadInput:
            continue
        added = added_to(state, [one.slot.period_id for one in found])
        for one in found:
            end = ends[one.names]
            if end.expected is None or end.low is None or end.high is None:
                continue
            limit = one.slot.amount + added.get(one.slot.period_id, 0)
            yield _expected(asked, one, limit, passed, (end.expected, end.low, end.high))


def expected_operations(con: Connection, declared: Declared, now: datetime) -> Iterator[Expected]:
    """Running periods of operations, with what they come to at their rate so far, where that can be said."""
    stamp = microseconds(now)
    for one in standing(con, declared, now):
        budget = declared.all[one.budget]
        if budget.of != "operations" or (expected := forecast(one, now)) is None:
            continue
        yield Expected(
            budget=one.budget,
            title=budget.title or one.budget,
            entity=json.loads(one.entity),
            start=time_of(one.start),
            until=time_of(one.until),
            currency=one.currency,
            limit=amounts.amount(one.amount),
            spent=amounts.amount(one.spent),
            zone=declared.zone,
            expected=amounts.amount(expected),
            passed=Decimal(100 * (stamp - one.start)) / (one.until - one.start),
        )


def _expected(
    asked: CostBudget, one: Spending, limit: int, passed: Decimal, sums: tuple[Decimal, Decimal, Decimal]
) -> Expected:
    expected, low, high = sums
    return Expected(
        budget=asked.name,
        title=asked.budget.title or asked.name,
        entity=json.loads(one.slot.entity),
        start=time_of(one.slot.start),
        until=time_of(one.slot.until),
        currency=asked.currency,
        limit=amounts.amount(limit),
        spent=amounts.amount(one.spent),
        expected=expected,
        low=low,
        high=high,
        passed=passed,
    )


def last_moment(facts: Facts) -> datetime:
    """The end of the last complete day, just before the next begins."""
    return time_of(day_stamp(facts.last_day + timedelta(days=1)) - 1)
