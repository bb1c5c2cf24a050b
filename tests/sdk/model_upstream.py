"""A server that answers as OpenAI, Anthropic and Ollama do, with counts that are known; it streams, too.

1,000 tokens of input: of OpenAI's, 600 come from the cache; of Anthropic's, 300 are fresh, 100 written to the cache
(40 of them for an hour) and 600 read from it. 200 tokens of output, 50 of reasoning.
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CHAT_USAGE = {
    "prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200,
    "prompt_tokens_details": {"cached_tokens": 600, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 50, "audio_tokens": 0},
}  # fmt: skip
RESPONSE_USAGE = {
    "input_tokens": 1000, "output_tokens": 200, "total_tokens": 1200,
    "input_tokens_details": {"cached_tokens": 600, "cache_write_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 50},
}  # fmt: skip
MESSAGE_USAGE = {
    "input_tokens": 300, "cache_creation_input_tokens": 100, "cache_read_input_tokens": 600,
    "cache_creation": {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 40},
    "output_tokens": 200, "output_tokens_details": {"thinking_tokens": 50}, "service_tier": "standard",
}  # fmt: skip
OLLAMA_USAGE = {
    "prompt_eval_count": 1000, "eval_count": 200, "total_duration": 5_000_000_000,
    "prompt_eval_duration": 500_000_000, "eval_duration": 2_000_000_000,
}  # fmt: skip
Sse = Iterator[tuple[str, dict[str, Any] | str]]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Callers hang up in the middle of streams here; that is what is tested."""


class Upstream:
    """A loopback server; `requests` are the bodies that it was sent, `status` what it answers instead of 200."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.status = 200
        self.error = "it broke"
        self.refuses_stream_options = False
        self.breaks_off = False
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def chat(asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_790_000_000, "model": "gpt-4o-mini-2024-07-18",
        "service_tier": "default", "usage": CHAT_USAGE,
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "An answer."}}],
    }  # fmt: skip


def chat_chunks(asked: dict[str, Any]) -> Sse:
    head = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_790_000_000,
        "model": "gpt-4o-mini-2024-07-18",
    }
    counted = (asked.get("stream_options") or {}).get("include_usage")
    more = {"usage": None} if counted else {}
    for delta in ({"role": "assistant", "content": ""}, {"content": "An "}, {"content": "answer."}):
        yield "", {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}], **more}
    yield "", {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], **more}
    if counted:
        yield "", {**head, "choices": [], "usage": CHAT_USAGE}
    yield "", "[DONE]"


def response(status: str = "completed", usage: dict[str, Any] | None = RESPONSE_USAGE) -> dict[str, Any]:
    return {
        "id": "resp_1", "object": "response", "created_at": 1_790_000_000, "model": "gpt-4o-mini-2024-07-18", "status": status,
        "usage": usage, "service_tier": "default", "parallel_tool_calls": True, "tool_choice": "auto", "tools": [],
        "output": [{"id": "msg_1", "type": "message", "role": "assistant", "status": "completed",
                    "content": [{"type": "output_text", "text": "An answer.", "annotations": []}]}],
    }  # fmt: skip


def response_events(asked: dict[str, Any]) -> Sse:
    begun = response("in_progress", None) | {"output": []}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
    part = {"type": "output_text", "text": "", "annotations": []}
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    for number, event in enumerate([
        {"type": "response.created", "response": begun},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.content_part.added", **place, "part": part},
        {"type": "response.output_text.delta", **place, "delta": "An answer.", "logprobs": []},
        {"type": "response.completed", "response": response()},
    ]):  # fmt: skip
        yield str(event["type"]), {**event, "sequence_number": number}


def embeddings(asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "object": "list", "model": "text-embedding-3-small", "usage": {"prompt_tokens": 8, "total_tokens": 8},
        "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}],
    }  # fmt: skip


def message(asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-of-today-20260930",
        "content": [{"type": "text", "text": "An answer."}], "stop_reason": "end_turn", "stop_sequence": None,
        "usage": MESSAGE_USAGE,
    }  # fmt: skip


def message_events(asked: dict[str, Any]) -> Sse:
    begun = {
        **message(asked),
        "content": [],
        "stop_reason": None,
        "usage": {**MESSAGE_USAGE, "output_tokens": 1},
    }
    del begun["usage"]["output_tokens_details"]
    text = {"type": "text_delta", "text": "An answer."}
    final = {"output_tokens": 200, "output_tokens_details": {"thinking_tokens": 50}}
    yield "message_start", {"type": "message_start", "message": begun}
    yield "ping", {"type": "ping"}
    yield (
        "content_block_start",
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    )
    yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": text}
    yield "content_block_stop", {"type": "content_block_stop", "index": 0}
    yield "message_delta", {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": final}
    yield "message_stop", {"type": "message_stop"}


def ollama(asked: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """An answer, or where `stream` is asked for its parts."""
    head = {"model": asked["model"], "created_at": "2026-09-30T13:00:00Z"}
    if path == "/api/embed":
        return [{**head, "embeddings": [[0.5, 0.25]], "prompt_eval_count": 8, "total_duration": 1_000_000}]
    text = [{"response": word} if path == "/api/generate" else {"message": {"role": "assistant", "content": word}}
            for word in ("An ", "answer.")]  # fmt: skip
    last = {**head, **text[1], "done": True, "done_reason": "stop", **OLLAMA_USAGE}
    return [{**head, **text[0], "done": False}, last] if asked.get("stream") else [last]


def _handler(upstream: Upstream) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            upstream.requests.append(asked)
            if upstream.status != 200:
                self._send(upstream.status, {"error": {"type": "error", "message": upstream.error}})
            elif upstream.refuses_stream_options and "stream_options" in asked:
                self._send(
                    400, {"error": {"message": "Unrecognized request argument supplied: stream_options"}}
                )
            elif self.path.startswith("/api/"):
                self._lines(ollama(asked, self.path))
            else:
                whole, parts = {
                    "/v1/chat/completions": (chat, chat_chunks),
                    "/v1/responses": (lambda _asked: response(), response_events),
                    "/v1/embeddings": (embeddings, None),
                    "/v1/messages": (message, message_events),
                }[self.path.partition("?")[0]]
                if asked.get("stream") and parts:
                    self._events(parts(asked))
                else:
                    self._send(200, whole(asked))

        def _send(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def _stream(self, kind: str, parts: Iterator[bytes]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for number, part in enumerate(parts):
                if upstream.breaks_off and number == 3:
                    self.close_connection = True
                    return
                self._chunk(part)
            self.wfile.write(b"0\r\n\r\n")

        def _events(self, events: Sse) -> None:
            self._stream("text/event-stream", (
                (f"event: {name}\n" if name else "").encode()
                + f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()
                for name, data in events
            ))  # fmt: skip

        def _lines(self, parts: list[dict[str, Any]]) -> None:
            if len(parts) == 1:
                self._send(200, parts[0])
            else:
                self._stream("application/x-ndjson", (json.dumps(part).encode() + b"\n" for part in parts))

        def log_message(self, *_args: object) -> None:
            pass

    return Handler
