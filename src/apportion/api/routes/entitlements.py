"""GET /entitlements/{customer} and /customers/{customer}/usage: what a customer may do, and its own page."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from apportion.api.answers import reply
from apportion.api.deps import TableParams, Workspace
from apportion.api.routes.credits import AT
from apportion.api.routes.reports import REPORT
from apportion.credits.entitlements import Entitlements
from apportion.credits.page import UsagePage

router = APIRouter(tags=["Credits"])


class EntitlementParams(TableParams):
    """Of what."""

    feature: str | None = Field(
        default=None,
        max_length=200,
        description="`allowed` is about this feature; all the plan names are listed.",
    )


class UsageParams(TableParams):
    """Of which days."""

    at: str = AT
    window: str = Field(
        default="period",
        max_length=30,
        description="Days of `by_day` and `by_feature`: those of the plan's period so far, or days back from "
        "today, a month, or days (the end excluded).",
        examples=["period", "30d"],
    )


@router.get(
    "/entitlements/{customer:path}",
    summary="What a customer may do now",
    response_model=Entitlements,
    responses=REPORT,
)
def get_entitlements(
    customer: str, request: Request, app: Workspace, params: Annotated[EntitlementParams, Query()]
) -> Response:
    """Whether it is allowed, and why not: by the plan, limits of features, and the credits that are left."""
    return reply(request, app.entitlements(customer, params.feature), params, "features")


@router.get(
    "/customers/{customer:path}/usage",
    summary="A customer's own page",
    response_model=UsagePage,
    responses=REPORT,
)
def get_usage(
    customer: str, request: Request, app: Workspace, params: Annotated[UsageParams, Query()]
) -> Response:
    """Credits used of what the plan includes, what is left, use by day and feature; no cost, no margin."""
    return reply(request, app.customer_usage(customer, params.window, params.at), params, "by_day")
