"""A site of somebody else's beside the dashboard, which shows a page of it in a frame."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from playwright.sync_api import Browser

from browser import limited
from browser.visits import Site, Visit


class Beside:
    """Answers every address with one page: a frame around `framed`, 320 pixels wide."""

    def __init__(self) -> None:
        self.framed = ""
        outer = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                frame = f"<iframe title='Usage' width='320' height='900' src='{outer.framed}'></iframe>"
                self.wfile.write(
                    f"<!doctype html><html lang='en'><title>Shop</title><h1>Shop</h1>{frame}".encode()
                )

            def log_message(self, *_: object) -> None:
                """Nothing is said."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class LimitedSite(Site):
    """A served workspace whose people log in."""

    beside: Beside

    def let_in(self) -> None:
        """Give everybody an account; whoever has one asks for the next."""
        (owner, *_), *others = limited.PEOPLE
        first = {"login": owner, "role": "owner", "password": limited.PASSWORD}
        assert self.asked("/access/people", body=first)[0] == 201
        given = json.dumps({"login": owner, "password": limited.PASSWORD}).encode()
        asking = Request(f"{self.address}/api/v1/access/login", given, {"Content-Type": "application/json"})
        with urlopen(asking, timeout=30) as answer:
            session = answer.headers["Set-Cookie"].partition(";")[0]
        for login, role, tenant in others:
            body = {"login": login, "role": role, "tenant": tenant, "password": limited.PASSWORD}
            assert self.asked("/access/people", body=body, more={"Cookie": session})[0] == 201

    def asked(
        self, path: str, key: str | None = None, body: Any = None, more: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Status and answer, as a program gets them that shows a key."""
        shown = {"Authorization": f"Bearer {key}"} if key else {}
        headers = {"Content-Type": "application/json"} | shown | (more or {})
        data = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(f"{self.address}/api/v1{path}", data, headers), timeout=30) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refused:
            return refused.code, json.load(refused)


def log_in(visit: Visit, login: str, password: str = limited.PASSWORD) -> None:
    """As the login page does it, without the page."""
    given = {"login": login, "password": password}
    answer = visit.page.request.post(f"{visit.site.address}/api/v1/access/login", data=given)
    assert answer.ok, answer.text()


@contextmanager
def visited(
    browser: Browser, site: Site, login: str | None, scheme: Any = "light", width: int = 1440
) -> Iterator[Visit]:
    """A visit as somebody; nothing may leave the machine."""
    size: Any = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, color_scheme=scheme, accept_downloads=True)
    made = Visit(context.new_page(), site)
    if login is not None:
        log_in(made, login)
    made.listen()
    yield made
    context.close()
    assert made.left_the_machine() == []


def told(visit: Visit, path: str) -> Any:
    """What the API tells whoever visits."""
    answer = visit.page.request.get(f"{visit.site.address}/api/v1{path}")
    assert answer.ok, answer.text()
    return answer.json()
