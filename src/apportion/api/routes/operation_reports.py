"""GET /operations and what it leads to: AI cost by anything, the tree, variants, other prices."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field

from apportion.analytics.scope import DEFAULT_WINDOW
from apportion.api.answers import reply
from apportion.api.deps import WINDOW_PATTERN, TableParams, Workspace, pins_of
from apportion.api.routes.reports import REPORT
from apportion.economics import operations
from apportion.economics.operations import Asked, OperationFacts

router = APIRouter(prefix="/operations", tags=["AI"])
FILTERS = (
    "Further parameters filter: `customer`, `feature`, `team`, any other dimension of operations, or one of "
    "their own; `(none)` is what has no value."
)


class OperationParams(TableParams):
    """Which operations; parameters that are not named here filter."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    window: str = Field(
        default=DEFAULT_WINDOW,
        max_length=30,
        description="Days back from the last complete day, a month, or days (the end excluded).",
        examples=["30d", "2026-09", "2026-09-01..2026-10-01"],
        json_schema_extra={"pattern": WINDOW_PATTERN},
    )
    currency: str | None = Field(
        default=None, max_length=3, description="The reporting currency where left out."
    )

    def asked(self, request: Request, facts: OperationFacts, **more: str) -> Asked:
        """What is asked of; `more` are filters that the route names itself."""
        return Asked.of(facts, self.window, self.currency, {**pins_of(request, type(self)), **more})


@router.get(
    "/overview",
    summary="AI at a glance",
    response_model=operations.OperationsOverview,
    responses=REPORT,
    description=f"Cost, tokens and success, their trend, and the ten of each kind that cost most. {FILTERS}",
)
def operations_overview(
    request: Request, app: Workspace, params: Annotated[OperationParams, Query()]
) -> Response:
    with app.operations_asked() as (con, facts):
        report = operations.operations_overview(con, params.asked(request, facts))
    return reply(request, report, params, "daily")


class BreakdownParams(OperationParams):
    """By what, and how many groups."""

    by: str = Field(
        min_length=1,
        max_length=200,
        description="One to three dimensions, with commas between them.",
        examples=["feature", "feature,model", "customer,plan"],
    )
    limit: int = Field(default=100, ge=1, le=1000, description="The dearest groups are shown.")


@router.get(
    "/breakdown",
    summary="AI cost by anything",
    response_model=operations.OperationsBreakdown,
    responses=REPORT,
    description=f"What each group costs, takes and yields, the dearest first. {FILTERS}",
)
def operations_breakdown(
    request: Request, app: Workspace, params: Annotated[BreakdownParams, Query()]
) -> Response:
    with app.operations_asked() as (con, facts):
        asked, by = params.asked(request, facts), params.by.split(",")
        report = operations.operations_breakdown(con, asked, by, params.limit)
    return reply(request, report, params, "groups")


class TreeParams(OperationParams):
    """Into which level the node opens."""

    level: str | None = Field(
        default=None,
        max_length=20,
        description="organization, cost_center, team, project, user, workflow, call; else the next one.",
    )
    limit: int = Field(default=100, ge=1, le=1000, description="The dearest children are shown.")


@router.get(
    "/tree",
    summary="The tree of AI cost",
    response_model=operations.OperationsTree,
    responses=REPORT,
    description=f"The node that `team=…&project=…` name, or the whole, and the level below it. {FILTERS}",
)
def operations_tree(request: Request, app: Workspace, params: Annotated[TreeParams, Query()]) -> Response:
    with app.operations_asked() as (con, facts):
        report = operations.operations_tree(con, params.asked(request, facts), params.level, params.limit)
    return reply(request, report, params, "calls" if report.calls else "children")


class VariantParams(OperationParams):
    """Which prompt, and by what it is judged."""

    prompt: str = Field(min_length=1, max_length=200, description="The name of the prompt.")
    by: str | None = Field(
        default=None, max_length=64, description="model, say: each variant apart by another dimension."
    )
    quality: Literal["success", "value"] | None = Field(
        default=None, description="What is good; success where left out and any is known."
    )


@router.get(
    "/variants",
    summary="Variants of a prompt",
    response_model=operations.OperationsVariants,
    responses=REPORT,
    description=f"Cost against quality with 95 % intervals, and what each point of quality costs. {FILTERS}",
)
def operations_variants(
    request: Request, app: Workspace, params: Annotated[VariantParams, Query()]
) -> Response:
    by = [params.by] if params.by else []
    with app.operations_asked() as (con, facts):
        asked = params.asked(request, facts, prompt=params.prompt)
        report = operations.operations_variants(con, asked, by, params.quality)
    return reply(request, report, params, "variants")


class WhatIfParams(OperationParams):
    """At whose prices, and how groups are told apart."""

    model: list[str] = Field(
        min_length=1,
        max_length=10,
        description="The model whose prices to use, alone or as provider/model.",
        examples=[["gpt-4o-mini"], ["anthropic/claude-haiku-4-5", "gpt-4o-mini"]],
    )
    provider: str = Field(default="", max_length=200, description="The provider of all of these models.")
    by: str | None = Field(
        default=None, max_length=140, description="One or two dimensions: variant, say, or feature,plan."
    )
    from_model: str | None = Field(default=None, max_length=200, description="Only what this model did.")
    from_provider: str | None = Field(default=None, max_length=200, description="Only what it provided.")


@router.get(
    "/what-if",
    summary="AI cost at other prices",
    response_model=operations.OperationsWhatIf,
    responses=REPORT,
    description=f"The same operations, with the same counts, at another model's prices. {FILTERS}",
)
def operations_what_if(
    request: Request, app: Workspace, params: Annotated[WhatIfParams, Query()]
) -> Response:
    by = params.by.split(",") if params.by else []
    named = {"model": params.from_model, "provider": params.from_provider}
    with app.operations_asked() as (con, facts):
        asked = params.asked(request, facts, **{name: value for name, value in named.items() if value})
        report = operations.operations_what_if(con, asked, app.rate_card, params.model, params.provider, by)
    return reply(request, report, params, "alternatives")


class ListParams(OperationParams):
    """Which page."""

    cursor: str = Field(default="", max_length=1000, description="From `next_cursor` of the page before.")
    limit: int = Field(default=100, ge=1, le=1000)


@router.get(
    "",
    summary="Operations one by one",
    response_model=operations.OperationsList,
    responses=REPORT,
    description=f"The newest first, each with its price and what it was priced by. {FILTERS}",
)
def list_operations(request: Request, app: Workspace, params: Annotated[ListParams, Query()]) -> Response:
    with app.operations_asked() as (con, facts):
        report = operations.operations_list(con, params.asked(request, facts), params.cursor, params.limit)
    return reply(request, report, params, "operations")
