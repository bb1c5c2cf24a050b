"""GET /sources and /sources/{name}."""

from fastapi import APIRouter, Request, Response

from apportion.analytics.sources import SourceReport, SourcesReport
from apportion.api.answers import reply
from apportion.api.deps import Tabular, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(prefix="/sources", tags=["Bills"])


@router.get("", summary="Where bills come from", response_model=SourcesReport, responses=REPORT)
def list_sources(request: Request, app: Workspace, params: Tabular) -> Response:
    """Every source with its periods, newest charge, state, repairs, rejected rows and last load."""
    return reply(request, app.sources(), params, "sources")


@router.get("/{name}", summary="One source", response_model=SourceReport, responses=REPORT)
def get_source(name: str, request: Request, app: Workspace, params: Tabular) -> Response:
    """Its periods, control sums by kind of line, invoices, and what each load changed."""
    return reply(request, app.source(name), params, "periods")
