"""GET and POST /costs/query: the one query model."""

from datetime import date
from typing import Annotated, Any

import pydantic
from fastapi import APIRouter, Request, Response
from fastapi import Query as InQuery
from pydantic import Field

from apportion.analytics.answer import QueryAnswer, answer
from apportion.analytics.filters import as_json, parse_filter
from apportion.analytics.query import Compare, Grain, Metric, Query
from apportion.api.answers import reply
from apportion.api.deps import TableParams, Tabular, Workspace
from apportion.api.routes.reports import REPORT
from apportion.core.errors import BadInput

router = APIRouter(prefix="/costs/query", tags=["Query"])
FILTER = '{"and":[{"team":["payments"]},{"not":{"environment":["staging"]}}]}'


class QueryParams(TableParams):
    """The query model as it stands in an address."""

    metric: Metric | None = None
    perspective: str | None = Field(default=None, max_length=64)
    group_by: str = Field(
        default="",
        max_length=400,
        description="Up to three fields, parted by commas.",
        examples=["team,service"],
    )
    filter: str = Field(default="", max_length=20_000, description="The filter as JSON.", examples=[FILTER])
    grain: Grain = "total"
    window: str | None = Field(default=None, max_length=30)
    start: date | None = Field(default=None, alias="from")
    to: date | None = None
    compare: Compare = "none"
    limit: int = Field(default=20, ge=1, le=1000)

    def query(self) -> Query:
        """The query model; raises BadInput where the parts do not make one."""
        named = ("metric", "perspective", "grain", "window", "start", "to", "compare", "limit")
        given: dict[str, Any] = {name: getattr(self, name) for name in named}
        found = parse_filter(self.filter)
        given["filter"] = as_json(found) if found else None
        given["group_by"] = [name.strip() for name in self.group_by.split(",") if name.strip()]
        try:
            return Query.model_validate(given)
        except pydantic.ValidationError as why:
            first = why.errors()[0]
            raise BadInput(first["msg"], where=".".join(str(part) for part in first["loc"])) from None


@router.get("", summary="Ask any question", response_model=QueryAnswer, responses=REPORT)
def query_costs(request: Request, app: Workspace, params: Annotated[QueryParams, InQuery()]) -> Response:
    """Cost grouped by up to three fields, filtered, over time, compared; each row links to why."""
    with app.reader() as (con, facts):
        return reply(request, answer(con, facts, params.query()), params, "rows")


@router.post("", summary="Ask any question, as JSON", response_model=QueryAnswer, responses=REPORT)
def post_query(request: Request, app: Workspace, query: Query, params: Tabular) -> Response:
    """The same as GET, with the query model as the body."""
    with app.reader() as (con, facts):
        return reply(request, answer(con, facts, query), params, "rows")
