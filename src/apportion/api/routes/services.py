"""GET /costs/services and /costs/services/{name}."""

from fastapi import APIRouter, Request, Response

from apportion import economics
from apportion.analytics.usage_days import prepare
from apportion.api.answers import reply
from apportion.api.deps import Reporting, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(prefix="/costs/services", tags=["Reports"])


@router.get("", summary="Cost of every service", response_model=economics.ServicesReport, responses=REPORT)
def list_services(request: Request, app: Workspace, params: Reporting) -> Response:
    """Cost, daily average, trend and unit costs of each service, the most expensive first."""
    with app.reader() as (con, facts):
        return reply(request, economics.services(con, params.scope(facts)), params, "services")


@router.get("/{name:path}", summary="One service", response_model=economics.ServiceReport, responses=REPORT)
def get_service(name: str, request: Request, app: Workspace, params: Reporting) -> Response:
    """What drives a service's cost, where it runs, and which customers carry it."""
    with app.reader() as (con, facts):
        prepare(con)
        return reply(request, economics.service(con, params.scope(facts), name), params, "drivers")
