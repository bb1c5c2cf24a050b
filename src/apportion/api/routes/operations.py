"""POST /operations and their outcomes; POST /v1/traces, where OpenTelemetry exporters send to."""

import json
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response
from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from pydantic import BaseModel, Field, TypeAdapter
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from apportion.api.bodies import read_body, too_large
from apportion.api.deps import App, Workspace
from apportion.api.problems import documented, log
from apportion.metering import MOST, MOST_BYTES, Operation, Outcome

router = APIRouter(prefix="/operations", tags=["Operations"])
traces = APIRouter(prefix="/v1", tags=["Operations"])


class RejectedOperation(BaseModel):
    """Why an operation was left out."""

    index: int = Field(description="Its place in the batch, from 0.", examples=[3])
    id: str = Field(examples=["call-8731"])
    field: str = Field(description="What of it; empty for the whole.", examples=["input_tokens"])
    reason: str = Field(examples=["Input should be greater than or equal to 0"])


class OperationsAnswer(BaseModel):
    """What became of a batch. All that is accepted is kept for good."""

    accepted: int = Field(description="Operations that are new.", examples=[97])
    repeated: int = Field(description="Operations whose id was known; they change nothing.", examples=[2])
    rejected: list[RejectedOperation] = Field(description="Those that cannot be used.")
    unpriced: list[str] = Field(
        description="Provider and model of operations that no rate is known for; they are kept.",
        examples=[["acme-ai/larch-2"]],
    )


class OutcomesAnswer(BaseModel):
    """What became of outcomes."""

    completed: int = Field(description="Operations that have got theirs.", examples=[4])
    waiting: list[str] = Field(description="Ids not seen yet; their outcome waits.", examples=[["call-9001"]])


EXAMPLE = {
    "operations": [
        {
            "id": "call-8731",
            "time": "2026-10-02T09:30:00Z",
            "customer": "acme",
            "plan": "pro",
            "feature": "summaries",
            "provider": "openai",
            "model": "gpt-4o",
            "input_tokens": 1000,
            "cache_read_tokens": 600,
            "output_tokens": 200,
            "success": True,
        }
    ]
}


def _body(name: str, shape: type[Any], example: dict[str, Any]) -> dict[str, Any]:
    """The batch for OpenAPI; it is read by ourselves, one operation at a time where need be."""
    inner = TypeAdapter(shape).json_schema()
    schema = {
        "type": "object",
        "required": [name],
        "properties": {name: {"type": "array", "minItems": 1, "maxItems": MOST, "items": inner}},
    }
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


ERRORS = documented(403, 404, 413, 422, 503)


@router.post(
    "",
    summary="Tell of operations",
    response_model=OperationsAnswer,
    responses=ERRORS,
    openapi_extra=_body("operations", Operation, EXAMPLE),
)
async def post_operations(request: Request, app: Workspace) -> Response:
    """Up to 1,000 operations; an operation alone will do, too. Each counts once, however often it is sent.

    They are priced and on the disk when this answers. One that cannot be used is told and left out, alone.
    """
    body = await read_body(request, MOST_BYTES)
    if body is None:
        return too_large(request, MOST_BYTES)
    source = "sdk" if request.headers.get("user-agent", "").startswith("apportion-sdk") else "api"
    encoding = request.headers.get("content-encoding")
    receipt = await run_in_threadpool(app.post_operations, body, source, encoding)
    answer = json.dumps(asdict(receipt), ensure_ascii=False)
    return Response(answer, media_type="application/json", background=BackgroundTask(_tidy, app))


@router.post(
    "/outcomes",
    summary="Tell how operations came out",
    response_model=OutcomesAnswer,
    responses=ERRORS,
    openapi_extra=_body(
        "outcomes", Outcome, {"outcomes": [{"id": "call-8731", "success": True, "value": "0.9"}]}
    ),
)
async def post_outcomes(request: Request, app: Workspace) -> Response:
    """Success, value and yield, which are often known later. What is told last stands."""
    body = await read_body(request, MOST_BYTES)
    if body is None:
        return too_large(request, MOST_BYTES)
    completed = await run_in_threadpool(app.complete_operations, body)
    return Response(json.dumps(asdict(completed), ensure_ascii=False), media_type="application/json")


def _tidy(app: App) -> None:
    """After the answer, so that no sender waits; what fails now is tried again after more have come."""
    try:
        app.tidy_operations()
    except Exception:  # noqa: BLE001  the operations are safe, whatever this was
        log.exception("archiving operations failed")


OTLP = "application/x-protobuf"
EXPORT = {
    "requestBody": {
        "required": True,
        "content": {
            OTLP: {"schema": {"type": "string", "format": "binary"}},
            "application/json": {"schema": {"type": "object"}, "example": {"resourceSpans": []}},
        },
    }
}


TAKEN: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "What the export told is on the disk.",
        "content": {
            OTLP: {"schema": {"type": "string", "format": "binary"}},
            "application/json": {"schema": {"type": "object"}},
        },
    },
    **ERRORS,
}


@traces.post("/traces", summary="Receive OpenTelemetry traces", responses=TAKEN, openapi_extra=EXPORT)
async def post_traces(request: Request, app: Workspace) -> Response:
    """OTLP over HTTP, as protobuf or JSON, gzip or not. AI calls in them become operations, each once."""
    body = await read_body(request, MOST_BYTES)
    if body is None:
        return too_large(request, MOST_BYTES)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = request.headers.get("content-encoding")
    receipt = await run_in_threadpool(app.take_traces, body, kind, encoding)
    answer = ExportTraceServiceResponse()
    if receipt.rejected:
        first = receipt.rejected[0]
        answer.partial_success.rejected_spans = len(receipt.rejected)
        answer.partial_success.error_message = ": ".join(filter(None, (first.id, first.field, first.reason)))
    tidy = BackgroundTask(_tidy, app)
    if kind == OTLP:
        return Response(answer.SerializeToString(), media_type=OTLP, background=tidy)
    return Response(MessageToJson(answer), media_type="application/json", background=tidy)
