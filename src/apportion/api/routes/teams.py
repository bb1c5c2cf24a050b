"""GET /costs/teams."""

from fastapi import APIRouter, Request, Response

from apportion import economics
from apportion.api.answers import reply
from apportion.api.deps import Reporting, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(tags=["Reports"])


@router.get(
    "/costs/teams", summary="Cost of every team", response_model=economics.TeamsReport, responses=REPORT
)
def list_teams(request: Request, app: Workspace, params: Reporting) -> Response:
    """Cost of each team and how much of it serves production, the most expensive first."""
    with app.reader() as (con, facts):
        return reply(request, economics.teams(con, params.scope(facts)), params, "teams")
