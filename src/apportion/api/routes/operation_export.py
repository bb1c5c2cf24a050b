"""GET /operations/{id}: one operation, and how its cost comes about."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from apportion.api.answers import reply
from apportion.api.deps import Tabular, Workspace
from apportion.api.problems import documented
from apportion.economics.operations import SingleOperation

single = APIRouter(prefix="/operations", tags=["AI"])
"""After every other route below /operations: an id may be anything."""


@single.get(
    "/{operation_id:path}",
    summary="One operation",
    response_model=SingleOperation,
    responses=documented(404, 422),
    description="All that is known of it, and its price line by line, at the rates that it was priced by.",
)
def get_operation(
    request: Request,
    app: Workspace,
    operation_id: Annotated[str, Path(max_length=200, description="The id that it was sent under.")],
    params: Tabular,
) -> Response:
    report = app.operation(operation_id)
    return reply(request, report.price if params.format == "csv" else report, params, "lines")
