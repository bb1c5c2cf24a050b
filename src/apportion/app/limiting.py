"""Budgets of allocated cost, and what alerting asks of budgets and plans."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apportion.app.reading import Reading
from apportion.core.times import microseconds, read_at

if TYPE_CHECKING:  # reports and databases, which most commands do without
    from collections.abc import Iterator, Sequence

    import duckdb

    from apportion.analytics.models import Facts
    from apportion.budgets.cost import CostBudget
    from apportion.budgets.looking import Look
    from apportion.budgets.watched import Expected, Reached
    from apportion.credits.watched import Used


class Limiting(Reading):
    """What is watched of budgets and plans."""

    @property
    def cost_budgets(self) -> list[CostBudget]:
        """Budgets of allocated cost."""
        from apportion.budgets.cost import cost_budgets  # noqa: PLC0415

        return cost_budgets(self.workspace.budgets, self.workspace.reporting.currency)

    def keep_budgets(self) -> int:
        """Keep what budgets of allocated cost have spent by now; how many thresholds are new."""
        from apportion.budgets.cost_kept import keep  # noqa: PLC0415

        if not (budgets := self.cost_budgets) or self.ledger.run() is None:
            return 0
        with self.reader() as (con, facts):
            return keep(self._opened(), con, facts, budgets, microseconds(datetime.now(UTC)))

    @contextmanager
    def looking_at_budgets(self, at: str = "") -> Iterator[Look]:
        """How reports look at budgets: now, where the newest data ends, or at a time. Raises BadInput."""
        from apportion.budgets.cost_standing import Allocated  # noqa: PLC0415
        from apportion.budgets.looking import Look  # noqa: PLC0415

        zone, now = self.workspace.reporting.time_zone, datetime.now(UTC)
        given = read_at(at, zone) if at else None
        moment = given.moment if given else self.budgets.newest(self.meter.store.state)
        look = Look(now, moment, zone, cut=given is not None and given.moment < now)
        if not (budgets := self.cost_budgets) or self.ledger.run() is None:
            yield look
            return
        with self.reader() as (con, facts):
            yield replace(look, allocated=Allocated(con, facts, budgets, given.day if given else None))

    def thresholds_reached(
        self, now: datetime, facts: Facts | None, *, then: bool = False
    ) -> Sequence[Reached]:
        """Thresholds that budgets have reached: those of cost as far as the data goes.

        With `then`, what they had reached at a time of the data.
        """
        from apportion.budgets.watched import last_moment, reached  # noqa: PLC0415

        given = self.workspace
        if not given.budgets:
            return ()
        last = last_moment(facts) if facts else now
        cost_at = min(now, last) if then else last
        with self._state_there() as state:
            if state is None:
                return ()
            with state.read() as con:
                return reached(con, given.budgets, now, cost_at, given.reporting.time_zone)

    def periods_expected(
        self, con: duckdb.DuckDBPyConnection | None, facts: Facts | None, now: datetime
    ) -> Sequence[Expected]:
        """What running periods of budgets will come to: of operations by the clock, of cost by the data."""
        from apportion.budgets.watched import expected_cost, expected_operations  # noqa: PLC0415

        if not self.workspace.budgets:
            return ()
        found: list[Expected] = []
        with self._opened().read() as state:
            if any(budget.of == "operations" for budget in self.workspace.budgets.values()):
                found += expected_operations(state, self.budgets.declared, now)
            if con is not None and facts is not None:
                found += expected_cost(con, facts, self.cost_budgets, state)
        return found

    def credits_used(self) -> Sequence[Used]:
        """How much of what their plans include customers have used."""
        from apportion.credits.watched import used  # noqa: PLC0415

        if not self.workspace.plans.offered:
            return ()
        return used(self.credit_terms(), self.credit_standings())
