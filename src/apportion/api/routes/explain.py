"""GET /explain and /explain/customers/{id}."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field

from apportion.analytics.explain import ExplainRequest, Explanation, explain
from apportion.analytics.filters import parse_filter
from apportion.analytics.models import Facts
from apportion.analytics.scope import Scope
from apportion.api.answers import reply
from apportion.api.deps import MetricName, TableParams, Workspace, pins_of, window_text
from apportion.api.routes.reports import REPORT
from apportion.core.errors import BadInput

router = APIRouter(prefix="/explain", tags=["Explanation"])
PINS = (
    "Further parameters pin fields to values (`rule`, `day`, `cost_class`, `source`, any dimension, "
    "`ServiceName`): each part's `pins` are the parameters that explain it in turn."
)


class ExplainParams(TableParams):
    """Which amount, and which page of its parts."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    window: str | None = Field(default=None, max_length=30)
    start: date | None = Field(default=None, alias="from")
    to: date | None = None
    metric: MetricName | None = None
    currency: str | None = Field(default=None, max_length=3)
    filter: str = Field(default="", max_length=20_000, description="As in /costs/query.")
    cursor: int = Field(default=0, ge=0, le=10**9, description="From `next_cursor` of the page before.")
    limit: int = Field(default=50, ge=1, le=500)

    def scope(self, facts: Facts) -> Scope:
        if (self.start is None) != (self.to is None):
            raise BadInput("'from' and 'to' come together.", where="from")
        if self.start is not None and self.window is not None:
            raise BadInput("Give 'window', or 'from' and 'to', not both.", where="window")
        return Scope.of(facts, window_text(self.window, self.start, self.to), self.metric, self.currency)


class CostParams(ExplainParams):
    """Whose amount: a target's in a perspective, or cost as charged."""

    perspective: str | None = Field(default=None, max_length=64)
    target: str | None = Field(default=None, max_length=500)


@router.get(
    "", summary="Why an amount is what it is", response_model=Explanation, responses=REPORT, description=PINS
)
def explain_cost(request: Request, app: Workspace, params: Annotated[CostParams, Query()]) -> Response:
    with app.reader() as (con, facts):
        question = ExplainRequest(
            scope=params.scope(facts),
            perspective=params.perspective,
            target=params.target,
            pins=pins_of(request, CostParams),
            where=parse_filter(params.filter),
            cursor=params.cursor,
            limit=params.limit,
        )
        return reply(request, explain(con, question), params, "parts")


@router.get(
    "/customers/{customer_id:path}",
    summary="Why a customer costs what they cost",
    response_model=Explanation,
    responses=REPORT,
    description=PINS,
)
def explain_customer(
    customer_id: str, request: Request, app: Workspace, params: Annotated[ExplainParams, Query()]
) -> Response:
    with app.reader() as (con, facts):
        question = ExplainRequest(
            scope=params.scope(facts),
            perspective=facts.need_perspective("customer"),
            target=customer_id,
            pins=pins_of(request, ExplainParams),
            where=parse_filter(params.filter),
            cursor=params.cursor,
            limit=params.limit,
        )
        return reply(request, explain(con, question), params, "parts")
