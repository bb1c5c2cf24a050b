"""Serves the built dashboard; an address that is no file is a page of it."""

from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException

from apportion.api.problems import documented

STATIC = Path(__file__).with_name("static")
_YEAR = "public, max-age=31536000, immutable"
_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Apportion</title></head>
<body><h1>The dashboard is not built</h1>
<p>The API works, at <a href="/api/v1/overview">/api/v1/overview</a>. To build the dashboard, run
<code>make install</code> in the repository and start again.</p></body></html>
"""


LONGEST = 1000
"""No page has a longer address."""


def install(api: FastAPI) -> None:
    """Answer every address outside /api from the folder of the built dashboard."""
    root = STATIC.resolve()

    def page(path: str) -> Response:
        if path == "api" or path.startswith("api/") or len(path) > LONGEST or "\0" in path:
            raise HTTPException(404)
        if file := _file(root, path):
            caching = _YEAR if path.startswith("assets/") else "no-cache"
            return FileResponse(file, headers={"Cache-Control": caching})
        if path.startswith("assets/"):
            raise HTTPException(404)
        index = root / "index.html"
        if not index.is_file():
            return HTMLResponse(_NOT_BUILT, headers={"Cache-Control": "no-store"})
        return FileResponse(index, headers={"Cache-Control": "no-cache"})

    api.add_api_route(
        "/{path:path}", page, methods=["GET"], include_in_schema=False, responses=documented(404)
    )


def _file(root: Path, path: str) -> Path | None:
    """The file of the dashboard at a path; None for what is no file of it."""
    try:
        file = (root / path).resolve()
        return file if file.is_relative_to(root) and file.is_file() else None
    except (OSError, ValueError):  # a name that no file system has
        return None
