"""A server that takes operations as the real one does, checks each against the schema, and can be made to fail."""

import contextlib
import gzip
import json
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import TypeAdapter, ValidationError

from apportion.metering.operation import Operation

SCHEMA = TypeAdapter(Operation)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *args: Any) -> None:
        self.open: set[socket.socket] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that went away are nothing to tell of."""


class Receiver:
    """A loopback server. `failing` are answers that it gives first: (status, headers)."""

    def __init__(self, port: int = 0) -> None:
        self.operations: dict[str, dict[str, Any]] = {}
        self.outcomes: list[dict[str, Any]] = []
        self.batches: list[tuple[str, int]] = []
        self.headers: list[dict[str, str]] = []
        self.repeated = 0
        self.failing: list[tuple[int, dict[str, str]]] = []
        self.instead: Callable[[bytes], tuple[int, bytes] | None] = lambda _body: None
        self.lost_answers = 0
        self.unpacks = True
        self._changed = threading.Condition()
        self._server = _Server(("127.0.0.1", port), self._handler())
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Be gone, connections and all, as a killed server is."""
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()

    def wait_for(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        """Until `condition` holds; it is looked at after each request."""
        with self._changed:
            assert self._changed.wait_for(condition, seconds), self.batches

    def only(self) -> dict[str, Any]:
        [operation] = self.operations.values()
        return operation

    def take(self, path: str, body: bytes) -> dict[str, Any]:
        """What the server answers to a batch."""
        kind = path.rpartition("/")[2]
        given = json.loads(body)[kind]
        self.batches.append((kind, len(given)))
        if kind == "outcomes":
            self.outcomes += given
            waiting = [one["id"] for one in given if one["id"] not in self.operations]
            return {"completed": len(given) - len(waiting), "waiting": waiting}
        accepted, repeated, rejected = 0, 0, []
        for index, one in enumerate(given):
            try:
                SCHEMA.validate_json(json.dumps(one))
            except ValidationError as why:
                fault = why.errors(include_input=False)[0]
                rejected.append(
                    {"index": index, "id": one.get("id"), "field": str(fault["loc"]), "reason": fault["msg"]}
                )
                continue
            repeated += one["id"] in self.operations
            accepted += one["id"] not in self.operations
            self.operations.setdefault(one["id"], one)
        self.repeated += repeated
        return {"accepted": accepted, "repeated": repeated, "rejected": rejected, "unpriced": []}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 2

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip" and receiver.unpacks:
                    body = gzip.decompress(body)
                with receiver._changed:
                    receiver.headers.append(dict(self.headers.items()))
                    status, headers, answer = receiver._answer(self.path, body)
                    receiver._changed.notify_all()
                if status == 0:  # committed, but the answer is lost
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: object) -> None:
                pass

        return Handler

    def _answer(self, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if self.failing:
            status, headers = self.failing.pop(0)
            self.batches.append((f"answered {status}", 0))
            return status, headers, b"{}"
        if instead := self.instead(body):
            return instead[0], {}, instead[1]
        if not body.startswith(b"{"):
            return 422, {}, b"{}"
        if path not in ("/api/v1/operations", "/api/v1/operations/outcomes"):
            return 404, {}, b"{}"
        answer = self.take(path, body)
        if self.lost_answers:
            self.lost_answers -= 1
            return 0, {}, b""
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()
