"""Bodies as exporters send them, and all that can be wrong with one."""

import contextlib
import gzip
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from otlp_spans import JSON, PROTOBUF, S, as_json, chat, kept, protobuf, request
from pydantic import TypeAdapter

from apportion.core.errors import BadInput
from apportion.metering.operation import Operation
from apportion.metering.otlp import Span, operations_of, read_spans

BODY = protobuf(chat(1, answer="a"))
BOMB = gzip.compress(b"\0" * 3_000_000)


@pytest.mark.parametrize("media", [PROTOBUF, "application/protobuf", "Application/X-Protobuf; v=1"])
def test_protobuf(media: str) -> None:
    assert read_spans(BODY, media, None) == kept(chat(1, answer="a"))


@pytest.mark.parametrize("media", [JSON, "application/json; charset=utf-8"])
def test_json(media: str) -> None:
    assert read_spans(as_json(chat(1, answer="a")), media, "") == kept(chat(1, answer="a"))


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
def test_gzip(encoding: str) -> None:
    assert read_spans(gzip.compress(BODY), PROTOBUF, encoding) == kept(chat(1, answer="a"))


def test_gzip_in_parts_as_some_proxies_make_it() -> None:
    half = len(BODY) // 2

    assert read_spans(gzip.compress(BODY[:half]) + gzip.compress(BODY[half:]), PROTOBUF, "gzip") == kept(
        chat(1, answer="a")
    )


def test_empty_exports() -> None:
    assert read_spans(b"", PROTOBUF, None) == []
    assert read_spans(b"{}", JSON, None) == []
    assert read_spans(b'{"resourceSpans": [{"scopeSpans": [{"spans": null}]}]}', JSON, None) == []


def test_ids_in_base64_as_converters_of_protobuf_write_them() -> None:
    told = json.loads(as_json(chat(1)))
    span = told["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    span["traceId"], span["spanId"] = "AAAAAAAAAAAAAAAAAAAAAQ==", "AAAAAAAAAAE="

    assert read_spans(json.dumps(told).encode(), JSON, None) == kept(chat(1))


def test_ids_in_capitals() -> None:
    told = as_json(chat(10)).replace(b"000000000000000a", b"000000000000000A")

    assert read_spans(told, JSON, None) == kept(chat(10))


@pytest.mark.parametrize(
    ("body", "media", "encoding", "message"),
    [
        (BODY, "text/plain", None, "Content-Type: the content type 'text/plain'"),
        (BODY, PROTOBUF, "br", "Content-Encoding: the encoding 'br'"),
        (BODY, JSON, None, "the body is no JSON"),
        (b'{"resourceSpans": [', JSON, None, "line 1, column"),
        (b"\xff\xfe\xff", JSON, None, "the body is no JSON"),
        (b"[" * 100_000, JSON, None, "the body is no JSON"),
        (b"[]", JSON, None, "an object with resourceSpans"),
        (b'{"resourceSpans": 7}', JSON, None, "resourceSpans: this has to be a list"),
        (b'{"resourceSpans": [{"scopeSpans": ["no"]}]}', JSON, None, "resourceSpans[0].scopeSpans[0]: this has to"),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": [{}]}]}]}', JSON, None,
         "resourceSpans[0].scopeSpans[0].spans[0]: a span has no valid trace id"),
        (b'{"resourceSpans": []}', PROTOBUF, None, "the body is no OTLP export in protobuf"),
        (BODY, PROTOBUF, "gzip", "the gzip stream is broken"),
        (gzip.compress(BODY)[:-9], PROTOBUF, "gzip", "the gzip stream ends early"),
        (gzip.compress(BODY)[:-1], PROTOBUF, "gzip", "the gzip stream ends early"),
        (b"", PROTOBUF, "gzip", "the gzip stream ends early"),
        (gzip.compress(BODY) + b"more", PROTOBUF, "gzip", "something follows the gzip stream"),
        (BOMB, PROTOBUF, "gzip", "expands to more than 64 MiB or 200 times"),
    ],
)  # fmt: skip
def test_what_is_wrong_where_and_what_to_do(
    body: bytes, media: str, encoding: str | None, message: str
) -> None:
    with pytest.raises(BadInput) as told:
        read_spans(body, media, encoding)

    assert message in str(told.value)
    assert told.value.where
    assert told.value.hint


def test_more_than_64_mib_are_refused_however_well_they_compress() -> None:
    packer = zlib.compressobj(0, wbits=31)
    body = packer.compress(b"\0" * (65 * 2**20)) + packer.flush()

    with pytest.raises(BadInput, match="expands to more than 64 MiB"):
        read_spans(body, PROTOBUF, "gzip")
    with pytest.raises(BadInput, match="more than 64 MiB"):
        read_spans(body, PROTOBUF, None)


@pytest.mark.parametrize("size", [0, 8, 15, 17])
def test_ids_of_a_wrong_size(size: int) -> None:
    told = request(chat(1))
    told.resource_spans[0].scope_spans[0].spans[0].trace_id = b"\1" * size

    with pytest.raises(BadInput, match="trace id"):
        read_spans(told.SerializeToString(), PROTOBUF, None)


def test_ids_of_nothing_but_zeros() -> None:
    with pytest.raises(BadInput, match="trace id"):
        read_spans(protobuf(chat(1, trace=0)), PROTOBUF, None)
    with pytest.raises(BadInput, match="span id"):
        read_spans(as_json(chat(0)), JSON, None)


def test_nothing_that_was_said_is_kept() -> None:
    said = "my secret question"
    spoken = {
        "gen_ai.input.messages": said, "gen_ai.output.messages": said, "gen_ai.prompt": said, "ai.prompt": said,
        "gen_ai.completion": said, "input.value": said, "output.value": json.dumps({"id": "a", "content": said}),
        "llm.input_messages.0.message.content": said, "traceloop.entity.input": said, "ai.response.text": said,
        "gen_ai.system_instructions": said, "llm.prompts.0.content": said, "gen_ai.prompt.0.content": said,
        "langfuse.observation.input": said, "llm.openai.messages": said, "gen_ai.tool.call.arguments": said,
        "metadata": json.dumps({"prompt": said, "note": said}), "llm.prompt_template.variables": said,
    }  # fmt: skip
    spans = kept(chat(1, attributes=spoken, events=[{"content": said, "gen_ai.event.content": said}]))

    assert "secret" not in json.dumps([span.to_dict() for span in spans])
    assert "secret" not in str(operations_of(spans))


@given(st.binary(max_size=300), st.sampled_from([PROTOBUF, JSON]), st.sampled_from([None, "gzip"]))
def test_random_bytes_are_bad_input_or_nothing(body: bytes, media: str, encoding: str | None) -> None:
    with contextlib.suppress(BadInput):
        operations_of(read_spans(body, media, encoding))


KEYS = st.sampled_from(
    [
        "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.id", "customer",
        "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.raw", "output.value", "metadata",
        "operation.cost", "gen_ai.usage.cost", "llm.invocation_parameters", "openinference.span.kind", "error.type",
        "ai.operationId", "http.response.status_code", "gen_ai.request.max_tokens", "langfuse.observation.usage_details",
        "logfire.span_type", "ai.response.providerMetadata", "llm.openai.usage", "mlflow.spanType", "tool.name",
    ]
)  # fmt: skip
SINGLE = st.one_of(
    st.text(max_size=20), st.integers(-(2**63), 2**63 - 1), st.floats(), st.booleans(), st.binary(max_size=5),
    st.sampled_from(["chat", "LLM", "{", "{}", "[]", '{"usage": 1}', '{"usage": {"input_tokens": null}}', "{'a': 1}",
                     '{"usage": {"input_tokens": 1e400, "output_tokens": [1]}}', "{" * 500, "{'a':" * 500]),
)  # fmt: skip
VALUES = st.recursive(
    SINGLE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
OPERATION = TypeAdapter(Operation)


@given(st.dictionaries(KEYS, VALUES, max_size=8), st.dictionaries(KEYS, VALUES, max_size=4))
def test_attributes_of_any_type_do_no_harm(attributes: dict[str, Any], resource: dict[str, Any]) -> None:
    span = S(1, attributes, events=[resource])

    spans = kept(span, resource=resource)

    assert [Span.of(json.loads(json.dumps(s.to_dict()))) for s in spans] == spans
    for operation in operations_of(spans):
        OPERATION.validate_python(operation)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
SHAPE = ["resourceSpans", "scopeSpans", "spans", "attributes", "status", "events", "resource", "scope", "kind", "name",
         "startTimeUnixNano", "parentSpanId"]  # fmt: skip


@given(st.data())
def test_json_of_any_shape_is_bad_input_or_understood(data: st.DataObject) -> None:
    told = json.loads(as_json(chat(1)))
    group = told["resourceSpans"][0]
    scoped = group["scopeSpans"][0]
    span = scoped["spans"][0]
    for holder in data.draw(st.lists(st.sampled_from([told, group, scoped, span]), max_size=3)):
        holder[data.draw(st.sampled_from(SHAPE))] = data.draw(ANY_JSON)
    span["attributes"] = data.draw(
        st.just(span["attributes"])
        | st.lists(st.fixed_dictionaries({"key": KEYS | ANY_JSON, "value": ANY_JSON | _typed()}), max_size=4)
    )
    with contextlib.suppress(BadInput):
        operations_of(read_spans(json.dumps(told).encode(), JSON, None))


def _typed() -> st.SearchStrategy[dict[str, Any]]:
    kinds = ["stringValue", "intValue", "doubleValue", "boolValue", "arrayValue", "kvlistValue", "bytesValue"]
    return st.dictionaries(st.sampled_from(kinds), ANY_JSON, max_size=2)
