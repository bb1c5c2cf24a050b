"""Budgets as people and programs meet them: reserve, settle, look, adjust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apportion.app.limiting import Limiting

if TYPE_CHECKING:  # databases, which most commands do without
    from collections.abc import Mapping
    from decimal import Decimal

    from apportion.budgets.asking import Reserved, Settled
    from apportion.budgets.bodies import ReserveBody, SettleBody
    from apportion.budgets.report import BudgetList, Checked, OneBudget


class Budgeting(Limiting):
    """Budgets of a workspace."""

    def reserve_budget(self, body: ReserveBody) -> Reserved:
        """Hold what a call may cost. Raises OverBudget where an enforced budget has no room."""
        return self.budgets.reserve(self.meter, body)

    def settle_budget(self, body: SettleBody, source: str = "api") -> Settled:
        """Say what became of a call."""
        found = self.budgets.settle(self.meter, body, source)
        self._came += body.operation is not None
        return found

    def check_budgets(self, names: Mapping[str, Any], estimate: Decimal | None = None) -> Checked:
        """Whether a call of whom `names` say would be let in now."""
        from apportion.budgets.report import Checked  # noqa: PLC0415

        if not self.workspace.budgets:
            return Checked(allowed=True, budgets=[])
        return self.budgets.check(self.meter.store.state, names, estimate)

    def list_budgets(self, cursor: str = "", limit: int = 100, at: str = "") -> BudgetList:
        """A page of budgets as they stand now, where the newest data ends, or at a day or time."""
        from apportion.budgets.report import BudgetList  # noqa: PLC0415

        if not self.workspace.budgets:
            return BudgetList(headline="No budget is declared.", budgets=[], next_cursor=None)
        with self.looking_at_budgets(at) as look:
            return self.budgets.listed(self.meter.store.state, cursor, limit, look)

    def budget(self, name: str, entity: str = "", at: str = "") -> OneBudget:
        """One budget of one entity, day by day. Raises NotFound, and BadInput where it is not said whose."""
        self.budgets.named(name)
        with self.looking_at_budgets(at) as look:
            return self.budgets.single(self.meter.store.state, name, entity, look)

    def adjust_budget(self, name: str, entity: str, amount: Decimal, reason: str, who: str) -> OneBudget:
        """Add to the limit of the period that runs, or take from it."""
        self.budgets.named(name)
        if self.workspace.budgets[name].of == "cost":
            self.keep_budgets()  # a limit is that of a period which is kept
        return self.budgets.adjust(self.meter.store, name, entity, amount, reason, who)

    def sweep_budgets(self) -> int:
        """Let go of what is held for longer than it may; how many reservations."""
        if not self.workspace.budgets or not self.workspace.database.there(self.directory):
            return 0
        return self.budgets.sweep(self.meter.store)
