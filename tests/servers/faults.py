"""A proxy on the loopback that passes requests on, but for the faults that a test plans."""

import http.client
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


@dataclass
class Fault:
    """What happens to the next `times` requests whose method, path and (of AWS) action hold `wanted`.

    `status` and `body` answer in the server's place. `cut` sends that many bytes of the body and closes the
    connection; with `hold`, it keeps it open until the proxy ends instead. `before` is done before the
    request is passed on.
    """

    wanted: str = "GET"
    status: int = 0
    body: str = ""
    cut: int | None = None
    hold: bool = False
    before: Callable[[], None] | None = None
    times: int = 1


@dataclass
class Request:
    """What came by; the names of headers in small letters."""

    method: str
    path: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False, default=b"")


class Proxy:
    """Stands between a client and the server at `upstream`; `sent` counts bytes of bodies by path."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.seen: list[Request] = []
        self.faults: list[Fault] = []
        self.sent: dict[str, int] = {}
        self.ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients are killed on purpose
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{urlsplit(self.upstream).path}"

    def plan(self, *faults: Fault) -> None:
        """Faults that happen in this order, each when a request is of its kind."""
        self.faults += faults

    def starts(self) -> list[int]:
        """Where the byte ranges begin that were asked for, in order."""
        asked = [r.headers["range"] for r in self.seen if "range" in r.headers]
        return [int(each.removeprefix("bytes=").split("-")[0]) for each in asked]

    def take(self, request: Request) -> Fault | None:
        self.seen.append(request)
        told = f"{request.method} {unquote(request.path)} {request.headers.get('x-amz-target', '')}"
        fault = next((f for f in self.faults if f.wanted in told), None)
        if fault:
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
        return fault

    def close(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    upstream = urlsplit(proxy.upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            fault = proxy.take(Request(self.command, self.path, headers, body))
            if fault and fault.before:
                fault.before()
            if fault and fault.status:
                self._send(fault.status, {"Content-Type": "application/xml"}, fault.body.encode())
            else:
                self._pass_on(body, fault)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any  # noqa: N815  the names are given

        def _pass_on(self, body: bytes, fault: Fault | None) -> None:
            assert upstream.hostname is not None
            connection = http.client.HTTPConnection(upstream.hostname, upstream.port or 80, timeout=30)
            try:
                connection.request(self.command, self.path, body, dict(self.headers.items()))
                answer = connection.getresponse()
                content = answer.read()
                self._send(answer.status, dict(answer.getheaders()), content, fault)
            finally:
                connection.close()

        def _send(
            self, status: int, headers: dict[str, str], content: bytes, fault: Fault | None = None
        ) -> None:
            self.send_response_only(status)
            length = (
                headers.get("Content-Length", str(len(content))) if self.command == "HEAD" else len(content)
            )
            for name, value in headers.items():
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command == "HEAD":
                return
            part = content if not fault or fault.cut is None else content[: fault.cut]
            path = unquote(urlsplit(self.path).path)
            proxy.sent[path] = proxy.sent.get(path, 0) + len(part)
            self.wfile.write(part)
            self.wfile.flush()
            if not fault or fault.cut is None:
                return
            if fault.hold:
                proxy.ended.wait(30)
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is inherited
            pass

    return Handler
