"""GET /budgets, /budgets/check and /budgets/{name}; POST to reserve, to settle, and to adjust a limit."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from apportion.api.answers import reply
from apportion.api.deps import Asking, TableParams, Workspace, pins_of
from apportion.api.problems import documented
from apportion.api.routes.reports import REPORT
from apportion.budgets.asking import Reserved, Settled
from apportion.budgets.bodies import Cost, ReserveBody, SettleBody, call_of
from apportion.budgets.report import BudgetList, Checked, OneBudget
from apportion.metering.operation import Text

router = APIRouter(prefix="/budgets", tags=["Budgets"])
single = APIRouter(prefix="/budgets", tags=["Budgets"])
AMOUNT = r"^\d{1,10}(\.\d{1,12})?$"
ANSWERS = documented(402, 403, 404, 409, 422, 503)


AT = Field(
    default="",
    max_length=40,
    description="A day (its end in the reporting time zone) or a time; left out, now, or the newest call, "
    "where its period ended more than a week ago.",
    examples=["2026-10-31"],
)


class BudgetsParams(TableParams):
    """Which page of them."""

    at: str = AT
    cursor: str = Field(default="", max_length=2000, description="From `next_cursor` of the page before.")
    limit: int = Field(default=100, ge=1, le=1000)


class CheckParams(TableParams):
    """Whom and what a call is for; dimensions of your own as `dimensions.NAME`."""

    model_config = ConfigDict(extra="allow")

    customer: Text | None = None
    plan: Text | None = None
    feature: Text | None = None
    organization: Text | None = None
    cost_center: Text | None = None
    team: Text | None = None
    project: Text | None = None
    user: Text | None = None
    workflow: Text | None = None
    environment: Text | None = None
    region: Text | None = None
    operation: Text | None = None
    provider: Text | None = None
    model: Text | None = None
    estimate: Annotated[Cost, WithJsonSchema({"type": "string", "pattern": AMOUNT})] | None = Field(
        default=None, description="Whether there is room for so much; for anything at all where left out."
    )


class BudgetParams(TableParams):
    """Of whom."""

    at: str = AT
    entity: str = Field(
        default="",
        max_length=2000,
        description="The name, or JSON of fields and names; needed where the budget is one for each of many.",
        examples=["search"],
    )


class AdjustBody(BaseModel):
    """A change of the limit, for the period that runs."""

    model_config = ConfigDict(extra="forbid")

    entity: str = Field(default="", max_length=2000, description="As for GET.", examples=["search"])
    amount: Annotated[Decimal, Field(max_digits=18, decimal_places=9)] = Field(
        description="What is added; less than 0 takes away.", examples=["500"]
    )
    reason: str = Field(min_length=1, max_length=1000, examples=["The launch, agreed with finance"])


@router.get("", summary="Budgets", response_model=BudgetList, responses=REPORT)
def list_budgets(request: Request, app: Workspace, params: Annotated[BudgetsParams, Query()]) -> Response:
    """Every budget of every entity in the period that runs, in the order of their names."""
    return reply(request, app.list_budgets(params.cursor, params.limit, params.at), params, "budgets")


@router.get("/check", summary="Check for room", response_model=Checked, responses=REPORT)
def check_budgets(request: Request, app: Workspace, params: Annotated[CheckParams, Query()]) -> Response:
    """Whether a call would be let in now. Nothing is held, so the answer may be old when you use it."""
    given = params.model_dump(exclude={"format", "table", "estimate"}, exclude_none=True)
    names = call_of({**given, **pins_of(request, CheckParams)})
    return reply(request, app.check_budgets(names, params.estimate), params, "budgets")


@router.post("/reserve", summary="Reserve before a call", responses=ANSWERS)
def reserve_budget(app: Workspace, body: ReserveBody) -> Reserved:
    """Hold what a call may cost in every budget that it concerns, all or nothing.

    402 where an enforced budget has no room: do not make the call. The same request under the same id again
    is answered the same while it is held, and is a new one where it was released or has expired. Another one
    under that id is refused with 409, and so is one whose call has been settled or recorded.
    """
    return app.reserve_budget(body)


@router.post("/settle", summary="Settle after a call", responses=ANSWERS)
def settle_budget(request: Request, app: Workspace, body: SettleBody) -> Settled:
    """Say what a call was, or what it cost, or that it was not made. Done twice it changes nothing.

    An operation of the same id that comes any other way settles, too.
    """
    source = "sdk" if request.headers.get("user-agent", "").startswith("apportion-sdk") else "api"
    return app.settle_budget(body, source)


@single.get("/{name}", summary="One budget", response_model=OneBudget, responses=REPORT)
def get_budget(
    name: str, request: Request, app: Workspace, params: Annotated[BudgetParams, Query()]
) -> Response:
    """How it burns down day by day, what is expected of it, what is held, and what cost more than thought."""
    return reply(request, app.budget(name, params.entity, params.at), params, "by_day")


@single.post("/{name}/adjust", summary="Adjust a limit", responses=ANSWERS)
def adjust_budget(name: str, app: Workspace, body: AdjustBody, asking: Asking) -> OneBudget:
    """Add to the limit of the period that runs, or take from it. The next period has that of the file."""
    return app.adjust_budget(name, body.entity, body.amount, body.reason, asking.name)
