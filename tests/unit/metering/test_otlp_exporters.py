"""What real client libraries send: OpenTelemetry's own exporter, and the spans of Anthropic's own library."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from otlp_spans import tokens

from apportion.metering.operation import Operation
from apportion.metering.otlp import Span, operations_of, read_spans

ANSWER = {
    "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test-1",
    "content": [{"type": "text", "text": "Hello there"}], "stop_reason": "end_turn", "stop_sequence": None,
    "usage": {"input_tokens": 300, "output_tokens": 200, "cache_creation_input_tokens": 100,
              "cache_read_input_tokens": 600, "service_tier": "standard",
              "cache_creation": {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 40}},
}  # fmt: skip


class Upstream(ThreadingHTTPServer):
    """Answers as Anthropic does, and takes traces."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.spans: list[Span] = []
        self.encodings: list[str | None] = []


class _Handler(BaseHTTPRequestHandler):
    server: Upstream

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = b""
        if self.path == "/v1/traces":
            encoding = self.headers.get("Content-Encoding")
            self.server.encodings.append(encoding)
            self.server.spans += read_spans(body, self.headers["Content-Type"], encoding)
        else:
            answer = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def call_and_export(upstream: Upstream, compression: Compression) -> Operation:
    """One call of Anthropic's library below a request's span, exported; the one operation that it is."""
    provider = TracerProvider(resource=Resource.create({"service.name": "shop", "team": "search"}))
    exporter = OTLPSpanExporter(endpoint=f"{upstream.address}/v1/traces", compression=compression)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    client = anthropic.Anthropic(
        api_key="none", base_url=upstream.address, open_telemetry={"tracer_provider": provider}
    )
    tracer = provider.get_tracer("app")
    with tracer.start_as_current_span("request", attributes={"customer.id": "acme", "feature": "summarize"}):
        client.messages.create(
            model="claude-test", max_tokens=300, messages=[{"role": "user", "content": "hi"}]
        )
    provider.shutdown()
    (operation,) = operations_of(upstream.spans)
    return operation


@pytest.mark.parametrize("compression", [Compression.Gzip, Compression.NoCompression])
def test_anthropics_own_spans_through_opentelemetrys_exporter(
    upstream: Upstream, compression: Compression
) -> None:
    operation = call_and_export(upstream, compression)

    assert tokens(operation) == {
        "input_tokens": 1000,
        "output_tokens": 200,
        "cache_read_tokens": 600,
        "cache_write_tokens": 100,
        "cache_write_1h_tokens": 40,
    }
    assert (operation["customer"], operation["feature"], operation["team"]) == ("acme", "summarize", "search")
    assert (operation["response_id"], operation["max_tokens"]) == ("msg_1", 300)
    assert upstream.encodings == ["gzip" if compression is Compression.Gzip else None]
