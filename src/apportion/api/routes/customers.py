"""GET /costs/customers and /costs/customers/{id}."""

from fastapi import APIRouter, Request, Response

from apportion import economics
from apportion.analytics.usage_days import prepare
from apportion.api.answers import reply
from apportion.api.deps import Reporting, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(prefix="/costs/customers", tags=["Reports"])


@router.get(
    "", summary="Margin of every customer", response_model=economics.CustomersReport, responses=REPORT
)
def list_customers(request: Request, app: Workspace, params: Reporting) -> Response:
    """Cost, revenue and margin of each customer, the worst margin first."""
    with app.reader() as (con, facts):
        return reply(request, economics.customers(con, params.scope(facts)), params, "customers")


@router.get(
    "/{customer_id:path}",
    summary="One customer",
    response_model=economics.CustomerReport,
    responses=REPORT,
)
def get_customer(customer_id: str, request: Request, app: Workspace, params: Reporting) -> Response:
    """What a customer costs, by service, cost class and day, beside its revenue."""
    with app.reader() as (con, facts):
        prepare(con)
        return reply(request, economics.customer(con, params.scope(facts), customer_id), params, "by_service")
