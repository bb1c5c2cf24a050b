"""GET /dimensions."""

from fastapi import APIRouter, Request, Response

from apportion.analytics.catalog import Catalog, catalog
from apportion.api.answers import reply
from apportion.api.deps import Tabular, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(tags=["Query"])


@router.get("/dimensions", summary="What can be asked about", response_model=Catalog, responses=REPORT)
def list_dimensions(request: Request, app: Workspace, params: Tabular) -> Response:
    """Dimensions with their largest values, columns, perspectives, measures, and the days of the data."""
    with app.reader() as (con, facts):
        return reply(request, catalog(con, facts), params, "dimensions")
