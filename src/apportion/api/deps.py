"""What every route needs: the workspace, the parameters reports share, and how an answer is written."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

import duckdb
from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from apportion.access import Caller
from apportion.access.errors import Forbidden, Unauthenticated
from apportion.analytics.changes import Changes
from apportion.analytics.doubts import DoubtsReport
from apportion.analytics.models import Facts
from apportion.analytics.query import Query as CostQuery
from apportion.analytics.scope import DEFAULT_WINDOW, Scope
from apportion.analytics.sources import SourceReport, SourcesReport
from apportion.app.narrowed import narrowed
from apportion.economics import BehindReport, BehindRequest, BridgeReport, BridgeRequest
from apportion.economics.operations import OperationFacts
from apportion.ingestion.push import Receipt
from apportion.suggestions import Found

if TYPE_CHECKING:
    from apportion.access.service import Access
    from apportion.alerts.history import ChannelList, MessageList, OneMessage
    from apportion.alerts.report import AlertList, AlertRow, OneAlert, RuleList
    from apportion.anomalies.incidents import Incident, State
    from apportion.anomalies.report import AnomaliesReport, AnomalyReport
    from apportion.anomalies.report import Asked as AnomaliesAsked
    from apportion.app.exporting import Export, ExportOrder
    from apportion.budgets.asking import Reserved, Settled
    from apportion.budgets.bodies import ReserveBody, SettleBody
    from apportion.budgets.report import BudgetList, Checked, OneBudget
    from apportion.credits.entitlements import Entitlements
    from apportion.credits.page import UsagePage
    from apportion.credits.refunding import RefundOrder
    from apportion.credits.report import CreditsList, OneAccount, PlanList, Refunded, TakeBack
    from apportion.credits.service import GrantOrder, SubscriptionOrder
    from apportion.credits.taking_back import TakeBackOrder
    from apportion.economics.operations import Asked, OperationsMargin, OperationsTrueUp, SingleOperation
    from apportion.economics.operations.margin import By
    from apportion.forecasting import Given
    from apportion.metering.cards import CardUse
    from apportion.metering.service import Completed
    from apportion.metering.service import Receipt as Metered
    from apportion.metering.unpriced import Unpriced
    from apportion.pricing import RateCard

MetricName = Literal["EffectiveCost", "BilledCost"]
Format = Literal["json", "csv"]
WINDOW_PATTERN = r"^(\d{1,4}d(ays)?|\d{4}-\d{2}|\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2})$"


class App(Protocol):
    """The workspace as the API uses it; safe to call from threads."""

    version: str

    def run_key(self) -> str:
        """Changes whenever a reader would see something else."""

    def reader(self) -> AbstractContextManager[tuple[duckdb.DuckDBPyConnection, Facts]]:
        """The results of the last run. Raises NotFound before the first."""

    def loads(self, kind: str = "bill") -> list[dict[str, Any]]: ...
    def load(self, load_id: str) -> dict[str, Any]: ...
    def push_usage(self, key: str, body: bytes) -> tuple[Receipt, bool]: ...
    def tidy_usage(self) -> int: ...
    def post_operations(self, body: bytes, source: str, encoding: str | None) -> "Metered": ...
    def tidy_operations(self) -> None: ...
    def complete_operations(self, body: bytes) -> "Completed": ...
    def take_traces(self, body: bytes, content_type: str, encoding: str | None) -> "Metered": ...
    def operations_asked(
        self,
    ) -> AbstractContextManager[tuple[duckdb.DuckDBPyConnection, OperationFacts]]: ...
    def true_up(
        self, con: duckdb.DuckDBPyConnection, asked: "Asked", metric: str | None = None
    ) -> "OperationsTrueUp": ...
    def operations_margin(
        self, con: duckdb.DuckDBPyConnection, asked: "Asked", by: "By" = "customer", most: int = 100
    ) -> "OperationsMargin": ...
    def operation(self, name: str) -> "SingleOperation": ...
    def export_operations(self, order: "ExportOrder") -> "Export": ...
    @property
    def rate_card(self) -> "RateCard": ...
    def named_card(self, version: str = "") -> "RateCard": ...
    def rate_cards(self) -> "list[CardUse]": ...
    def unpriced(self) -> "list[Unpriced]": ...
    def usage_doubts(self, window: str = "30d", measure: str | None = None) -> DoubtsReport: ...
    def sources(self) -> SourcesReport: ...
    def source(self, name: str) -> SourceReport: ...
    def bridge(self, request: BridgeRequest) -> BridgeReport: ...
    def bridge_charges(self, request: BridgeRequest, asked: BehindRequest) -> BehindReport: ...
    def given_forecasts(self, facts: Facts, query: CostQuery) -> "list[Given]": ...
    def runs(self) -> list[dict[str, Any]]: ...
    def run(self, run_id: str) -> dict[str, Any]: ...
    def plan(self, window: str = "", metric: str = "") -> Changes: ...
    def run_diff(self, before: str, after: str = "", window: str = "", metric: str = "") -> Changes: ...
    def suggest(self) -> Found: ...
    def anomalies(self, asked: "AnomaliesAsked", limit: int = 100, skip: int = 0) -> "AnomaliesReport": ...
    def anomaly(self, name: str) -> "AnomalyReport": ...
    def mark_anomaly(self, name: str, state: "State", reason: str = "", who: str = "") -> "Incident": ...
    def alerts(self, **asked: Any) -> "AlertList": ...
    def alert(self, alert_id: str) -> "OneAlert": ...
    def alert_rules(self) -> "RuleList": ...
    def acknowledge_alert(self, alert_id: str, who: str, reason: str = "") -> "AlertRow": ...
    def mute_alert(self, alert_id: str, until: datetime, reason: str, who: str) -> "AlertRow": ...
    def unmute_alert(self, alert_id: str, who: str) -> "AlertRow": ...
    def alert_messages(self, **asked: Any) -> "MessageList": ...
    def alert_message(self, message_id: str) -> "OneMessage": ...
    def retry_message(self, message_id: str) -> "OneMessage": ...
    def alert_channels(self) -> "ChannelList": ...
    def test_channel(self, channel: str) -> "OneMessage": ...
    def entitlements(self, customer: str, feature: str | None = None) -> "Entitlements": ...
    def customer_usage(self, customer: str, window: str = "period", at: str = "") -> "UsagePage": ...
    def plans(self) -> "PlanList": ...
    def credits(self, cursor: str = "", limit: int = 100, at: str = "") -> "CreditsList": ...
    def credit_account(
        self, customer: str, cursor: str = "", limit: int = 100, at: str = ""
    ) -> "OneAccount": ...
    def grant_credits(self, customer: str, order: "GrantOrder") -> "OneAccount": ...
    def refund_credits(self, customer: str, order: "RefundOrder") -> "Refunded": ...
    def take_back_credits(self, customer: str, order: "TakeBackOrder") -> "TakeBack": ...
    def subscribe_customer(self, customer: str, order: "SubscriptionOrder") -> "OneAccount": ...
    def list_budgets(self, cursor: str = "", limit: int = 100, at: str = "") -> "BudgetList": ...
    def check_budgets(self, names: Mapping[str, Any], estimate: Decimal | None = None) -> "Checked": ...
    def reserve_budget(self, body: "ReserveBody") -> "Reserved": ...
    def settle_budget(self, body: "SettleBody", source: str = "api") -> "Settled": ...
    def budget(self, name: str, entity: str = "", at: str = "") -> "OneBudget": ...
    def adjust_budget(
        self, name: str, entity: str, amount: Decimal, reason: str, who: str
    ) -> "OneBudget": ...
    def last_jobs(self) -> list[dict[str, Any]]: ...
    def health(self) -> dict[str, Any]: ...
    @property
    def access(self) -> "Access": ...


class Params(BaseModel):
    """Parameters of a route; a name that is not one of them is an error."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class TableParams(Params):
    """How an answer is written."""

    format: Format = Field(default="json", description="json, or csv for one table of the answer.")
    table: str | None = Field(
        default=None,
        max_length=40,
        description="Which list of the answer CSV holds; its main one where left out.",
    )


class ReportParams(TableParams):
    """What every report can be asked for."""

    window: str = Field(
        default=DEFAULT_WINDOW,
        max_length=30,
        description="Days back from the last complete day of data, a month, or days (the end excluded).",
        examples=["30d", "2026-09", "2026-09-01..2026-10-01"],
        json_schema_extra={"pattern": WINDOW_PATTERN},
    )
    metric: MetricName | None = Field(default=None, description="The workspace's default where left out.")
    currency: str | None = Field(
        default=None, max_length=3, description="The reporting currency where left out."
    )

    def scope(self, facts: Facts) -> Scope:
        return Scope.of(facts, self.window, self.metric, self.currency)


def the_caller(request: Request) -> Caller:
    """Who asks, as the policy point found. Raises Unauthenticated where nobody is known."""
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None:
        raise Unauthenticated("Nobody is logged in.", hint="Log in, or send 'Authorization: Bearer KEY'.")
    return caller


def the_app(request: Request) -> App:
    """The workspace as far as the caller may see it: for a tenant, and for whom nobody knows, narrowed.

    Raises Forbidden where another route answers than the one that was let in.
    """
    app: App = request.app.state.app
    caller: Caller | None = getattr(request.state, "caller", None)
    if getattr(request.scope.get("route"), "name", None) != getattr(request.state, "route", ""):
        raise Forbidden("This was not asked for.")
    if caller is not None and caller.tenant is None:
        return app
    own: App = narrowed(app, caller.tenant if caller else None)
    return own


Asking = Annotated[Caller, Depends(the_caller)]
Workspace = Annotated[App, Depends(the_app)]
Reporting = Annotated[ReportParams, Query()]
Tabular = Annotated[TableParams, Query()]


def window_text(window: str | None, start: date | None, to: date | None) -> str:
    """The window as one text, from either way of asking for it."""
    if start is not None and to is not None:
        return f"{start}..{to}"
    return window or DEFAULT_WINDOW


def pins_of(request: Request, params: type[BaseModel]) -> Mapping[str, str]:
    """The query's parameters beyond those `params` knows."""
    known = {field.alias or name for name, field in params.model_fields.items()}
    return {name: value for name, value in request.query_params.items() if name not in known}
