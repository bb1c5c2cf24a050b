"""GET /search."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from apportion import economics
from apportion.api.answers import reply
from apportion.api.deps import TableParams, Workspace
from apportion.api.routes.reports import REPORT

router = APIRouter(tags=["Query"])


class SearchParams(TableParams):
    """What to look for."""

    q: str = Field(max_length=200, description="A part of an id or a name.", examples=["acme"])


@router.get(
    "/search",
    summary="Find a customer, service or team",
    response_model=economics.SearchResults,
    responses=REPORT,
)
def find(request: Request, app: Workspace, params: Annotated[SearchParams, Query()]) -> Response:
    """Ten at most, those that begin with the text first."""
    with app.reader() as (con, facts):
        return reply(request, economics.search(con, facts, params.q), params, "results")
