"""GET /overview."""

from fastapi import APIRouter, Request, Response

from apportion import economics
from apportion.api.answers import reply
from apportion.api.deps import Reporting, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(tags=["Reports"])


@router.get(
    "/overview", summary="The company on one page", response_model=economics.Overview, responses=REPORT
)
def overview(request: Request, app: Workspace, params: Reporting) -> Response:
    """Cost, revenue and margin of the window, by day, team and customer, and what deserves a look."""
    with app.reader() as (con, facts):
        return reply(request, economics.overview(con, params.scope(facts)), params, "by_customer")
