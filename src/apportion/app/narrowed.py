"""A workspace as a tenant may use it: only what gives a tenant its own, and nothing else is even there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from apportion.access.errors import Forbidden
from apportion.app.own_budgets import check_own, list_own, one_own

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from decimal import Decimal

    import duckdb

    from apportion.access import Tenant
    from apportion.analytics.models import Facts
    from apportion.analytics.query import Query
    from apportion.budgets.report import BudgetList, Checked, OneBudget
    from apportion.credits.entitlements import Entitlements
    from apportion.credits.page import UsagePage
    from apportion.economics.operations import OperationFacts, SingleOperation
    from apportion.forecasting import Given


class Closed:
    """The workspace of whom nobody knows: whether it lives, and no more."""

    def __init__(self, app: Any) -> None:
        self._app = app

    @property
    def version(self) -> str:
        """Of the program."""
        version: str = self._app.version
        return version

    def health(self) -> dict[str, Any]:
        """Whether it answers; no numbers, no names."""
        status = self._app.health()["status"]
        return {"status": status, "version": "", "workspace": "", "run": None, "tables": {}}

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # Python itself asks for these, and takes no for an answer
            raise AttributeError(name)
        raise Forbidden("You may not use this.")


class OfTeam(Closed):
    """The workspace of one team."""

    def __init__(self, app: Any, team: str) -> None:
        super().__init__(app)
        self._team = team

    def reader(self) -> AbstractContextManager[tuple[duckdb.DuckDBPyConnection, Facts]]:
        """The results of the last run, as far as they are the team's."""
        found: AbstractContextManager[tuple[duckdb.DuckDBPyConnection, Facts]] = self._app.team_reader(
            self._team
        )
        return found

    def operations_asked(self) -> AbstractContextManager[tuple[duckdb.DuckDBPyConnection, OperationFacts]]:
        """The operations of the team."""
        found: AbstractContextManager[tuple[duckdb.DuckDBPyConnection, OperationFacts]]
        found = self._app.team_operations(self._team)
        return found

    def operation(self, name: str) -> SingleOperation:
        """One operation of the team."""
        found: SingleOperation = self._app.team_operation(self._team, name)
        return found

    def list_budgets(self, cursor: str = "", limit: int = 100, at: str = "") -> BudgetList:
        """Budgets of the team."""
        return list_own(self._app, self._team, cursor, limit, at)

    def budget(self, name: str, entity: str = "", at: str = "") -> OneBudget:
        """One budget of the team."""
        return one_own(self._app, self._team, name, entity, at)

    def check_budgets(self, names: Mapping[str, Any], estimate: Decimal | None = None) -> Checked:
        """Whether there is room in the team's budgets."""
        return check_own(self._app, "team", self._team, names, estimate)

    def given_forecasts(self, facts: Facts, query: Query) -> list[Given]:  # noqa: ARG002
        """None: forecasts were kept of the whole company, and of all who are in it."""
        return []


class OfCustomer(Closed):
    """The workspace of one customer."""

    def __init__(self, app: Any, customer: str) -> None:
        super().__init__(app)
        self._customer = customer

    def entitlements(self, customer: str, feature: str | None = None) -> Entitlements:
        """What the customer may do."""
        self._own(customer)
        found: Entitlements = self._app.entitlements(customer, feature)
        return found

    def customer_usage(self, customer: str, window: str = "period", at: str = "") -> UsagePage:
        """The customer's own page."""
        self._own(customer)
        found: UsagePage = self._app.customer_usage(customer, window, at)
        return found

    def check_budgets(self, names: Mapping[str, Any], estimate: Decimal | None = None) -> Checked:
        """Whether anything is left in the customer's budgets; they are cost, so no amount is told."""
        if estimate is not None:  # who may ask for any amount soon knows which one there is
            raise Forbidden("You may not ask for an amount.")
        if "customer" in names:
            self._own(str(names["customer"]))
        of_it = {**names, "customer": self._customer}
        found = check_own(self._app, "customer", self._customer, of_it, None)
        return found.model_copy(update={"budgets": []})

    def _own(self, customer: str) -> None:
        """Raises Forbidden for another, whether that one is there or not."""
        if self._app.customer_meant(customer) != self._customer:
            raise Forbidden("This is not yours to see.")


def narrowed(app: Any, tenant: Tenant | None) -> Any:
    """`app` for a tenant, or for whom nobody knows (None); all that does not honour that raises Forbidden."""
    if tenant is None:
        return Closed(app)
    nobodys = tenant.name.startswith("(")  # (none), (unallocated)
    if nobodys or not tenant.name or "\0" in tenant.name:
        raise Forbidden(f"'{tenant.name}' is no {tenant.kind}.")
    return OfTeam(app, tenant.name) if tenant.kind == "team" else OfCustomer(app, tenant.name)
