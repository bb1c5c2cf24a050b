"""POST /usage: rows of measures that are pushed. GET /usage/doubts: usage that looks wrong."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from apportion.analytics.doubts import DoubtsReport
from apportion.api.answers import reply
from apportion.api.bodies import read_body, too_large
from apportion.api.deps import WINDOW_PATTERN, App, TableParams, Workspace
from apportion.api.problems import FieldProblem, Problem, documented, log, respond
from apportion.api.routes.reports import REPORT
from apportion.ingestion.push import MOST_BYTES, BadRows

router = APIRouter(prefix="/usage", tags=["Usage"])


class UsageRow(BaseModel):
    """How much was used at a time, by whom or what."""

    model_config = ConfigDict(extra="forbid")

    time: str = Field(
        description="The hour or day, as ISO 8601; without a zone it is UTC.",
        examples=["2026-09-30T13:00:00Z"],
    )
    quantity: float | str = Field(
        description="0 or more, as a number or as text; kept to twelve decimal places.", examples=["1250"]
    )
    dimensions: dict[str, str | int | None] = Field(
        description="A value for each dimension of the measure; null counts as (none).",
        examples=[{"service": "shared-db", "customer": "acme"}],
    )
    unit: str | None = Field(default=None, description="Checked against the measure's unit where given.")


class UsageBatch(BaseModel):
    """Rows of one measure that are kept together."""

    model_config = ConfigDict(extra="forbid")

    measure: str = Field(description="A measure with connector: push.", examples=["requests"])
    rows: list[UsageRow] = Field(min_length=1, max_length=10_000)
    all_or_nothing: bool = Field(default=False, description="Keep no row where one cannot be used.")


class RejectedRow(BaseModel):
    """Why a row was left out."""

    index: int = Field(description="The row, counted from 0.", examples=[17])
    field: str = Field(description="What of it; empty for the whole row.", examples=["quantity"])
    value: str = Field(examples=["-3"])
    reason: str = Field(examples=["not a quantity of 0 or more"])


class PushAnswer(BaseModel):
    """What became of a batch."""

    push_id: str = Field(examples=["20261002-060000-1f0c9d3e"])
    measure: str = Field(examples=["requests"])
    received_at: str = Field(examples=["2026-10-02T06:00:00Z"])
    known: bool = Field(description="Whether the same batch came before; it counts once.")
    accepted: int = Field(description="Rows that are kept.", examples=[9998])
    rejected: int = Field(description="Rows that are not.", examples=[2])
    periods: dict[str, int] = Field(description="Kept rows by month.", examples=[{"2026-09": 9998}])
    rejected_rows: list[int] = Field(description="All rows that are not kept, counted from 0.")
    errors: list[RejectedRow] = Field(description="Why; the first hundred.")


RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "What became of the rows. Kept rows are on the disk.",
        "headers": {
            "Idempotent-Replayed": {
                "description": "true where the batch was known.",
                "schema": {"type": "string"},
            }
        },
    },
    **documented(403, 404, 409, 413, 415, 422, 503),
}


def _shape() -> dict[str, Any]:
    """The batch for OpenAPI; rows are checked one by one, so the framework does not read them."""
    shape = UsageBatch.model_json_schema()
    shape.pop("$defs")
    shape["properties"]["rows"]["items"] = UsageRow.model_json_schema()
    return shape


BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": _shape()}}}}


@router.post("", summary="Push usage", response_model=PushAnswer, responses=RESPONSES, openapi_extra=BODY)
async def push_usage(
    request: Request,
    app: Workspace,
    key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            description="Names the batch: the same key with the same body counts once.",
            min_length=1,
            max_length=200,
            examples=["requests-2026-09-30T13"],
        ),
    ],
) -> Response:
    """Up to 10,000 rows of one measure. Rows that cannot be used are told and left out; the others are kept.

    Send a batch again, with its key, until it is answered.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return _problem(request, 415, "Unsupported media type", "The body is JSON.", "Send application/json.")
    body = await read_body(request, MOST_BYTES)
    if body is None:
        return too_large(request, MOST_BYTES)
    try:
        receipt, known = await run_in_threadpool(app.push_usage, key, body)
    except BadRows as why:
        errors = [
            FieldProblem(parameter=f"rows.{e.index}.{e.field}".rstrip("."), message=e.reason)
            for e in why.errors
        ]
        return _problem(request, why.status, why.title, why.message, why.hint, errors)
    answer = json.dumps({**receipt.to_dict(), "known": known}, ensure_ascii=False)
    headers = {"Idempotent-Replayed": "true"} if known else None
    return Response(
        answer, media_type="application/json", headers=headers, background=BackgroundTask(_tidy, app)
    )


class DoubtsParams(TableParams):
    """Which usage to look at."""

    window: str = Field(
        default="30d",
        max_length=30,
        description="Days back from the last day of usage, a month, or days (the end excluded).",
        examples=["30d", "2026-09"],
        json_schema_extra={"pattern": WINDOW_PATTERN},
    )
    measure: str | None = Field(default=None, max_length=63, description="One measure; else all.")


@router.get("/doubts", summary="Usage that looks wrong", response_model=DoubtsReport, responses=REPORT)
def list_doubts(request: Request, app: Workspace, params: Annotated[DoubtsParams, Query()]) -> Response:
    """Gaps of days and hours, days far from their weekday, customers that fell silent, and unknown names."""
    return reply(request, app.usage_doubts(params.window, params.measure), params, "doubts")


def _tidy(app: App) -> None:
    """After the answer, so that no sender waits; what fails now is tried again after another batch."""
    try:
        app.tidy_usage()
    except Exception:  # noqa: BLE001  the batch is safe, whatever this was
        log.exception("merging pushed usage failed")


def _problem(
    request: Request,
    status: int,
    title: str,
    detail: str,
    hint: str,
    errors: list[FieldProblem] | None = None,
) -> Response:
    return respond(
        Problem(
            title=title, status=status, detail=detail, instance=request.url.path, hint=hint, errors=errors
        )
    )
