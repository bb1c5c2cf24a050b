"""GET /plans and /credits; POST to grant, take back, pay back and subscribe."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from apportion.api.answers import reply
from apportion.api.deps import Asking, TableParams, Tabular, Workspace
from apportion.api.problems import documented
from apportion.api.routes.reports import REPORT
from apportion.credits.refunding import RefundOrder
from apportion.credits.report import CreditsList, OneAccount, PlanList, Refunded, TakeBack
from apportion.credits.service import Given, GrantOrder, SubscriptionOrder
from apportion.credits.taking_back import TakeBackOrder

router = APIRouter(tags=["Credits"])
CHANGED = {200: {"description": "As it is now."}, **documented(401, 403, 404, 409, 422, 503)}
Amount = Annotated[Decimal, Field(gt=0, le=10**9, max_digits=19, decimal_places=9, examples=["500"])]
PLAIN = r"^[^\x00]*$"
Text = Annotated[str, Field(max_length=1000, pattern=PLAIN)]
Id = Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN)]


AT = Field(
    default="",
    max_length=40,
    description="A day (its end in the reporting time zone) or a time; left out, now, or where the newest "
    "use ends, where nothing came in for a week.",
    examples=["2026-10-31"],
)


class CreditsParams(TableParams):
    """Which page."""

    at: str = AT
    cursor: str = Field(default="", max_length=200, description="From `next_cursor` of the page before.")
    limit: int = Field(default=100, ge=1, le=1000)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Granted(_Body):
    """Credits to give."""

    grant_id: Id = Field(description="Sent twice under one id, they count once.", examples=["order-1047"])
    kind: Given = "top_up"
    credits: Amount
    expires: datetime | None = Field(default=None, description="Never where left out.")
    priority: int | None = Field(
        default=None,
        ge=0,
        le=1000,
        description="Smaller ones are used first. Else 10 for promotions and refunds, 20 for what a plan "
        "includes, 30 for adjustments, 40 for what was bought.",
    )
    reason: Text = ""


class TakenBack(_Body):
    """Why a grant is taken back."""

    reason: Text = Field(default="", examples=["5,000 instead of 500"])


class PaidBack(_Body):
    """Credits of an operation to pay back."""

    operation_id: Id = Field(examples=["call-8731"])
    credits: Amount | None = Field(default=None, description="All of them where left out.")
    refund_id: str = Field(
        default="",
        max_length=200,
        pattern=PLAIN,
        description="Sent twice under one id, it counts once. A part needs one.",
    )
    reason: Text = ""


class Subscribed(_Body):
    """A plan from a day on."""

    plan: Id = Field(examples=["pro"])
    since: date | None = Field(default=None, description="Today in the reporting time zone where left out.")
    until: date | None = Field(default=None, description="The day after its last; until another one begins.")
    contact: str = Field(
        default="",
        max_length=500,
        pattern=PLAIN,
        description="The e-mail address of whoever is told when its credits run out.",
        examples=["a@b.example"],
    )
    reason: Text = Field(default="", description="The audit log keeps it.")


@router.get("/plans", summary="Plans", response_model=PlanList, responses=REPORT)
def list_plans(request: Request, app: Workspace, params: Tabular) -> Response:
    """Every plan of apportion.yaml, and how many customers have it."""
    return reply(request, app.plans(), params, "plans")


@router.get("/credits", summary="Credits of customers", response_model=CreditsList, responses=REPORT)
def list_credits(request: Request, app: Workspace, params: Annotated[CreditsParams, Query()]) -> Response:
    """Customers by name: plan, credits used of what is included, what is left, and until when."""
    return reply(request, app.credits(params.cursor, params.limit, params.at), params, "credits")


@router.post("/credits/{customer:path}/grants", summary="Grant credits", responses=CHANGED)
def grant_credits(customer: str, app: Workspace, asking: Asking, granted: Granted) -> OneAccount:
    """Credits that were bought, given or corrected. What was overage before stays overage.

    The answer says `known: false` where nobody knew the customer, and `done_before` where it was sent before.
    """
    order = GrantOrder(
        granted.grant_id,
        granted.kind,
        granted.credits,
        expires=_utc(granted.expires),
        priority=granted.priority,
        reason=granted.reason,
        who=asking.name,
    )
    return app.grant_credits(customer, order)


@router.post(
    "/credits/{customer:path}/grants/{grant_id:path}/take-back",
    summary="Take a grant back",
    responses=CHANGED,
)
def take_back_credits(
    customer: str, grant_id: str, app: Workspace, asking: Asking, taken: TakenBack
) -> TakeBack:
    """What is left of a grant that was a mistake goes; what was used of it stays covered. It counts once."""
    return app.take_back_credits(customer, TakeBackOrder(grant_id, taken.reason, asking.name))


@router.post("/credits/{customer:path}/refunds", summary="Pay credits back", responses=CHANGED)
def refund_credits(customer: str, app: Workspace, asking: Asking, paid: PaidBack) -> Refunded:
    """Credits of an operation go back to the grants they came from; of a grant that is over, they expire."""
    order = RefundOrder(paid.operation_id, paid.credits, paid.refund_id, paid.reason, asking.name)
    return app.refund_credits(customer, order)


@router.post(
    "/credits/{customer:path}/plan",
    summary="Give a customer a plan",
    responses=CHANGED,
)
def subscribe_customer(customer: str, app: Workspace, asking: Asking, given: Subscribed) -> OneAccount:
    """From a day on, in place of what the list of customers says. The days that are left are included.

    The answer says `known: false` where nobody knew the customer.
    """
    order = SubscriptionOrder(
        given.plan,
        given.since,
        until=given.until,
        contact=given.contact,
        reason=given.reason,
        who=asking.name,
    )
    return app.subscribe_customer(customer, order)


@router.get(
    "/credits/{customer:path}", summary="One customer's credits", response_model=OneAccount, responses=REPORT
)
def get_credits(
    customer: str, request: Request, app: Workspace, params: Annotated[CreditsParams, Query()]
) -> Response:
    """Plans, grants with what is left of each, and the ledger, the newest entry first."""
    return reply(
        request, app.credit_account(customer, params.cursor, params.limit, params.at), params, "entries"
    )


def _utc(time: datetime | None) -> datetime | None:
    """A time without a zone is UTC."""
    return time.replace(tzinfo=UTC) if time and time.tzinfo is None else time
