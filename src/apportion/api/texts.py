"""Texts of requests that no database keeps."""

import re

from fastapi import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from apportion.api.bodies import LARGER, unless
from apportion.api.problems import FieldProblem, Problem, respond

_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_OVERLAP = 64
"""So much of a piece is looked at again with the next, for what stands across the seam."""


class Kept:
    """ASGI middleware that refuses NUL in addresses and in JSON: PostgreSQL keeps none, nor can be asked.

    What sends many things at once refuses those alone that have one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif "\0" in scope["path"]:
            await _nothing_here()(scope, receive, send)
        elif b"%00" in scope["query_string"]:
            await _refusal(scope["path"], "query")(scope, receive, send)
        elif scope.get("state", {}).get("route") in LARGER or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
        else:
            await self._looked_at(scope, receive, send)

    async def _looked_at(self, scope: Scope, receive: Receive, send: Send) -> None:
        before = b""

        def has_nul(piece: bytes) -> bool:
            nonlocal before
            whole = before + piece
            before = whole[-_OVERLAP:]
            return bool(_ESCAPED.search(whole))

        await unless(has_nul, _refusal(scope["path"], "body"), self._app, scope, receive, send)


def _nothing_here() -> Response:
    detail = "There is nothing at this address."
    return respond(Problem(title="Not Found", status=404, detail=detail, instance=""))


def _refusal(path: str, where: str) -> Response:
    why = "It has the character NUL, which no text here may have."
    errors = [FieldProblem(parameter=where, message=why)]
    return respond(
        Problem(title="Input not usable", status=422, detail=f"{where}: {why}", instance=path, errors=errors)
    )
