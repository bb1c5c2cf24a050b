"""GET /costs/trend."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from apportion import economics
from apportion.analytics.scope import Scope
from apportion.api.answers import reply
from apportion.api.deps import ReportParams, Workspace
from apportion.api.routes.reports import REPORT
from apportion.core.errors import BadInput

router = APIRouter(tags=["Reports"])


class TrendParams(ReportParams):
    """How far back, and by what."""

    days: int | None = Field(default=None, ge=1, le=3660, description="Days back, instead of a window.")
    by: str = Field(default="team", max_length=64, description="A dimension or the target of a perspective.")


@router.get("/costs/trend", summary="Daily cost", response_model=economics.TrendReport, responses=REPORT)
def get_trend(request: Request, app: Workspace, params: Annotated[TrendParams, Query()]) -> Response:
    """Cost of each day, the eight largest teams, services or customers apart and the rest as one."""
    if params.days is not None and "window" in params.model_fields_set:
        raise BadInput("Give 'days' or 'window', not both.", where="days")
    window = f"{params.days}d" if params.days else params.window
    with app.reader() as (con, facts):
        scope = Scope.of(facts, window, params.metric, params.currency)
        return reply(request, economics.trend(con, scope, params.by), params, "series")
