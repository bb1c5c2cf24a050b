"""The administration APIs of AI providers: reports page by page, patiently. A key is sent, and never told."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from apportion.core.buckets import Bucket, read_report
from apportion.core.errors import ApportionError, BadInput, NotFound, Terminal, Transient
from apportion.core.patience import Patience

if TYPE_CHECKING:
    import httpx

Query = Mapping[str, str | int | Sequence[str]]

_PASSING = {408, 409, 425, 429}
_SECONDS = 120.0
_LONGEST = 200


@dataclass(frozen=True)
class Page:
    """Buckets of one answer, and the organization that it says it is of ('' where it says none)."""

    buckets: Sequence[Bucket]
    organization: str = ""


@dataclass(frozen=True)
class PagedApi:
    """Asks `name` at the address `base` with `headers`, which hold the key that lies at `key_place`.

    `organization` is the header of an answer that says whose it is. Raises Transient where trying again later
    may help, BadInput where the question is refused, Terminal or NotFound elsewhere.
    """

    name: str
    base: str
    key_place: str
    headers: Mapping[str, str] = field(repr=False)
    organization: str = ""
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        plain = parts.scheme == "http" and _is_loopback(parts.hostname or "")
        if not (parts.hostname and (parts.scheme == "https" or plain)) or parts.username or parts.query:
            raise BadInput(
                f"This is no address that a key of {self.name} may be sent to.",
                where=urlsplit(self.base)._replace(netloc=parts.hostname or "", query="").geturl(),
                hint="Write an address that begins with https://.",
            )

    def pages(self, path: str, query: Query) -> Iterator[Page]:
        """Every page of the answer, each tried again where it failed for a passing reason."""
        import httpx  # noqa: PLC0415  takes long to import, and few commands need it

        asked: dict[str, Any] = dict(query)
        seen: set[str] = set()
        with httpx.Client(timeout=_SECONDS, headers=dict(self.headers)) as client:
            while True:
                page, following = self.patience.call(lambda: self._page(client, path, asked))
                yield page
                if not following:
                    return
                if following in seen:
                    raise Terminal(f"The pages of {self.name} go round in a circle.", where=self._at(path))
                seen.add(following)
                asked["page"] = following

    def _page(self, client: "httpx.Client", path: str, asked: Mapping[str, Any]) -> tuple[Page, str]:
        import httpx  # noqa: PLC0415

        try:
            answer = client.get(self._at(path), params=asked)
        except httpx.TransportError as why:
            raise Transient(
                f"{self.name} does not answer in full ({type(why).__name__}).",
                where=self._at(path),
                hint="Check the network, and the address if one is set.",
            ) from None
        if answer.status_code != 200:
            raise self._error(answer, path)
        try:
            found = json.loads(answer.text)
            following = str(found["next_page"]) if found["has_more"] else ""
            report = read_report(answer.text, self._at(path))
        except (ValueError, TypeError, KeyError, RecursionError, BadInput):
            raise Transient(
                f"This is no whole answer of {self.name}.",
                where=self._at(path),
                hint="Run it again; check the address if one is set.",
            ) from None
        return Page(report.buckets, answer.headers.get(self.organization, "")), following

    def _error(self, answer: "httpx.Response", path: str) -> ApportionError:
        code, where = answer.status_code, self._at(path)
        said = f"{self.name} answered {code}."
        if code in (401, 403):
            told = f"{self.name} does not accept the key ({code})."
            return Terminal(told, where=where, hint=f"Put a valid admin key into {self.key_place}.")
        if code in _PASSING or code >= 500:
            hint = "It may pass: run it again later."
            return Transient(said, where=where, hint=hint, after=_seconds(answer))
        if code == 404:
            return NotFound(said, where=where, hint="Check the address, and that the key is an admin key.")
        if code in (400, 422):
            return BadInput(f"{said} {self._words(answer)}".strip(), where=where, hint="Ask for other days.")
        return Terminal(said, where=where, hint="Check the address.")

    def _words(self, answer: "httpx.Response") -> str:
        """What the provider says of a question that it refuses, without anything that was sent in headers."""
        try:
            said = str(json.loads(answer.text)["error"]["message"])
        except (ValueError, TypeError, KeyError, RecursionError):
            return ""
        for value in self.headers.values():
            said = said.replace(value, "…").replace(value.removeprefix("Bearer "), "…")
        return " ".join(said.split())[:_LONGEST]

    def _at(self, path: str) -> str:
        return f"{self.base.rstrip('/')}{path}"


def _seconds(answer: "httpx.Response") -> float:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isascii() and told.isdigit() else 0


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
