"""GET /costs/units."""

from fastapi import APIRouter, Request, Response

from apportion import economics
from apportion.api.answers import reply
from apportion.api.deps import Reporting, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(tags=["Reports"])


@router.get("/costs/units", summary="Unit costs", response_model=economics.UnitsReport, responses=REPORT)
def list_units(request: Request, app: Workspace, params: Reporting) -> Response:
    """The company's cost for one of each measured thing and for one active customer, day by day."""
    with app.reader() as (con, facts):
        return reply(request, economics.units(con, params.scope(facts)), params, "units")
