"""GET /operations/true-up and /operations/margin: rates beside invoices, cost beside revenue."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from apportion.api.answers import reply
from apportion.api.deps import Workspace
from apportion.api.routes.operation_reports import OperationParams
from apportion.api.routes.reports import REPORT
from apportion.economics import operations
from apportion.economics.operations.true_up import Metric

router = APIRouter(prefix="/operations", tags=["AI"])


class TrueUpParams(OperationParams):
    """In which cost column of the charges."""

    metric: Metric | None = Field(default=None, description="The reporting metric where left out.")


@router.get(
    "/true-up",
    summary="AI cost beside the invoice",
    response_model=operations.OperationsTrueUp,
    responses=REPORT,
    description="Operations at their rates beside what their provider charged, by day (UTC) and model.",
)
def operations_true_up(
    request: Request, app: Workspace, params: Annotated[TrueUpParams, Query()]
) -> Response:
    with app.operations_asked() as (con, facts):
        report = app.true_up(con, params.asked(request, facts), params.metric)
    return reply(request, report, params, "providers")


class MarginParams(OperationParams):
    """By whom."""

    by: Literal["customer", "feature"] = Field(default="customer", description="Who earns.")
    limit: int = Field(default=100, ge=1, le=1000, description="The dearest are shown.")


@router.get(
    "/margin",
    summary="AI cost beside revenue",
    response_model=operations.OperationsMargin,
    responses=REPORT,
    description="Cost, infrastructure, revenue and margin together, by customer or by feature, on days of "
    "which cost and revenue are known.",
)
def operations_margin(request: Request, app: Workspace, params: Annotated[MarginParams, Query()]) -> Response:
    with app.operations_asked() as (con, facts):
        report = app.operations_margin(con, params.asked(request, facts), params.by, params.limit)
    return reply(request, report, params, "groups")
