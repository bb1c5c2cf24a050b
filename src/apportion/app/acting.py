"""What is done about alerts besides telling somebody: never unless apportion.yaml lists it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apportion.app.operating import Operating
from apportion.core.errors import NotFound

if TYPE_CHECKING:
    from apportion.alerts.actions.contract import Doer
    from apportion.alerts.actions.running import ActionRun
    from apportion.alerts.actions.settings import AnyAction
    from apportion.alerts.settings import Alerts


class Acting(Operating):
    """Actions of a workspace."""

    @property
    def alert_settings(self) -> Alerts:
        """What apportion.yaml says of alerts, in the time zone of reports unless it names another."""
        given = self.workspace
        declared = given.alerts.declaring(budgets=bool(given.budgets), plans=bool(given.plans.offered))
        return declared.in_zone(given.reporting.time_zone)

    def run_action(
        self, name: str, who: str, *, armed: bool = False, only: str = "", reason: str = ""
    ) -> list[ActionRun]:
        """Run an action by hand. Without `armed` it only says what it would do, which is kept, too.

        Raises NotFound, Refused where it is not armed in apportion.yaml, and OverLimit.
        """
        from apportion.alerts.actions.running import Asked, check, run  # noqa: PLC0415

        action = self._action(name)
        asked = Asked(name, who, reason, armed=armed, only=only)
        check(action, asked)  # before the cloud is asked for anything
        return run(self._opened(), action, self._doer(action), asked, lambda: datetime.now(UTC))

    def undo_action(self, action_id: str, who: str) -> ActionRun:
        """Put what an action changed back into the state before. Raises NotFound and Refused."""
        from apportion.alerts.actions.running import undo  # noqa: PLC0415

        def carries(name: str) -> Doer:
            return self._doer(self._action(name))

        return undo(self._opened(), action_id, carries, who, lambda: datetime.now(UTC))

    def action_log(self, limit: int = 100) -> list[ActionRun]:
        """What was done and what would have been, the newest first."""
        from apportion.alerts.actions.running import log  # noqa: PLC0415

        with self._state_there() as state:
            return log(state, limit) if state else []

    def act_on_alerts(self) -> list[ActionRun]:
        """Run the actions that an open alert asks for, each once for each alert."""
        if not any(action.when for action in self.workspace.alerts.actions.values()):
            return []
        from apportion.alerts.actions.following import follow  # noqa: PLC0415

        return follow(self._opened(), self.alert_settings, lambda: datetime.now(UTC), self._doer)

    def _doer(self, action: AnyAction) -> Doer:
        """What carries an action out."""
        from apportion.alerts.actions.running import doer_of  # noqa: PLC0415

        if action.kind != "deny_budget":
            return doer_of(action)
        from apportion.alerts.actions.budget import Limits  # noqa: PLC0415

        budgets = self.budgets
        return Limits(action, budgets.following, self.meter.store.alone, budgets.now)

    def _action(self, name: str) -> AnyAction:
        actions = self.workspace.alerts.actions
        if name not in actions:
            known = ", ".join(actions) or "none"
            raise NotFound(
                f"There is no action '{name}'.", where="alerts.actions", hint=f"There are: {known}."
            )
        return actions[name]
