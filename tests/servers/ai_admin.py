"""A server on the loopback that answers the usage and cost reports of OpenAI and of Anthropic, page by page."""

import json
import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "sk-admin-4f1d8c7e2b"
OPENAI_COSTS, OPENAI_USAGE = "/v1/organization/costs", "/v1/organization/usage/completions"
ANTHROPIC_COSTS, ANTHROPIC_USAGE = "/v1/organizations/cost_report", "/v1/organizations/usage_report/messages"
WIDTHS = {"1m": timedelta(minutes=1), "1h": timedelta(hours=1), "1d": timedelta(days=1)}

Result = Mapping[str, Any]


@dataclass
class Answer:
    """What is answered in place of a page: a status, headers, or a body of which only `cut` bytes come."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    cut: int | None = None


@dataclass
class Admin:
    """`told` has the results of each path by the beginning of their bucket; pages hold `limit` buckets.

    `asked` are path and query of each request, `answers` those given instead, one request each.
    """

    told: dict[str, dict[str, list[Result]]] = field(default_factory=lambda: defaultdict(dict))
    limit: int = 1000
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    answers: list[Answer | None] = field(default_factory=list)
    organization: str = "org-fernway"
    address: str = ""

    def tell(self, path: str, start: str, *results: Result) -> None:
        """Add results to the bucket that begins at `start`, such as 2026-09-03 or 2026-09-03T10:00."""
        self.told[path].setdefault(_time(start).isoformat(), []).extend(results)

    def page(self, path: str, query: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        openai = path.startswith("/v1/organization/")
        names = ("start_time", "end_time") if openai else ("starting_at", "ending_at")
        start, end = (_time(query[name][0]) for name in names)
        width = WIDTHS[query["bucket_width"][0]]
        limit = min(self.limit, int(query.get("limit", ["7"])[0]))
        at = start + int(query.get("page", ["page_0"])[0].removeprefix("page_")) * width
        buckets: list[dict[str, Any]] = []
        while at < end and len(buckets) < limit:
            results = self.told[path].get(at.isoformat(), [])
            grouped = "group_by[]" in query or not results
            spans = [int(t.timestamp()) if openai else f"{t:%Y-%m-%dT%H:%M:%SZ}" for t in (at, at + width)]
            buckets.append(
                {
                    **({"object": "bucket"} if openai else {}),
                    **dict(zip(names, spans, strict=True)),
                    "results": list(results) if grouped else [_total(results, openai=openai)],
                }
            )
            at += width
        more = at < end
        token = f"page_{(at - start) // width}" if more else None
        kind = {"object": "page"} if openai else {}
        return {**kind, "data": buckets, "has_more": more, "next_page": token}

    def allowed(self, headers: Mapping[str, str]) -> bool:
        given = headers.get("x-api-key", headers.get("authorization", "").removeprefix("Bearer "))
        return given == KEY and ("authorization" in headers or "anthropic-version" in headers)


def cost(line: str, value: str, project: str | None = "proj_shop", quantity: int | None = None) -> Result:
    """A result of OpenAI's costs."""
    amount = {"value": Decimal(value), "currency": "usd"}
    told = {"object": "organization.costs.result", "amount": amount, "line_item": line, "project_id": project}
    return told if quantity is None else {**told, "quantity": quantity}


def charge(kind: str, cents: str, workspace: str | None = "wrkspc_shop", **more: Any) -> Result:
    """A result of Anthropic's cost report."""
    return {
        "amount": cents, "currency": "USD", "cost_type": "tokens", "context_window": "0-200k",
        "description": f"Claude Sonnet 4.5 Usage - {kind}", "model": "claude-sonnet-4-5-20250929",
        "service_tier": "standard", "token_type": kind, "workspace_id": workspace, "inference_geo": None,
        **more,
    }  # fmt: skip


def as_json(content: Any) -> str:
    """Decimals are written as numbers, digit by digit."""
    return re.sub(r'"#(.*?)#"', r"\1", json.dumps(content, default=lambda number: f"#{number:f}#"))


@contextmanager
def running(admin: Admin) -> Iterator[Admin]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(admin))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    admin.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield admin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _total(results: Sequence[Result], *, openai: bool) -> Result:
    if openai:
        value = sum((r["amount"]["value"] for r in results), Decimal(0))
        return {"object": "organization.costs.result", "amount": {"value": value, "currency": "usd"}}
    total = sum((Decimal(r["amount"]) for r in results), Decimal(0))
    return {"amount": f"{total:f}", "currency": "USD", "description": None, "workspace_id": None}


def _time(text: str) -> datetime:
    if text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _handler(admin: Admin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            headers = {name.lower(): value for name, value in self.headers.items()}
            admin.asked.append((parts.path, query))
            if admin.answers and (given := admin.answers.pop(0)) is not None:
                body = given.body or as_json(admin.page(parts.path, query))
                self.send(given.status, given.headers, body.encode(), given.cut)
            elif not admin.allowed(headers):
                self.send(401, {}, as_json({"error": {"message": f"Incorrect API key: {KEY}"}}).encode())
            else:
                name = "openai-organization" if "authorization" in headers else "anthropic-organization-id"
                self.send(200, {name: admin.organization}, as_json(admin.page(parts.path, query)).encode())

        def send(self, status: int, headers: Mapping[str, str], body: bytes, cut: int | None = None) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:cut])
            self.close_connection = cut is not None

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is inherited
            pass

    return Handler
