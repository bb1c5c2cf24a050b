"""The first layer a request meets: whose address it names, who asks, finished answers, headers on everything.

A run's results never change, so an answer once made is good until the next run, for everybody who sees the
same: a tenant gets what was made for that tenant. Finding it here takes no validation.
"""

from collections.abc import Callable, Sequence
from hashlib import blake2b

from fastapi import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from apportion.access.doing import By, doing
from apportion.api.access import Admitted, Gate, bearer
from apportion.api.cache import AnswerCache, Finished, Headers, Key
from apportion.api.problems import Problem, expected, log, respond, unexpected
from apportion.core.errors import ApportionError

API = "/api/"
TRACES = "/v1/"
PLAN = "/api/v1/plan"
NEVER_KEPT = frozenset({"/api/v1/health", PLAN})
OF_THE_CALLER = ("/api/v1/access", "/api/v1/audit")
"""Answers below it are about who asks, or about secrets; none is kept, and none has an ETag."""

READS = frozenset({"GET", "HEAD", "OPTIONS"})
LIVE = (
    *("/api/v1/operations", "/api/v1/rates", "/api/v1/costs/anomalies", "/api/v1/costs/forecast"),
    *("/api/v1/alerts", "/api/v1/jobs", "/api/v1/budgets", "/api/v1/credits", "/api/v1/plans"),
    *("/api/v1/entitlements", "/api/v1/customers"),
)
"""Answers below it may differ with every operation that comes in, so they are made anew each time."""

STREAMED = frozenset({"/api/v1/operations/export"})
"""Answers that go out as they are made, for they may be larger than memory."""

ASKS = frozenset({"/api/v1/costs/query"})
"""Where a POST asks, and changes nothing."""

LOOPBACK = frozenset({b"127.0.0.1", b"localhost", b"[::1]"})
_ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
_UNFRAMED = (b"x-frame-options", b"DENY")
_API_HEADERS: Headers = [
    *_ALWAYS,
    _UNFRAMED,
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"vary", b"Cookie, Authorization"),
]
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors "
)
EMBEDDED = "/embed/"
"""Where the dashboard shows a customer its own page inside the pages of others."""

_FRESH: Headers = [(b"cache-control", b"private, no-cache")]
_UNKEPT: Headers = [*_API_HEADERS, (b"cache-control", b"private, no-store")]


class Door:
    """ASGI middleware around everything else.

    `run_key` is asked at every request and must be cheap; `gate` says who may come in; `loopback` admits
    only requests that name this machine, so that no foreign page reaches the API by a name of its own.
    What changes something is taken from no page of elsewhere, unless it shows a key: pages have none.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        run_key: Callable[[], str],
        version: str,
        gate: Gate,
        loopback: bool = True,
        embed_origins: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._app = app
        self._run_key = run_key
        self._version = version
        self._gate = gate
        self._loopback = loopback
        self._embed_origins = embed_origins
        self._cache = AnswerCache()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # nothing speaks it, and nobody is asked
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        else:
            await self._asked(scope, receive, send)

    async def _asked(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if refused := self._misplaced(scope, headers):
            await refused(scope, receive, _adding(send, _UNKEPT))
            return
        try:
            admitted = await self._gate.admit(scope, headers)
        except ApportionError as why:
            await expected(why, scope["path"])(scope, receive, _adding(send, _UNKEPT))
            return
        except Exception:  # noqa: BLE001  whatever it was, nobody came in
            log.exception("who asks for %s %s is not known", scope["method"], scope["path"])
            await unexpected(scope["path"])(scope, receive, _adding(send, _UNKEPT))
            return
        if admitted.caller:
            doing.set(By(admitted.caller, (scope.get("client") or ("",))[0]))
        scope.setdefault("state", {}).update(caller=admitted.caller, route=admitted.route)
        await self._admitted(scope, receive, send, headers, admitted)

    def _misplaced(self, scope: Scope, headers: dict[bytes, bytes]) -> Response | None:
        """The answer to what is asked in the wrong way, whoever asks; None where it is not."""
        path = scope["path"]
        if self._loopback and _name(headers.get(b"host", b"")) not in LOOPBACK:
            return _misdirected(path)
        if bearer(headers) is not None:
            return None
        if scope["method"] not in READS and path not in ASKS and _of_elsewhere(headers):
            return _turned_away(path, "A page from elsewhere may change nothing here.")
        if path == PLAN and headers.get(b"sec-fetch-site", b"none") not in (b"same-origin", b"none"):
            return _turned_away(path, "A page from elsewhere may not let this machine compute a plan.")
        return None

    async def _admitted(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes], admitted: Admitted
    ) -> None:
        path: str = scope["path"]
        of_caller = path.startswith(OF_THE_CALLER) or path in NEVER_KEPT | STREAMED
        if scope["method"] == "GET" and path.startswith(API) and not of_caller:
            await self._report(scope, receive, send, headers, admitted.whose)
        elif path.startswith((API, TRACES)):
            await self._guarded(scope, receive, _adding(send, _UNKEPT))
        else:
            await self._guarded(scope, receive, _adding(send, self._of_pages(path)))

    def _of_pages(self, path: str) -> Headers:
        """Only a customer's own page is shown inside others: pages of the sites that are named."""
        if not path.startswith(EMBEDDED):
            return [*_ALWAYS, _UNFRAMED, (b"content-security-policy", f"{_PAGE_POLICY}'none'".encode())]
        inside = " ".join(self._embed_origins()) or "'none'"
        return [*_ALWAYS, (b"content-security-policy", f"{_PAGE_POLICY}{inside}".encode())]

    async def _report(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes], whose: bytes
    ) -> None:
        """Answer from what is kept for `whose`, or keep the answer made now where it is a full one."""
        gzip = b"gzip" in headers.get(b"accept-encoding", b"")
        live = scope["path"].startswith(LIVE)
        key = (self._run_key(), whose, scope.get("raw_path", b""), scope["query_string"], gzip)
        found = None if live else self._cache.get(key)
        if found is None:
            made = _Collected()
            await self._guarded(scope, receive, made)
            if made.status != 200:
                await made.replay(_adding(send, _UNKEPT))
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
        run_key, whose, path, query, _ = key
        sizes = f"{len(whose)},{len(path)},{len(query)}"  # so that no two keys are the same bytes
        named = b"\0".join([f"{self._version}\0{run_key}\0{sizes}".encode(), whose, path, query, also])
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


def _of_elsewhere(headers: dict[bytes, bytes]) -> bool:
    """Whether a page of elsewhere asks. Programs send neither of these headers."""
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    if site is not None:
        return site not in (b"same-origin", b"none")
    return origin is not None and origin.partition(b"://")[2] != headers.get(b"host", b"")


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
