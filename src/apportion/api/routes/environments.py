"""GET /costs/environments."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from apportion import economics
from apportion.api.answers import reply
from apportion.api.deps import ReportParams, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(tags=["Reports"])


class EnvironmentParams(ReportParams):
    """Whose environments to compare."""

    by: str = Field(default="team", max_length=64, description="A dimension, such as team or service.")


@router.get(
    "/costs/environments",
    summary="Environments side by side",
    response_model=economics.EnvironmentsReport,
    responses=REPORT,
)
def compare_environments(
    request: Request, app: Workspace, params: Annotated[EnvironmentParams, Query()]
) -> Response:
    """Cost of each team or service in each environment, and where another costs more than production."""
    with app.reader() as (con, facts):
        return reply(request, economics.environments(con, params.scope(facts), params.by), params, "rows")
