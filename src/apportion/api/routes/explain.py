"""GET /explain, /explain/usage and /explain/customers/{id}."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field

from apportion.analytics.explain import (
    ExplainRequest,
    Explanation,
    UsagePage,
    Use,
    explain,
    usage_page,
)
from apportion.analytics.filters import parse_filter
from apportion.analytics.models import Facts
from apportion.analytics.scope import Scope
from apportion.api.answers import reply
from apportion.api.deps import MetricName, TableParams, Workspace, pins_of, window_text
from apportion.api.routes.reports import REPORT
from apportion.core.errors import BadInput

router = APIRouter(prefix="/explain", tags=["Explanation"])
PINS = (
    "Further parameters pin fields to values (`rule`, `node`, `day`, `path`, `cost_class`, `source`, any "
    "dimension, `ServiceName`): each part's `pins` are the parameters that explain it in turn."
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


class UsageParams(TableParams):
    """Which usage counted, and which page of it."""

    measure: str = Field(max_length=64, description="A measure of apportion.yaml.", examples=["requests"])
    start: date = Field(alias="from", description="The first day counted.", examples=["2026-09-14"])
    to: date = Field(description="The last day counted.", examples=["2026-09-14"])
    dimension: str = Field(max_length=64, description="What told the use apart.", examples=["customer"])
    value: str = Field(max_length=500, description="Whose use.", examples=["acme"])
    key: list[str] = Field(
        default_factory=list,
        max_length=100,
        description="What else usage had to carry: `dimension=value`; of one dimension several, any of them.",
        examples=[["service=shared-db"]],
    )
    cursor: int = Field(default=0, ge=0, le=10**9, description="From `next_cursor` of the page before.")
    limit: int = Field(default=50, ge=1, le=500)

    def use(self, facts: Facts) -> Use:
        if self.measure not in facts.measures:
            known = ", ".join(facts.measures) or "none"
            raise BadInput(
                f"No measure is named '{self.measure}'.", where="measure", hint=f"There are: {known}."
            )
        keys: dict[str, tuple[str, ...]] = {}
        for text in self.key:
            name, equals, value = text.partition("=")
            if not equals:
                raise BadInput(
                    f"'{text}' is not a key.", where="key", hint="Write it like service=shared-db."
                )
            keys[name] = (*keys.get(name, ()), value)
        return Use(self.measure, self.start, self.to, self.dimension, self.value, keys)


@router.get(
    "/usage", summary="The rows of usage behind a quantity", response_model=UsagePage, responses=REPORT
)
def explain_usage(request: Request, app: Workspace, params: Annotated[UsageParams, Query()]) -> Response:
    """All rows behind the quantity of a step, the largest first: the address is the driver's `usage`."""
    with app.reader() as (con, facts):
        return reply(request, usage_page(con, params.use(facts), params.cursor, params.limit), params, "rows")


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
