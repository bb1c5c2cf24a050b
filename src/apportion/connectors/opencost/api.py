"""The allocation API of OpenCost and Kubecost: one day at a time, patiently."""

import os
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from apportion.connectors.opencost.allocations import Wanted, answer_rows
from apportion.connectors.stores import Patience
from apportion.connectors.usage.written import Shares
from apportion.core.errors import BadInput, NotFound, Terminal, Transient

if TYPE_CHECKING:
    import httpx

TOKEN = "OPENCOST_TOKEN"  # noqa: S105  the name of a variable
_PATHS = ("/allocation/compute", "/allocation")
_PASSING = {408, 425, 429}
_SECONDS = 120.0


class AllocationApi:
    """Asks for the allocations of one day, aggregated by the fields that are wanted.

    An address without a path is OpenCost's; with one, such as http://kubecost:9090/model/allocation, it is
    asked as it is. A token is taken from the environment (OPENCOST_TOKEN). Raises Transient where trying
    again later may help, Terminal elsewhere.
    """

    def __init__(self, location: str, wanted: Wanted, step: str, patience: Patience | None = None) -> None:
        parts = urlsplit(location)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise BadInput(
                "This is no address of OpenCost.",
                where=location.partition("?")[0],
                hint="Write it like http://opencost.example:9003.",
            )
        self.place, self._wanted, self._step = location, wanted, step
        self._paths = [""] if parts.path.strip("/") else [*_PATHS]
        self._patience = patience or Patience()

    def day(self, day: date) -> Iterator[Shares]:
        """What the cluster was used for on a day (UTC); nothing where the API knows nothing of it."""
        window = f"{day}T00:00:00Z,{day + timedelta(days=1)}T00:00:00Z"
        query = {
            "window": window,
            "step": self._step,
            "aggregate": ",".join(self._wanted.fields),
            "includeIdle": "true",
            "idle": "true",
            "accumulate": "false",
        }
        text = self._patience.call(lambda: self._answer(query))
        return answer_rows(text, self._wanted, f"{self.place} {day}")

    def _answer(self, query: dict[str, str]) -> str:
        while True:
            answer = self._get(f"{self.place.rstrip('/')}{self._paths[0]}", query)
            if answer.status_code == 404 and len(self._paths) > 1:
                self._paths.pop(0)
                continue
            return self._checked(answer)

    def _get(self, address: str, query: dict[str, str]) -> "httpx.Response":
        import httpx  # noqa: PLC0415  takes long to import, and few commands need it

        token = os.environ.get(TOKEN)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            return httpx.get(address, params=query, headers=headers, timeout=_SECONDS)
        except httpx.TransportError as why:
            raise Transient(
                f"OpenCost does not answer ({type(why).__name__}).",
                where=self.place,
                hint="Check the address; 'kubectl port-forward' may have ended.",
            ) from None

    def _checked(self, answer: "httpx.Response") -> str:
        code = answer.status_code
        said = f"OpenCost answered {code}"
        if code in (401, 403):
            raise Terminal(f"{said}.", where=self.place, hint=f"Set {TOKEN} in the environment.")
        if code == 404:
            raise NotFound(f"{said}.", where=self.place, hint="Check the address and its path.")
        if code in _PASSING or code >= 500:
            detail = " ".join(answer.text.split())[:200]
            raise Transient(f"{said}: {detail}", where=self.place, hint="It may pass: run it again later.")
        if code != 200:
            raise Terminal(f"{said}.", where=self.place, hint="Check the address and the dimensions.")
        return answer.text
