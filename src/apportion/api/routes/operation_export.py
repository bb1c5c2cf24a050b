"""GET /operations/export: operations for other tools; GET /operations/{id}: one, and its price explained."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from apportion.api.answers import reply
from apportion.api.deps import WINDOW_PATTERN, Params, Tabular, Workspace, pins_of
from apportion.api.problems import documented
from apportion.api.routes.operation_reports import FILTERS
from apportion.app.exporting import ExportOrder
from apportion.economics.operations import SingleOperation

router = APIRouter(prefix="/operations", tags=["AI"])
single = APIRouter(prefix="/operations", tags=["AI"])
"""After every other route below /operations: an id may be anything."""

DAY = r"^\d{4}-\d{2}-\d{2}$"


class ExportParams(Params):
    """Which operations, and how they are written; parameters that are not named here filter."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    format: Literal["focus", "csv", "influx", "json"] = Field(
        default="csv", description="FOCUS as CSV, CSV, InfluxDB's line protocol, or JSON lines."
    )
    window: str = Field(
        default="",
        max_length=30,
        description="Days back from the last complete day, a month, or days (the end excluded); else 30d.",
        examples=["30d", "2026-09", "2026-09-01..2026-10-01"],
        json_schema_extra={"pattern": WINDOW_PATTERN},
    )
    since: str | None = Field(default=None, pattern=DAY, description="The first day, instead of a window.")
    until: str | None = Field(default=None, pattern=DAY, description="The first day that is left out.")
    focus_version: str | None = Field(default=None, max_length=5, description="1.2, 1.3 or 1.4; else 1.3.")


TEXTS = {kind: {"schema": {"type": "string"}} for kind in ("text/csv", "text/plain", "application/x-ndjson")}
WHOLE = {
    200: {
        "description": "The operations, oldest first. X-Operations says how many are asked of, "
        "X-Operations-Without-Cost how many of them FOCUS leaves out.",
        "content": TEXTS,
    },
    **documented(404, 422),
}


@router.get(
    "/export",
    summary="Operations for other tools",
    response_class=Response,
    responses=WHOLE,
    description="However many there are: they are written as they are read. FOCUS has a row for each kind of "
    f"token. {FILTERS}",
)
def export_operations(request: Request, app: Workspace, params: Annotated[ExportParams, Query()]) -> Response:
    filters = pins_of(request, ExportParams)
    order = ExportOrder(
        params.format,
        params.window,
        params.since or "",
        params.until or "",
        filters,
        params.focus_version or "",
    )
    made = app.export_operations(order)
    return StreamingResponse(
        made.chunks(),
        media_type=made.encoder.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{made.name}"',
            "X-Operations": str(made.counted.operations),
            "X-Operations-Without-Cost": str(made.counted.without_cost),
        },
        background=BackgroundTask(made.close),
    )


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
