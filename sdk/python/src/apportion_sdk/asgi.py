"""Middleware for ASGI applications (FastAPI, Starlette, Litestar, Quart): each request has a context."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from apportion_sdk import default, scope
from apportion_sdk.client import SECONDS_AT_EXIT, Client
from apportion_sdk.counters import LOG
from apportion_sdk.operation import CONTEXT

Asgi = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Asgi, Receive, Send], Awaitable[None]]
Source = str | Callable[[Asgi], Any]
"""The name of a header, or a function of the ASGI scope."""


class ApportionMiddleware:
    """Says of all operations within a request for whom and what they are.

    Each keyword is a field of the context (`customer`, `plan`, `feature`, …). Its value is the name of a
    header, or a function of the ASGI scope. A function is asked when an operation begins, so it may look at
    what a login or the router put there by then. Bodies, also streamed ones, pass untouched.

    Headers are what the caller says: name only those that a gateway of yours sets or removes.

    When the application shuts down, what is left is sent first: servers like uvicorn end a process by the
    signal that they were sent, without the interpreter's own exit.
    """

    def __init__(self, app: App, /, *, metering: Client | None = None, **fields: Source) -> None:
        self._app = app
        self._metering = metering
        self._fields = {name: source for name, source in fields.items() if name in CONTEXT}
        if unknown := fields.keys() - self._fields.keys():
            LOG.warning("ApportionMiddleware: no field of a context: %s", ", ".join(sorted(unknown)))

    async def __call__(self, asgi: Asgi, receive: Receive, send: Send) -> None:
        if asgi.get("type") in ("http", "websocket"):
            with scope.entered(self._found(asgi)):
                await self._app(asgi, receive, send)
        else:
            await self._app(asgi, receive, self._flushing(send))

    def _flushing(self, send: Send) -> Send:
        async def sending(message: Any) -> None:
            if message.get("type") in ("lifespan.shutdown.complete", "lifespan.shutdown.failed"):
                with contextlib.suppress(Exception):  # an event loop that is not asyncio's, for one
                    metering = self._metering or default.current()
                    await asyncio.to_thread(metering.flush, SECONDS_AT_EXIT)
            await send(message)

        return sending

    def _found(self, asgi: Asgi) -> Mapping[str, Any]:
        headers = _headers(asgi)
        found: dict[str, Any] = {}
        for name, source in self._fields.items():
            if callable(source):
                found[name] = functools.partial(source, asgi)
            elif value := headers.get(str(source).lower()):
                found[name] = value
        return found


def _headers(asgi: Asgi) -> dict[str, str]:
    headers: dict[str, str] = {}
    with contextlib.suppress(TypeError, ValueError, AttributeError):
        for name, value in asgi.get("headers", ()):
            headers[name.decode("latin-1").lower()] = value.decode("latin-1")
    return headers
