"""GET /reconciliation."""

from fastapi import APIRouter, Request, Response

from apportion.analytics.reconciliation import Reconciliation, reconciliation
from apportion.api.answers import reply
from apportion.api.deps import Tabular, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(tags=["Workspace"])


@router.get("/reconciliation", summary="Does it add up?", response_model=Reconciliation, responses=REPORT)
def get_reconciliation(request: Request, app: Workspace, params: Tabular) -> Response:
    """What the bills charged against where the last run put it, to the last digit."""
    with app.reader() as (con, facts):
        return reply(request, reconciliation(con, facts.run_id), params, "rows")
