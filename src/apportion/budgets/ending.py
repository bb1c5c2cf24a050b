"""Where periods of allocated cost will end: what is known of them, and what is expected of the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from apportion.analytics.models import Facts
from apportion.budgets import amounts
from apportion.budgets.cost import CostBudget, Spending, days_of
from apportion.budgets.periods import Between
from apportion.forecasting import Coming, coming

CENT, SMALL = Decimal("0.01"), Decimal("0.000001")


@dataclass(frozen=True)
class Ending:
    """A whole period's cost as it is expected, with its 80 % interval; `reason` says why there is none.

    `days` are what it will have come to after each day from `origin` on: expected, low and high, with all
    the digits of what is known, from which they go on.
    """

    origin: date
    expected: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    reason: str = ""
    days: tuple[tuple[Decimal, Decimal, Decimal], ...] = ()


def endings(
    con: duckdb.DuckDBPyConnection,
    facts: Facts,
    asked: CostBudget,
    between: Between,
    found: Sequence[Spending],
    at: date | None = None,
) -> Mapping[tuple[str, ...], Ending]:
    """The end of a period for each entity, as `GET /costs/forecast` has it; of one that is over, its cost.

    What is estimated is rounded to the cent, or to six digits below one; days of a bill that is not
    complete yet are forecast, too.
    """
    _, after = days_of(between)
    known = coming(con, facts, asked.query, after, at)
    if known.reason:
        return {one.names: Ending(known.origin, reason=known.reason) for one in found}
    over = (after - known.origin).days <= 1
    return {one.names: _over(one, known.origin) if over else _ending(one, known, asked) for one in found}


def _over(one: Spending, origin: date) -> Ending:
    cost = amounts.amount(one.spent)
    return Ending(origin, cost, cost, cost)


def _ending(one: Spending, known: Coming, asked: CostBudget) -> Ending:
    to_come = known.groups.get((asked.currency, one.names))
    if to_come is None:
        return Ending(known.origin, reason="It has cost for too few days to forecast it.")
    so_far = one.until(known.origin)
    sums = zip(to_come.totals, to_come.lows, to_come.highs, strict=True)
    days = tuple((so_far + a, so_far + b, so_far + c) for a, b, c in sums)
    expected, low, high = map(_rounded, days[-1])
    return Ending(known.origin, expected, low, high, days=days)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT if abs(amount) >= 1 else SMALL)
