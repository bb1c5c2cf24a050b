"""Bodies of requests, read up to a size."""

from collections.abc import Callable

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from apportion.api.problems import Problem, respond

KIB, MIB = 2**10, 2**20
MOST_OF_ACCESS = 64 * KIB
"""For what anybody may send, known or not: logins, passwords, names."""

MOST = MIB
OF_ACCESS = "/api/v1/access"
LARGER = frozenset({"push_usage", "post_operations", "post_outcomes", "post_traces"})
"""Routes that take more, read their body by `read_body`, and say how much."""


class RefusedError(Exception):
    """A body is none that is taken; whoever reads it gets no further."""


async def unless(
    refused: Callable[[bytes], bool], refusal: Response,
    app: ASGIApp, scope: Scope, receive: Receive, send: Send,
) -> None:  # fmt: skip
    """Run `app` on a body, piece by piece, and answer `refusal` as soon as a piece is `refused`."""
    over, begun = False, False

    async def looked() -> Message:
        nonlocal over
        message = await receive()
        over = over or refused(message.get("body", b""))
        if over:
            raise RefusedError
        return message

    async def unless_over(message: Message) -> None:
        nonlocal begun
        if begun or not over:  # what the application makes of a body that it could not read is not told
            begun = True
            await send(message)

    try:
        await app(scope, looked, unless_over)
    except RefusedError:
        over = True
    if over and not begun:
        await refusal(scope, receive, send)


class Capped:
    """ASGI middleware that hands on as much of a body as its address may have.

    What comes is counted, whatever its header says of its length. Its place is where the route is known.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope.get("state", {}).get("route") in LARGER:
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        most = MOST_OF_ACCESS if path == OF_ACCESS or path.startswith(f"{OF_ACCESS}/") else MOST
        if _told(scope) > most:
            await _refusal(path, most)(scope, receive, send)
            return
        seen = 0

        def too_many(piece: bytes) -> bool:
            nonlocal seen
            seen += len(piece)
            return seen > most

        await unless(too_many, _refusal(path, most), self._app, scope, receive, send)


def _told(scope: Scope) -> int:
    """How long a body is to be, by the header Content-Length; 0 where it does not say."""
    given = dict(scope["headers"]).get(b"content-length", b"")
    return int(given) if given.isdigit() and len(given) < 19 else 0


async def read_body(request: Request, most: int) -> bytes | None:
    """The body; None where it has more than `most` bytes."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > most:
            return None
    return bytes(found)


def too_large(request: Request, most: int) -> Response:
    """The answer to a body that has more than `most` bytes."""
    return _refusal(request.url.path, most)


def _refusal(path: str, most: int) -> Response:
    size = f"{most // MIB} MiB" if most >= MIB else f"{most // KIB} KiB"
    problem = Problem(
        title="Content too large",
        status=413,
        detail=f"A body has at most {size}.",
        instance=path,
        hint="Send several smaller ones." if most > MIB else None,
    )
    return respond(problem)
