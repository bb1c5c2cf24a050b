"""GET /alerts, /alerts/rules and /alerts/{id}; POST to take, mute or unmute one."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from apportion.access.doing import name_of
from apportion.alerts.report import AlertList, AlertRow, OneAlert, RuleList
from apportion.api.answers import reply
from apportion.api.deps import Asking, TableParams, Tabular, Workspace
from apportion.api.problems import documented
from apportion.api.routes.reports import REPORT

router = APIRouter(prefix="/alerts", tags=["Alerts"])
single = APIRouter(prefix="/alerts", tags=["Alerts"])
CHANGED = {200: {"description": "The alert as it is now."}, **documented(403, 404, 409, 422, 503)}


WHO: str = Field(
    default="",
    max_length=200,
    description="Only where nobody has an account; then whoever asks is meant.",
    examples=["ana"],
)


class AlertsParams(TableParams):
    """Which alerts, and which page of them."""

    state: Literal["all", "unresolved", "open", "acknowledged", "resolved"] = Field(
        default="unresolved", description="unresolved is open and acknowledged."
    )
    severity: Literal["warning", "critical"] | None = Field(default=None, description="One severity.")
    rule: str = Field(default="", max_length=63, description="Of one rule, by its name.")
    cursor: str = Field(default="", max_length=60, description="From `next_cursor` of the page before.")
    limit: int = Field(default=100, ge=1, le=1000)


class Taken(BaseModel):
    """Who has an alert."""

    model_config = ConfigDict(extra="forbid")

    who: str = WHO
    reason: str = Field(default="", max_length=1000, description="What is being done.")


class Muted(BaseModel):
    """Until when nobody needs to hear of an alert, and why."""

    model_config = ConfigDict(extra="forbid")

    until: datetime = Field(examples=["2027-01-01T00:00:00Z"])
    reason: str = Field(min_length=1, max_length=1000, examples=["A trial, agreed with sales"])
    who: str = WHO


class Unmuted(BaseModel):
    """Who lets an alert be heard of again."""

    model_config = ConfigDict(extra="forbid")

    who: str = WHO


@router.get("", summary="Alerts", response_model=AlertList, responses=REPORT)
def list_alerts(request: Request, app: Workspace, params: Annotated[AlertsParams, Query()]) -> Response:
    """What rules found, the newest first, and which channels were told."""
    found = app.alerts(
        state=params.state,
        severity=params.severity,
        rule=params.rule,
        cursor=params.cursor,
        limit=params.limit,
    )
    return reply(request, found, params, "alerts")


@router.get("/rules", summary="Rules of alerts", response_model=RuleList, responses=REPORT)
def list_rules(request: Request, app: Workspace, params: Tabular) -> Response:
    """Every rule as it holds, whether it ships so, when it was last evaluated, and its open alerts."""
    return reply(request, app.alert_rules(), params, "rules")


@single.get("/{alert_id}", summary="One alert", response_model=OneAlert, responses=REPORT)
def get_alert(alert_id: str, request: Request, app: Workspace, params: Tabular) -> Response:
    """What was found, who was told, and everything that became of it."""
    return reply(request, app.alert(alert_id), params, "history")


@single.post("/{alert_id}/acknowledge", summary="Take an alert", responses=CHANGED)
def acknowledge_alert(alert_id: str, app: Workspace, by: Asking, taken: Taken) -> AlertRow:
    """No reminders and no escalation from now on, unless it becomes worse."""
    return app.acknowledge_alert(alert_id, name_of(by, taken.who), taken.reason)


@single.post("/{alert_id}/mute", summary="Mute an alert", responses=CHANGED)
def mute_alert(alert_id: str, app: Workspace, by: Asking, muted: Muted) -> AlertRow:
    """Nobody hears of it until then, also where it goes away and comes back. A time without a zone is UTC."""
    until = muted.until if muted.until.tzinfo else muted.until.replace(tzinfo=UTC)
    return app.mute_alert(alert_id, until, muted.reason, name_of(by, muted.who))


@single.post("/{alert_id}/unmute", summary="Unmute an alert", responses=CHANGED)
def unmute_alert(alert_id: str, app: Workspace, by: Asking, unmuted: Unmuted) -> AlertRow:
    """It is heard of again."""
    return app.unmute_alert(alert_id, name_of(by, unmuted.who))
