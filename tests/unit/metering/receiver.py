"""An address on loopback that takes lines, or answers as it is told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """What came. `answers` are the next statuses, then it is 204; a status above 299 takes nothing."""

    answers: list[int] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    most: int = 10**9
    came: threading.Condition = field(default_factory=threading.Condition)

    @property
    def lines(self) -> list[str]:
        return "".join(self.bodies).splitlines()

    def wait_for(self, lines: int, seconds: float = 30) -> list[str]:
        """The lines, once there are so many."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.lines) >= lines, seconds), self.lines
        return self.lines

    def take(self, body: str, headers: dict[str, str]) -> int:
        with self.came:
            status = self.answers.pop(0) if self.answers else 204
            if len(body.splitlines()) > self.most:
                status = 413
            if status < 300:
                self.bodies.append(body)
            self.headers.append(headers)
            self.came.notify_all()
            return status


@contextmanager
def receiving(receiver: Receiver, port: int = 0) -> Iterator[Receiver]:
    """Serve it until the end."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(receiver.take(body, {k.lower(): v for k, v in self.headers.items()}))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}/write?bucket=ai"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
