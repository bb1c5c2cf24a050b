"""Spans from OTLP's protobuf, by a plain walk: five times as fast as making dicts of the messages."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from apportion.core.errors import BadInput
from apportion.metering.otlp.building import Came, Resource, build
from apportion.metering.otlp.span import Span

WITHOUT_IDS = "a span has no valid trace id (16 bytes) and span id (8 bytes)"
STATUS = {1: "ok", 2: "error"}
_SINGLE = {"int_value", "double_value", "bool_value"}


def from_protobuf(body: bytes, refused: list[str] | None = None) -> list[Span]:
    """The spans of an ExportTraceServiceRequest. Raises BadInput for what is none; see `read_spans`."""
    request = ExportTraceServiceRequest()
    try:
        request.ParseFromString(body)
    except DecodeError:
        raise BadInput(
            "the body is no OTLP export in protobuf",
            where="body",
            hint="Send an ExportTraceServiceRequest, or JSON as application/json.",
        ) from None
    spans = []
    for r, group in enumerate(request.resource_spans):
        resource = Resource.of(_pairs(group.resource.attributes), _plain)
        for s, scoped in enumerate(group.scope_spans):
            scope = scoped.scope.name
            for n, span in enumerate(scoped.spans):
                if _valid(span.trace_id, 16) and _valid(span.span_id, 8):
                    spans.append(_span(span, scope, resource))
                else:
                    without_ids(f"resource_spans[{r}].scope_spans[{s}].spans[{n}]", refused)
    return spans


def _valid(told: bytes, size: int) -> bool:
    return len(told) == size and any(told)


def without_ids(where: str, refused: list[str] | None) -> None:
    """Say that the ids of a span are not 16 and 8 bytes, not all zero: to `refused`, or as BadInput."""
    if refused is not None:
        refused.append(where)
        return
    raise BadInput(
        WITHOUT_IDS,
        where=where,
        hint="Send ids as the exporter made them: bytes in protobuf, hex in JSON.",
    )


def _span(span: Any, scope: str, resource: Resource) -> Span:
    came = Came(
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex() if _valid(span.parent_span_id, 8) else "",
        scope,
        span.name,
        span.kind,
        span.start_time_unix_nano,
        span.end_time_unix_nano,
        STATUS.get(span.status.code, ""),
    )
    events = (pair for event in span.events for pair in _pairs(event.attributes)) if span.events else None
    return build(came, _pairs(span.attributes), events, _plain, resource)


def _pairs(attributes: Any) -> Iterator[tuple[str, Any]]:
    return ((one.key, one.value) for one in attributes)


def _plain(value: Any, deepest: int = 8) -> Any:
    """Strings, numbers, yes and no; objects as dicts; lists and bytes tell nothing that is looked for."""
    which = value.WhichOneof("value")
    if which == "string_value":
        return value.string_value
    if which in _SINGLE:
        return getattr(value, which)
    if which == "kvlist_value" and deepest:
        return {one.key: _plain(one.value, deepest - 1) for one in value.kvlist_value.values}
    return None
