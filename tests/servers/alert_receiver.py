"""A server on loopback that takes alerts over HTTP, each path as it is told to, and keeps what came."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Got:
    """One request whose answer said that it was taken."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class AlertReceiver:
    """What came. `answers` are statuses for a path's next requests, `always` for all of them; else it is 204.

    A path in `hangs` gets no answer before the receiver ends. `after` and `words` go with every refusal.
    """

    url: str = ""
    taken: list[Got] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)
    always: dict[str, int] = field(default_factory=dict)
    hangs: set[str] = field(default_factory=set)
    after: str = ""
    words: str = ""
    came: threading.Condition = field(default_factory=threading.Condition)
    over: threading.Event = field(default_factory=threading.Event)

    def take(self, got: Got) -> int:
        """Keep a request and say its status; 0 for no answer at all."""
        place = got.path.partition("?")[0]
        with self.came:
            self.asked.append(place)
            planned = self.answers.get(place)
            status = planned.pop(0) if planned else self.always.get(place, 204)
            if place in self.hangs:
                status = 0
            elif status < 300:
                self.taken.append(got)
            self.came.notify_all()
        if status == 0:
            self.over.wait()
        return status


@contextmanager
def receiving(receiver: AlertReceiver, tls: ssl.SSLContext | None = None) -> Iterator[AlertReceiver]:
    """Serve it until the end, over TLS where a context is given."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            body = self.rfile.read(size)
            if len(body) < size:  # the client was killed
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.take(Got(self.path, headers, body))
            if status == 0:
                self.close_connection = True
                return
            words = receiver.words.encode() if status >= 300 else b""
            self.send_response(status)
            if receiver.after and status >= 300:
                self.send_header("Retry-After", receiver.after)
            if 300 <= status < 400:
                self.send_header("Location", receiver.url + "/elsewhere")
            if status != 204:
                self.send_header("Content-Length", str(len(words)))
            self.end_headers()
            self.wfile.write(words)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: object) -> None:
            """A client that was killed."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        receiver.url = f"http{'s' * bool(tls)}://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.over.set()
            server.shutdown()
            thread.join()
