"""The query API of Prometheus, and of what speaks like it: one range at a time, patiently."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from apportion.connectors.stores import Patience
from apportion.core.errors import ApportionError, BadInput, NotFound, Terminal, Transient

if TYPE_CHECKING:
    import httpx

_PASSING = {408, 425, 429}
_SECONDS = 120.0
_LONGEST = 300
_RANGE = "/api/v1/query_range"


@dataclass(frozen=True)
class Series:
    """The samples of one set of labels: the second since 1970 of each, and its value as text."""

    labels: Mapping[str, str]
    samples: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Ranged:
    """What a range query answers, and what the server warns of."""

    series: Sequence[Series]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class QueryApi:
    """Asks the server at `place`; a `token` is sent as a bearer token and never told.

    Raises Transient where trying again later may help, BadInput where the server refuses the query, with the
    server's own words, and Terminal or NotFound elsewhere.
    """

    place: str
    token: str
    patience: Patience

    def range(self, query: str, first: datetime, last: datetime, step: timedelta) -> Ranged:
        """The values of an expression at `first`, and each `step` after it up to and including `last`."""
        asked = {
            "query": query,
            "start": f"{first:%Y-%m-%dT%H:%M:%SZ}",
            "end": f"{last:%Y-%m-%dT%H:%M:%SZ}",
            "step": str(int(step.total_seconds())),
        }
        return self._read(self.patience.call(lambda: self._answer(asked)))

    def _answer(self, asked: dict[str, str]) -> str:
        import httpx  # noqa: PLC0415  takes long to import, and few commands need it

        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        address = f"{self.place.rstrip('/')}{_RANGE}"
        try:
            answer = httpx.post(address, data=asked, headers=headers, timeout=_SECONDS)
        except httpx.TransportError as why:
            raise Transient(
                f"Prometheus does not answer ({type(why).__name__}).",
                where=self.place,
                hint="Check the address, and whether it can be reached from here.",
            ) from None
        if answer.status_code == 200:
            return answer.text
        raise self._error(answer)

    def _error(self, answer: "httpx.Response") -> ApportionError:
        code = answer.status_code
        said = f"Prometheus answered {code}: {_words(answer.text)}"
        if code in _PASSING or code >= 500:
            return Transient(said, where=self.place, hint="It may pass: run it again later.")
        if code in (401, 403):
            return Terminal(said, where=self.place, hint="Set `token`, and the secret that it names.")
        if code in (400, 422):
            return BadInput(said, where=self.place, hint="Try the query in Prometheus itself.")
        if code == 404:
            return NotFound(said, where=self.place, hint=f"Check the address: {_RANGE} is asked below it.")
        return Terminal(said, where=self.place, hint="Check the address.")

    def _read(self, text: str) -> Ranged:
        try:
            # Numbers stay text: a float would change them.
            answer = json.loads(text, parse_float=str)
            data = answer["data"]
            kind, result = data["resultType"], data["result"]
            warned = (*answer.get("warnings", ()), *answer.get("infos", ()))
            if kind == "matrix":
                return Ranged([_series(found) for found in result], tuple(map(str, warned)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise Terminal(
                "This is no answer of Prometheus.", where=self.place, hint=f"{_RANGE} is asked below it."
            ) from None
        raise BadInput(
            f"The query answers a {kind}, and no values over time.",
            where=self.place,
            hint="Ask for a vector.",
        )


def _series(found: Any) -> Series:
    labels = {str(k): str(v) for k, v in found["metric"].items()}
    histograms = [(at, "a histogram") for at, _ in found.get("histograms", ())]
    samples = [(at, str(value)) for at, value in found.get("values", ())]
    return Series(labels, [(int(str(at).partition(".")[0]), value) for at, value in (*samples, *histograms)])


def _words(text: str) -> str:
    """What the server says went wrong."""
    try:
        said = json.loads(text)["error"]
    except (ValueError, TypeError, KeyError, RecursionError):
        said = text
    return " ".join(str(said).split())[:_LONGEST] or "nothing more"
