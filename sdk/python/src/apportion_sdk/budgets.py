"""Budgets: room is held before a call, and the call itself settles what it took."""

import asyncio
import json
import re
import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Protocol, Self

import httpx

from apportion_sdk import scope
from apportion_sdk.operation import CONTEXT, ContextFields, Number, Text, fit

if TYPE_CHECKING:
    from types import TracebackType

PATH = "/api/v1/budgets/reserve"
HELD = "held"
RESTS = 5.0
"""Seconds in which a server that did not answer is not asked again, where calls are let through then."""
_ABOUT_THE_REQUEST = (409, 413, 422)
_STEPS: dict[int, str] = {
    httpx.codes.UNAUTHORIZED: "; it wants a key in `headers`",
    httpx.codes.FORBIDDEN: "; the key in `headers` needs the scope `spend`",
}
_CALL = ("operation", "provider", "model", "service_tier", "batch", "input_tokens", "max_tokens")
_ASKED = CONTEXT - {"conversation", "prompt", "variant"} | set(_CALL)
UNRESERVED = "go on without a reservation, and no budget is enforced for them"
_MOST = 10**9
_STEP = Decimal("1e-12")
_CURRENCY = re.compile("[A-Z]{3}")


class ReserveFields(ContextFields, total=False):
    """What is said of a call before it is made."""

    operation: Text
    provider: Text
    model: Text
    service_tier: Text
    batch: bool | None
    input_tokens: int | None
    max_tokens: int | None
    estimate: Number
    currency: str | None


def checked(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """`fields` of a reservation, where they are some: TypeError names one that is none, as Python does.

    ValueError is for an estimate or a currency that the server could only refuse: the call would go on
    without a reservation then, and nobody would notice.
    """
    for name in fields:
        if name not in ReserveFields.__annotations__:
            raise TypeError(
                f"a reservation has no field '{name}'; dimensions of your own go in dimensions={{...}}"
            )
    if (estimate := fields.get("estimate")) is not None:
        fields = {**fields, "estimate": _estimate(estimate)}
    currency = fields.get("currency")
    if currency is not None and not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
        raise ValueError(f"currency={currency!r} is none: write it like 'USD'")
    return fields


def _estimate(given: object) -> Decimal:
    """What a call may cost, with the digits that the server takes, rounded up."""
    known = isinstance(given, (Decimal, int, float, str)) and not isinstance(given, bool)
    found = _amount(given) if known else None
    if found is None or not 0 <= found <= _MOST:
        raise ValueError(f"estimate={given!r} is no amount from 0 to {_MOST:,}: write it like '0.25'")
    return found.quantize(_STEP, ROUND_CEILING).normalize()


class BudgetExceeded(Exception):
    """There is no room for a call: do not make it.

    `reason` is 'over', or 'unpriced' where nobody knows what the call may cost.
    """

    def __init__(self, message: str, told: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.budget: str = str(told.get("budget") or "")
        self.entity: dict[str, str] = dict(told.get("entity") or {})
        self.remaining = _amount(told.get("remaining"))
        self.currency: str = str(told.get("currency") or "")
        self.resets_at = _time(told.get("resets_at"))
        self.reason: str = str(told.get("reason") or "")


class BudgetUnavailable(BudgetExceeded):
    """Nobody could say whether there is room, and this client lets no call through then."""


class Metering(Protocol):
    """What a reservation needs of a client."""

    def record(self, operation_id: str, fields: Mapping[str, Any]) -> None:
        """Queue an operation."""

    def settlement(self, told: Mapping[str, Any]) -> None:
        """Queue what became of a reservation."""

    def counted(self, **counts: int) -> None:
        """Add to the stats."""

    def warn(self, kind: str, message: str, *details: object) -> None:
        """Log, once an hour."""

    @property
    def desk(self) -> "Desk":
        """Who asks the server."""


class Desk:
    """Asks one server for room. Safe to use from threads."""

    def __init__(
        self, url: str, headers: Mapping[str, str], timeout: float, *, enabled: bool, fail_closed: bool
    ) -> None:
        self._url, self._timeout, self._enabled = url.rstrip("/"), timeout, enabled
        self._headers = {"Content-Type": "application/json", **headers}
        self.fail_closed = fail_closed
        self._away_until, self._why_away = 0.0, ""
        self.forked()

    def forked(self) -> None:
        """In a child process: leave connections to the parent."""
        self._transport: httpx.HTTPTransport | None = None
        self._opening = threading.Lock()

    def ask(self, told: Mapping[str, Any]) -> dict[str, Any] | None:
        """The reservation; None where nobody is asked. Raises BudgetExceeded, and _Away without an answer."""
        if not self._enabled:
            return None
        if not self.fail_closed and time.monotonic() < self._away_until:
            raise _Away(self._why_away)
        try:
            response = self._post(json.dumps(told, allow_nan=False).encode())
        except Exception as why:
            raise self._away(f"cannot be asked for room ({type(why).__name__})") from why
        status, said = response.status_code, _said(response)
        if status == httpx.codes.PAYMENT_REQUIRED:
            raise BudgetExceeded(str(said.get("detail") or "There is no room in a budget."), said)
        if status != httpx.codes.OK or said.get("allowed") is not True:
            told_so = f"answers with status {status} when it is asked for room{_STEPS.get(status, '')}"
            if status not in _ABOUT_THE_REQUEST:
                raise self._away(told_so)
            raise _Away(told_so, is_known=status == httpx.codes.CONFLICT)
        if (state := said.get("state", HELD)) != HELD:
            raise _Away(f"holds no room: this reservation is {state}", is_known=True)
        return said

    def _away(self, why: str) -> "_Away":
        """Why nobody is asked for a while."""
        self._away_until, self._why_away = time.monotonic() + RESTS, why
        return _Away(why)

    def close(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def _post(self, body: bytes) -> httpx.Response:
        with self._opening:
            is_new = self._transport is None
            transport = self._transport = self._transport or httpx.HTTPTransport()
        limits = {"timeout": httpx.Timeout(self._timeout).as_dict()}
        request = httpx.Request(
            "POST", self._url + PATH, headers=self._headers, content=body, extensions=limits
        )
        try:
            response = transport.handle_request(request)
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            if is_new:
                raise
            response = transport.handle_request(request)  # closed while it was idle; the id makes it safe
        try:
            response.read()
        finally:
            response.close()
        return response


class Reservation:
    """Room for one call, as a context: `with client.reserve(model=…) as held`, or `async with`.

    The first operation that is recorded within has its id and settles it, whether a wrapped client, `track`
    or LiteLLM's callback records it. Leaving by an exception before that releases it. What nobody settles
    comes back by itself after a while.
    """

    def __init__(self, client: Metering, name: str, fields: Mapping[str, Any]) -> None:
        self.id = name
        self.held = False
        """Whether the server holds room; not where it could not be asked and the call is let through."""
        self.estimate: Decimal | None = None
        self.basis = ""
        self.expires_at: datetime | None = None
        self._client, self._fields = client, dict(fields)
        self._lock = threading.RLock()
        self._taken = self._done = False
        self._left = ExitStack()

    def __enter__(self) -> Self:
        self._know(self._ask(self._told()))
        return self._entered()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: "TracebackType | None"
    ) -> None:
        self._left.close()
        if error is not None and not self._taken:
            self.release()
        elif self.held and not (self._taken or self._done):
            self._client.warn("unsettled", "A reservation was left without an operation or a settlement")

    async def __aenter__(self) -> Self:
        self._know(await asyncio.to_thread(self._ask, self._told()))
        return self._entered()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        self.__exit__(kind, error, trace)

    def settle(self, cost: Number = None, **operation: Any) -> None:
        """Say what the call was, by the fields of its operation, or what it cost alone.

        Does not wait, and changes nothing where the call was recorded within already.
        """
        with self._lock:
            if self._done or (cost is None and self._taken):
                return
            self._done = self._taken = True
        if cost is None:
            about = {k: v for k, v in self._fields.items() if k not in ("estimate", "currency")}
            self._client.record(self.id, scope.overlaid(scope.overlaid(scope.gathered(), about), operation))
        elif self.held and (amount := _amount(cost)) is not None:
            self._client.settlement({"id": self.id, "cost": format(amount, "f")})

    def release(self) -> None:
        """Say that the call was not made."""
        with self._lock:
            if self._done or self._taken:
                return
            self._done = True
        if self.held:
            self._client.settlement({"id": self.id, "release": True})

    def take(self) -> str | None:
        """Its id, for the one operation that it is for; None where that has it already."""
        with self._lock:
            if self._taken or self._done:
                return None
            self._taken = True
            return self.id

    def give_back(self) -> None:
        """The operation did not come about: another attempt may have the id."""
        with self._lock:
            self._taken = False

    def _entered(self) -> Self:
        context = {name: value for name, value in self._fields.items() if name in CONTEXT}
        within = self._left.enter_context(scope.entered(context))
        within.reservation = self
        return self

    def _told(self) -> dict[str, Any]:
        given = scope.overlaid(scope.gathered(), self._fields)
        estimate, currency = given.pop("estimate", None), given.pop("currency", None)
        fields = {name: value for name, value in given.items() if name in _ASKED}
        told: dict[str, Any] = {**fit(fields, self._complain), "id": self.id}
        if (amount := _amount(estimate)) is not None:
            told["estimate"] = format(amount, "f")
            told |= {"currency": currency} if currency else {}
        return told

    def _complain(self, name: str, reason: str) -> None:
        self._client.warn(f"reserved {name}", "The field %r of a reservation: %s", name, reason)

    def _ask(self, told: Mapping[str, Any]) -> dict[str, Any] | None:
        try:
            found = self._client.desk.ask(told)
        except BudgetExceeded:
            self._client.counted(refused=1)
            raise
        except _Away as why:
            if why.is_known:
                self.id = (
                    uuid.uuid4().hex
                )  # that one's operation has come, or is another's: this one counts, too
            self._unreserved(str(why))
            return None
        self._client.counted(reserved=int(found is not None))
        return found

    def _unreserved(self, why: str) -> None:
        self._client.counted(unreserved=1)
        closed = self._client.desk.fail_closed
        what = "calls are refused" if closed else f"calls {UNRESERVED}"
        self._client.warn(f"budgets {why}", "Apportion %s; %s", why, what)
        if closed:
            raise BudgetUnavailable(f"Apportion {why}.", {"reason": "unavailable"})

    def _know(self, said: dict[str, Any] | None) -> None:
        if said is not None:
            self.held = True
            self.estimate, self.basis = _amount(said.get("estimate")), str(said.get("basis") or "")
            self.expires_at = _time(said.get("expires_at"))


class _Away(Exception):
    """The server did not answer, or not as it does; `is_known`: it has had something else by this id."""

    def __init__(self, why: str, *, is_known: bool = False) -> None:
        super().__init__(why)
        self.is_known = is_known


def _said(response: httpx.Response) -> dict[str, Any]:
    """What was answered; nothing where it is none of Apportion's answers."""
    try:
        said = json.loads(response.content)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _amount(given: object) -> Decimal | None:
    if given is None:
        return None
    try:
        found = Decimal(str(given))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _time(given: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(given)) if given else None
    except ValueError:
        return None
