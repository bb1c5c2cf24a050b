"""GET /plan."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from apportion.analytics.changes import Changes
from apportion.api.answers import reply
from apportion.api.deps import Workspace
from apportion.api.problems import documented
from apportion.api.routes.changes import ChangesParams
from apportion.api.routes.reports import REPORT

router = APIRouter(prefix="/plan", tags=["Workspace"])


@router.get(
    "",
    summary="What an allocation would change now",
    response_model=Changes,
    responses={**REPORT, **documented(409)},
)
def get_plan(request: Request, app: Workspace, params: Annotated[ChangesParams, Query()]) -> Response:
    """Rules and data as they are now against the run that stands. May take as long as an allocation."""
    found = app.plan(params.window, params.metric or "")
    return reply(request, found.limited(params.limit), params, "targets")
