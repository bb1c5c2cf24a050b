"""The first layer a request meets: whose address it names, finished answers, and headers on everything.

A run's results never change, so an answer once made is good until the next run. Finding it here takes no
routing, no thread and no validation.
"""

from collections.abc import Callable
from hashlib import blake2b

from fastapi import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from apportion.api.cache import AnswerCache, Finished, Headers, Key
from apportion.api.problems import Problem, log, respond, unexpected

API = "/api/"
PLAN = "/api/v1/plan"
NEVER_KEPT = frozenset({"/api/v1/health", PLAN})
READS = frozenset({"GET", "HEAD", "OPTIONS"})
LIVE = (
    *("/api/v1/operations", "/api/v1/rates", "/api/v1/costs/anomalies", "/api/v1/costs/forecast"),
    *("/api/v1/alerts", "/api/v1/jobs"),
)
"""Answers below it may differ with every operation that comes in, so they are made anew each time."""

STREAMED = frozenset({"/api/v1/operations/export"})
"""Answers that go out as they are made, for they may be larger than memory."""

ASKS = frozenset({"/api/v1/costs/query"})
"""Where a POST asks, and changes nothing."""

LOOPBACK = frozenset({b"127.0.0.1", b"localhost", b"[::1]"})
_ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
_API_HEADERS: Headers = [
    *_ALWAYS,
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE_HEADERS: Headers = [*_ALWAYS, (b"content-security-policy", _PAGE_POLICY.encode())]
_FRESH: Headers = [(b"cache-control", b"private, no-cache")]


class Door:
    """ASGI middleware around everything else.

    `run_key` is asked at every request and must be cheap; `loopback` admits only requests that name this
    machine, so that a foreign page cannot reach the API through a name it points here. What changes something
    is taken from no page of elsewhere, and only on loopback: there is no login yet.
    """

    def __init__(
        self, app: ASGIApp, *, run_key: Callable[[], str], version: str, loopback: bool = True
    ) -> None:
        self._app = app
        self._run_key = run_key
        self._version = version
        self._loopback = loopback
        self._cache = AnswerCache()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if self._loopback and _name(headers.get(b"host", b"")) not in LOOPBACK:
            await _misdirected(path)(scope, receive, _adding(send, _API_HEADERS))
        elif scope["method"] not in READS and path not in ASKS and (why := self._forbidden(headers)):
            await _turned_away(path, why)(scope, receive, _adding(send, _API_HEADERS))
        elif path == PLAN and headers.get(b"sec-fetch-site", b"none") not in (b"same-origin", b"none"):
            why = "A page from elsewhere may not let this machine compute a plan."
            await _turned_away(path, why)(scope, receive, _adding(send, _API_HEADERS))
        elif scope["method"] == "GET" and path.startswith(API) and path not in NEVER_KEPT | STREAMED:
            await self._report(scope, receive, send, headers)
        else:
            extra = _API_HEADERS if path.startswith(API) else _PAGE_HEADERS
            await self._guarded(scope, receive, _adding(send, extra))

    def _forbidden(self, headers: dict[bytes, bytes]) -> str:
        """Why a request may change nothing here; '' where it may. Programs send neither of these headers."""
        if not self._loopback:
            return "This server can be reached by others and has no login yet, so it takes nothing in."
        site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
        if site is not None:
            foreign = site not in (b"same-origin", b"none")
        else:
            foreign = origin is not None and origin.partition(b"://")[2] != headers.get(b"host", b"")
        return "A page from elsewhere may change nothing here." if foreign else ""

    async def _report(self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes]) -> None:
        """Answer from what is kept, or keep the answer made now where it is a full one."""
        gzip = b"gzip" in headers.get(b"accept-encoding", b"")
        live = scope["path"].startswith(LIVE)
        key = (self._run_key(), scope.get("raw_path", b""), scope["query_string"], gzip)
        found = None if live else self._cache.get(key)
        if found is None:
            made = _Collected()
            await self._guarded(scope, receive, made)
            if made.status != 200:
                await made.replay(_adding(send, _API_HEADERS))
                return
            found = self._finished(key, made, made.body if live else b"")
            if not live:
                self._cache.put(key, found)
        if _matches(headers.get(b"if-none-match", b""), found.etag):
            kept = [(name, value) for name, value in found.headers if not name.startswith(b"content-")]
            await send({"type": "http.response.start", "status": 304, "headers": kept})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": found.headers})
        await send({"type": "http.response.body", "body": found.body})

    def _finished(self, key: Key, made: "_Collected", also: bytes = b"") -> Finished:
        run_key, path, query, _ = key
        named = b"\0".join([self._version.encode(), run_key.encode(), path, query, also])
        etag = b'W/"' + blake2b(named, digest_size=12).hexdigest().encode() + b'"'
        return Finished(etag, [*made.headers, *_API_HEADERS, *_FRESH, (b"etag", etag)], made.body)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Turn a fault of the program into a problem, where no answer has begun."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            if started:
                raise
            await unexpected(scope["path"])(scope, receive, send)


class _Collected:
    """Takes an answer as ASGI messages and keeps it whole."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: Headers = []
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def replay(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


def _adding(send: Send, extra: Headers) -> Send:
    async def added(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *extra]
        await send(message)

    return added


def _name(host: bytes) -> bytes:
    """The host a request names, without its port."""
    if host.startswith(b"["):
        return host[: host.find(b"]") + 1]
    return host.partition(b":")[0].lower()


def _matches(given: bytes, etag: bytes) -> bool:
    return bool(given) and (given.strip() == b"*" or etag in [part.strip() for part in given.split(b",")])


def _misdirected(path: str) -> Response:
    return respond(
        Problem(
            title="Misdirected request",
            status=421,
            detail="This server answers only to 127.0.0.1 and localhost.",
            instance=path,
        )
    )


def _turned_away(path: str, why: str) -> Response:
    return respond(Problem(title="Forbidden", status=403, detail=why, instance=path))
