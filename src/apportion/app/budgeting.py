"""Budgets as people and programs meet them: reserve, settle, look, adjust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apportion.app.operating import Operating

if TYPE_CHECKING:  # databases, which most commands do without
    from apportion.budgets.asking import Reserved, Settled
    from apportion.budgets.bodies import ReserveBody, SettleBody


class Budgeting(Operating):
    """Budgets of a workspace."""

    def reserve_budget(self, body: ReserveBody) -> Reserved:
        """Hold what a call may cost. Raises OverBudget where an enforced budget has no room."""
        return self.budgets.reserve(self.meter, body)

    def settle_budget(self, body: SettleBody, source: str = "api") -> Settled:
        """Say what became of a call."""
        found = self.budgets.settle(self.meter, body, source)
        self._came += body.operation is not None
        return found
