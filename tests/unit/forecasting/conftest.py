"""A company whose daily cost is made by a sentence."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from apportion.analytics.models import Facts
from apportion.engine import connect
from unit.analytics.small_company import FACTS


class Company:
    """Daily cost of named teams and sources, in one table as a run leaves it."""

    def __init__(self) -> None:
        self.con = connect(threads=1)
        self.con.execute(
            "CREATE TABLE daily_costs (day DATE, source VARCHAR, currency VARCHAR, team VARCHAR, "
            "EffectiveCost DECIMAL(28, 12), BilledCost DECIMAL(28, 12))"
        )

    def charge(
        self,
        team: str,
        first: date,
        last: date,
        cost: Callable[[date], Any],
        *,
        source: str = "aws",
        currency: str = "USD",
    ) -> None:
        """Let `team` cost `cost(day)` on each day."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        amounts = pa.array([Decimal(str(cost(day))) for day in days], pa.decimal128(28, 12))
        self.con.register("made", pa.table({"day": days, "amount": amounts}))
        named = [source, currency, team]
        self.con.execute("INSERT INTO daily_costs SELECT day, ?, ?, ?, amount, amount FROM made", named)

    def facts(self, last: date, *estimated: str) -> Facts:
        """What is true of it on a day."""
        found = self.con.execute("SELECT MIN(day) FROM daily_costs").fetchone()
        names = self.con.execute("SELECT DISTINCT currency FROM daily_costs ORDER BY ALL").fetchall()
        return replace(
            FACTS,
            first_day=found[0] if found else last,
            last_day=last,
            currencies=tuple(name for (name,) in names),
            estimated=frozenset(estimated),
        )


@pytest.fixture
def company() -> Iterator[Company]:
    made = Company()
    yield made
    made.con.close()
