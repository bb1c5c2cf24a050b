"""One request to the server, and what its answer means for what was in it."""

import email.utils
import gzip
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC
from enum import Enum
from typing import Any, Literal, NamedTuple

import httpx

from apportion_sdk.counters import Counters

Kind = Literal["operations", "outcomes", "settlements"]
_COUNTED: dict[Kind, str] = {"operations": "accepted", "outcomes": "completed", "settlements": "budgets"}
"""What tells an answer of Apportion's from those of anything else."""
PATHS: dict[Kind, str] = {
    "operations": "/api/v1/operations",
    "outcomes": "/api/v1/operations/outcomes",
    "settlements": "/api/v1/budgets/settle",
}
_SHORTEST_TO_COMPRESS = 1024
_LONGEST_REST = 300.0
_REFUSED = {
    "operations": (400, 413, 415, 422),
    "outcomes": (400, 404, 409, 413, 415, 422),
    "settlements": (400, 404, 409, 413, 415, 422),
}
"""Answers to what is in a batch, not to who sends it; the batch is divided until the culprit stands alone."""


class Verdict(Enum):
    """What became of a batch."""

    DONE = "done"
    AGAIN = "again"
    REFUSED = "refused"


class Answer(NamedTuple):
    """A verdict, and for how many seconds the server asked not to be asked again."""

    verdict: Verdict
    rest: float = 0.0


class Delivery:
    """Posts batches to one server. Used by one thread."""

    def __init__(
        self, url: str, headers: Mapping[str, str], timeout: float, counters: Counters, *, compress: bool
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Content-Type": "application/json", **headers}
        self._timeout = timeout
        self._compress = compress
        self._counters = counters
        self._transport: httpx.HTTPTransport | None = None

    def post(self, kind: Kind, items: Sequence[str]) -> Answer:
        """Send JSON objects as one batch; whatever goes wrong is in the answer, never raised.

        Settlements go one by one.
        """
        try:
            whole = items[0] if kind == "settlements" else f'{{"{kind}":[{",".join(items)}]}}'
            body = whole.encode()
            response = self._exchange(kind, body)
            if self._compress and response.status_code in _REFUSED[kind]:
                self._compress = False  # a server that does not unpack; what it refuses is not the content
                response = self._exchange(kind, body)
            return self._judge(kind, response, len(items))
        except Exception as why:  # noqa: BLE001 (the application must not suffer, whatever this is)
            self._failed("reach", "cannot be reached (%s)", type(why).__name__)
            self.close()
            return Answer(Verdict.AGAIN)

    def close(self) -> None:
        """Let go of the connection; the next batch makes a new one."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def forked(self) -> None:
        """In a child process: leave the connection to the parent, without a word on it."""
        self._transport = None

    def _exchange(self, kind: Kind, body: bytes) -> httpx.Response:
        """Through the transport alone: a client would log each request into the application's log."""
        headers = dict(self._headers)
        if self._compress and len(body) > _SHORTEST_TO_COMPRESS:
            body = gzip.compress(body, compresslevel=6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        is_new = self._transport is None
        if self._transport is None:
            self._transport = httpx.HTTPTransport()
        limits = {"timeout": httpx.Timeout(self._timeout).as_dict()}
        request = httpx.Request(
            "POST", self._url + PATHS[kind], headers=headers, content=body, extensions=limits
        )
        try:
            response = self._transport.handle_request(request)
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            if is_new:
                raise
            self.close()  # the server may have closed the connection while it was idle; ids make it safe
            return self._exchange(kind, body)
        try:
            response.read()
        finally:
            response.close()
        return response

    def _judge(self, kind: Kind, response: httpx.Response, count: int) -> Answer:
        status = response.status_code
        said = _said(response, _COUNTED[kind]) if status == httpx.codes.OK else None
        if said is not None:
            self._settle(kind, said, count)
            return Answer(Verdict.DONE)
        if status in _REFUSED[kind]:
            self._failed(f"status {status}", "refuses a batch of %s with status %d", kind, status)
            return Answer(Verdict.REFUSED)
        if status == httpx.codes.OK:
            self._failed("stranger", "answers like something that is not Apportion; check the url")
        else:
            self._failed(f"status {status}", "answers with status %d", status)
        return Answer(Verdict.AGAIN, _rest(response.headers.get("retry-after")))

    def _settle(self, kind: Kind, said: dict[str, Any], count: int) -> None:
        rejected = said.get("rejected") or []
        repeated = int(said.get("repeated") or 0)
        self._counters.add(
            accepted=count - len(rejected) - repeated, repeated=repeated, rejected=len(rejected)
        )
        for one in rejected[:3]:
            field, reason = one.get("field"), one.get("reason")
            self._counters.warn(
                f"rejected {field}", "Apportion rejected one of the %s: %s: %s", kind, field, reason
            )

    def _failed(self, kind: str, message: str, *details: object) -> None:
        self._counters.add(failures=1)
        self._counters.warn(
            kind, f"Apportion at %s {message}. Operations wait in the queue; this application goes on.",
            self._place(), *details,
        )  # fmt: skip

    def _place(self) -> str:
        """The server's address without what may be secret in it."""
        try:
            url = httpx.URL(self._url)
        except Exception:  # noqa: BLE001 (said in a warning; never worth an error)
            return "(no valid url)"
        return f"{url.scheme}://{url.host}" + (f":{url.port}" if url.port else "")


def _said(response: httpx.Response, counted: str) -> dict[str, Any] | None:
    """The server's answer, or None where it is none of Apportion's."""
    try:
        said = json.loads(response.content)
    except ValueError:
        return None
    return said if isinstance(said, dict) and isinstance(said.get(counted), (int, list)) else None


def _rest(header: str | None) -> float:
    """Seconds of a Retry-After, which is a number or a date; at most five minutes."""
    if not header:
        return 0.0
    try:
        seconds = float(header)
    except ValueError:
        try:
            date = email.utils.parsedate_to_datetime(header)
        except ValueError:
            return 0.0
        seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - time.time()
    return min(seconds, _LONGEST_REST) if seconds > 0 else 0.0
