"""GET /reconciliation."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from apportion.analytics.reconciliation import Reconciliation, Wanted, reconciliation
from apportion.api.answers import reply
from apportion.api.deps import MetricName, TableParams, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(tags=["Workspace"])


class ReconciliationParams(TableParams):
    """Which rows of the statement; all of them where nothing is said."""

    perspective: str | None = Field(default=None, max_length=64)
    source: str | None = Field(default=None, max_length=200)
    billing_period: str | None = Field(default=None, max_length=7, examples=["2026-09"])
    currency: str | None = Field(default=None, max_length=3)
    metric: MetricName | None = None


@router.get("/reconciliation", summary="Does it add up?", response_model=Reconciliation, responses=REPORT)
def get_reconciliation(
    request: Request, app: Workspace, params: Annotated[ReconciliationParams, Query()]
) -> Response:
    """What the bills charged, through every step to where the last run put it, to the last digit."""
    wanted = Wanted(**{name: getattr(params, name) for name in vars(Wanted())})
    with app.reader() as (con, facts):
        return reply(request, reconciliation(con, facts, wanted), params, "rows")
