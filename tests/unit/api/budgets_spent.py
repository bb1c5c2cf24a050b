"""Budgets of a small company: search has a call under way, ads has spent more than it may."""

import weakref
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from apportion.app.budgeting import Budgeting
from apportion.budgets.bodies import ReserveBody, SettleBody

SETTINGS = """\
budgets:
  company: {amount: 1000}
  team_ai:
    title: AI of teams
    for: {team: "*"}
    amount: 10
    amounts: {search: 8}
    enforced: true
rates:
  - {provider: acme, model: larch, per_million: {input: 1, output: 1}}
"""


class BudgetsSpent:
    """Answers for the budgets of a workspace of its own, made when it is first asked."""

    @cached_property
    def _budgeted(self) -> Budgeting:
        folder = TemporaryDirectory()
        weakref.finalize(self, folder.cleanup)
        (Path(folder.name) / "apportion.yaml").write_text(SETTINGS)
        made = Budgeting(Path(folder.name))
        weakref.finalize(self, made.stop)
        now = datetime.now(UTC).isoformat()
        call = f'"time": "{now}", "team": "ads", "provider": "acme", "model": "larch", "output_tokens": 0'
        made.post_operations(f'{{"id": "ads-1", {call}, "input_tokens": 11000000}}'.encode())
        made.reserve_budget(ReserveBody(id="search-1", team="search", estimate=Decimal("1.5")))
        made.reserve_budget(ReserveBody(id="search-2", team="search", estimate=Decimal("0.5")))
        made.settle_budget(SettleBody(id="search-2", cost=Decimal("0.75")))
        return made

    def list_budgets(self, cursor: str = "", limit: int = 100, at: str = "") -> Any:
        return self._budgeted.list_budgets(cursor, limit, at)

    def check_budgets(self, names: Any, estimate: Any = None) -> Any:
        return self._budgeted.check_budgets(names, estimate)

    def reserve_budget(self, body: Any) -> Any:
        return self._budgeted.reserve_budget(body)

    def settle_budget(self, body: Any, source: str = "api") -> Any:
        return self._budgeted.settle_budget(body, source)

    def budget(self, name: str, entity: str = "", at: str = "") -> Any:
        return self._budgeted.budget(name, entity, at)

    def adjust_budget(self, name: str, entity: str, amount: Any, reason: str, who: str) -> Any:
        return self._budgeted.adjust_budget(name, entity, amount, reason, who)
