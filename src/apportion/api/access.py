"""The one policy point: which route is asked, who asks, and whether they may. Deny by default."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import NamedTuple, Protocol, TypeVar

import anyio
from anyio import to_thread
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import cookie_parser
from starlette.types import Scope

from apportion.access import LOCAL, Caller
from apportion.access.errors import Forbidden, Unauthenticated
from apportion.access.rules import RULES, Rule
from apportion.access.service import COOKIE

GUARDED = ("/api", "/v1")
PAGE = "page"
"""The route of the dashboard, whose files say nothing; below GUARDED it answers nobody who is not known."""

KNOWN = 4096
LONGEST_KNOWN = 300
"""So many addresses' routes are remembered, of those that are not longer; anybody can ask for longer ones."""

AT_ONCE = 8
LONGEST = 200
T = TypeVar("T")


class Admission(Protocol):
    """Who knows people and keys."""

    @property
    def configured(self) -> bool:
        """Whether there are accounts, so that nobody comes in unknown."""

    @property
    def nobody_lately(self) -> bool:
        """Whether there were none when last looked, within a second; asks no database."""

    def remembered(self, authorization: str | None, now: datetime) -> Caller | None:
        """Whoever shows what was good within the last seconds; asks no database."""

    def identify(self, authorization: str | None, cookie: str | None, now: datetime) -> Caller:
        """Raises Unauthenticated."""

    def refused(
        self, action: str, now: datetime, *, by: Caller | None = None, target: str = "", address: str = ""
    ) -> None:
        """Hears of everybody who was not let in."""


class Admitted(NamedTuple):
    """Who asks for what. `caller` is None for whom nobody knows; `route` is '' where there is none."""

    route: str
    caller: Caller | None

    @property
    def whose(self) -> bytes:
        """What the answer depends on besides its address: a tenant sees another than everybody else."""
        tenant = self.caller.tenant if self.caller else None
        return b"" if tenant is None else f"{tenant.kind}\0{tenant.name}".encode()


class _Credentials(NamedTuple):
    """What somebody shows."""

    bearer: str | None
    cookie: str | None


class Gate:
    """Lets requests of `api` in, or not. `loopback` says that nobody else can reach this server."""

    def __init__(
        self, api: FastAPI, access: Admission, *, loopback: bool, rules: Mapping[str, Rule] = RULES
    ) -> None:
        self._api, self._access, self._loopback, self._rules = api, access, loopback, rules
        self._limiter: anyio.CapacityLimiter | None = None
        self._find: Callable[[str, str], str] | None = None

    async def admit(self, scope: Scope, headers: Mapping[bytes, bytes]) -> Admitted:
        """Who asks for which route. Raises Unauthenticated and Forbidden; nothing has been read by then."""
        path: str = scope["path"]
        name, guarded = self.route(scope["method"], path), _guarded(path)
        if name in (PAGE, "") and not guarded:
            return Admitted(name, None)
        name = "" if name == PAGE else name
        rule = self._rules.get(name)
        caller: Caller | None = None
        try:
            caller = await self._who(headers, public=rule is not None and rule.public)
            self._check(name, rule, caller)
        except (Unauthenticated, Forbidden):
            if caller or any(_shown(headers)):  # who shows nothing is a page that asks whether to log in
                await self._told(name or "nothing", caller, scope)
            raise
        return Admitted(name, caller)

    def _check(self, name: str, rule: Rule | None, caller: Caller | None) -> None:
        if name and rule is None:
            raise Forbidden("Nobody may use this.", hint="The program has no rule for it; tell who runs it.")
        if rule and caller and not rule.admits(caller):
            raise Forbidden(rule.why_not(caller), hint="Ask an owner for another role, or another key.")

    def route(self, method: str, path: str) -> str:
        """The name of the route that answers; '' for none, and where it takes other methods only."""
        if self._find is None:
            self._find = _finder(self._api)
        return self._find(method, path)

    async def _who(self, headers: Mapping[bytes, bytes], *, public: bool) -> Caller | None:
        """Whoever asks. On a public route a session that is over is as good as none; a key never is."""
        shown = _shown(headers)
        if found := self._known(shown):
            return found
        try:
            return await self._apart(lambda: self._identify(shown))
        except Unauthenticated:
            if public and shown.bearer is None:
                return None
            raise

    def _known(self, shown: _Credentials) -> Caller | None:
        """Whoever is known from the last seconds, without a thread or a database."""
        if shown.bearer is None:
            return LOCAL if self._loopback and self._access.nobody_lately else None
        return self._access.remembered(shown.bearer, datetime.now(UTC))

    async def _told(self, name: str, caller: Caller | None, scope: Scope) -> None:
        address = (scope.get("client") or ("",))[0]
        target = f"{scope['method']} {scope['path']}"[:LONGEST]
        told = partial(
            self._access.refused, name, datetime.now(UTC), by=caller, target=target, address=address
        )
        await self._apart(told)

    async def _apart(self, work: Callable[[], T]) -> T:
        """Do what asks a database in a thread that is not among those who answer, who may all be busy."""
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(AT_ONCE)
        return await to_thread.run_sync(work, limiter=self._limiter)

    def _identify(self, shown: _Credentials) -> Caller:
        if shown.bearer is None and not self._access.configured:
            if self._loopback:
                return LOCAL
            raise Unauthenticated(
                "Nobody has an account here yet.",
                hint="Add one where it runs: apportion access people add LOGIN --role owner.",
            )
        return self._access.identify(shown.bearer, shown.cookie, datetime.now(UTC))


def bearer(headers: Mapping[bytes, bytes]) -> str | None:
    """The header Authorization where it is a bearer's; what a proxy checks for itself is not ours."""
    given = headers.get(b"authorization", b"").decode("latin-1")
    return given if given.partition(" ")[0].lower() == "bearer" else None


def _shown(headers: Mapping[bytes, bytes]) -> _Credentials:
    cookies = cookie_parser(headers.get(b"cookie", b"").decode("latin-1"))
    return _Credentials(bearer(headers), cookies.get(COOKIE) or None)


def _guarded(path: str) -> bool:
    return any(path == part or path.startswith(f"{part}/") for part in GUARDED)


def _finder(api: FastAPI) -> Callable[[str, str], str]:
    """Finds routes as the application does: the first that matches, in the order of its table."""
    table = [
        (route.path_regex, frozenset(route.methods or ()), route.name or "")
        for route in iter_route_contexts(api.routes)
    ]

    def find(method: str, path: str) -> str:
        return next((name for regex, taken, name in table if method in taken and regex.match(path)), "")

    remembered = lru_cache(maxsize=KNOWN)(find)
    return lambda method, path: (remembered if len(path) <= LONGEST_KNOWN else find)(method, path)
