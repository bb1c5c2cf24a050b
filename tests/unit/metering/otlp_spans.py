"""Builds traces for tests: spans in a line or two, and exports of them as programs send them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from apportion.metering.operation import Operation
from apportion.metering.otlp import Span, operations_of, read_spans

PROTOBUF, JSON = "application/x-protobuf", "application/json"
NOON = 1_790_000_000_000_000_000
CLIENT, ERROR = 3, 2


@dataclass(frozen=True)
class S:
    """A span of a test: `id` and `parent` are small numbers, `start` and `end` milliseconds after noon."""

    id: int
    attributes: Mapping[str, Any]
    parent: int = 0
    start: float = 0
    end: float = 10
    scope: str = "app"
    name: str = "span"
    kind: int = 1
    status: int = 0
    trace: int = 1
    events: Sequence[Mapping[str, Any]] = field(default_factory=list)


def value(told: Any) -> AnyValue:
    if isinstance(told, bool):
        return AnyValue(bool_value=told)
    if isinstance(told, int):
        return AnyValue(int_value=told)
    if isinstance(told, float):
        return AnyValue(double_value=told)
    if isinstance(told, bytes):
        return AnyValue(bytes_value=told)
    made = AnyValue()
    if isinstance(told, list):
        made.array_value.values.extend(value(one) for one in told)
        return made
    if isinstance(told, dict):
        made.kvlist_value.values.extend(KeyValue(key=k, value=value(v)) for k, v in told.items())
        return made
    return AnyValue(string_value=told)


def pairs(attributes: Mapping[str, Any]) -> list[KeyValue]:
    return [KeyValue(key=k, value=value(v)) for k, v in attributes.items()]


def request(*spans: S, resource: Mapping[str, Any] | None = None) -> ExportTraceServiceRequest:
    made = ExportTraceServiceRequest()
    group = made.resource_spans.add()
    group.resource.attributes.extend(pairs(resource or {}))
    for span in spans:
        scoped = group.scope_spans.add()
        scoped.scope.name = span.scope
        one = scoped.spans.add(
            trace_id=span.trace.to_bytes(16, "big"),
            span_id=span.id.to_bytes(8, "big"),
            parent_span_id=span.parent.to_bytes(8, "big") if span.parent else b"",
            name=span.name,
            kind=span.kind,
            start_time_unix_nano=NOON + int(span.start * 1_000_000),
            end_time_unix_nano=NOON + int(span.end * 1_000_000),
        )
        one.status.code = span.status
        one.attributes.extend(pairs(span.attributes))
        for event in span.events:
            one.events.add(name="event").attributes.extend(pairs(event))
    return made


def protobuf(*spans: S, resource: Mapping[str, Any] | None = None) -> bytes:
    return request(*spans, resource=resource).SerializeToString()


def as_json(*spans: S, resource: Mapping[str, Any] | None = None) -> bytes:
    """OTLP's own JSON: as protobuf's, but ids are hex."""
    told = MessageToDict(request(*spans, resource=resource))
    flat = [one for group in told["resourceSpans"] for s in group["scopeSpans"] for one in s["spans"]]
    for one, span in zip(flat, spans, strict=True):
        one["traceId"], one["spanId"] = f"{span.trace:032x}", f"{span.id:016x}"
        if span.parent:
            one["parentSpanId"] = f"{span.parent:016x}"
    return json.dumps(told).encode()


def kept(*spans: S, resource: Mapping[str, Any] | None = None) -> list[Span]:
    return read_spans(protobuf(*spans, resource=resource), PROTOBUF, None)


def operations(*spans: S, resource: Mapping[str, Any] | None = None) -> list[Operation]:
    """What the spans tell, which is the same in protobuf and JSON, and after a stay in a database."""
    found = kept(*spans, resource=resource)
    assert found == read_spans(as_json(*spans, resource=resource), JSON, None)
    assert [Span.of(json.loads(json.dumps(span.to_dict()))) for span in found] == found
    return operations_of(found)


def only(*spans: S, resource: Mapping[str, Any] | None = None) -> Operation:
    """The one operation that the spans tell of."""
    found = operations(*spans, resource=resource)
    assert len(found) == 1, found
    return found[0]


def tokens(operation: Operation) -> dict[str, int]:
    """The counts of an operation, those that are 0 and no whole left out."""
    whole = ("input_tokens", "output_tokens")
    return {
        name: count
        for name, count in operation.items()
        if name.endswith("_tokens")
        and name != "max_tokens"
        and isinstance(count, int)
        and (count or name in whole)
    }


def chat(identity: int, *, model: str = "gpt-4o", read: int = 1000, written: int = 200, **more: Any) -> S:
    """A call as OpenTelemetry's GenAI conventions tell it; `answer` is the provider's id."""
    told: dict[str, Any] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": read,
        "gen_ai.usage.output_tokens": written,
    }
    if answer := more.pop("answer", None):
        told["gen_ai.response.id"] = answer
    told |= more.pop("attributes", {})
    return S(identity, told, kind=CLIENT, name=f"chat {model}", **more)


def without_usage(span: S) -> S:
    return replace(span, attributes={k: v for k, v in span.attributes.items() if ".usage." not in k})
