"""The client: takes operations and outcomes from the application, at once and without ever failing it."""

import atexit
import json
import os
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Unpack

from apportion_sdk import scope
from apportion_sdk.budgets import Desk, Reservation, ReserveFields, checked
from apportion_sdk.counters import Counters, Stats
from apportion_sdk.delivery import Delivery, Kind
from apportion_sdk.operation import Number, OperationFields, Text, fit, text
from apportion_sdk.sender import Item, Sender

__version__ = "0.1.0"
SECONDS_AT_EXIT = 3.0


class Client:
    """Sends operations to one Apportion server from a thread of its own.

    No method raises or waits for the network, save `flush` and `close`, which wait as long as they are told,
    and `reserve`, which asks before a call.
    What goes wrong is logged once an hour under `apportion_sdk` and counted in `stats()`.
    """

    def __init__(
        self,
        url: str | None,
        *,
        source: str = "sdk",
        environment: str | None = None,
        defaults: OperationFields | None = None,
        headers: Mapping[str, str] | None = None,
        enabled: bool = True,
        queue_size: int = 10_000,
        batch_size: int = 100,
        interval: float = 1.0,
        timeout: float = 10.0,
        compress: bool = False,
        hash_prompts: bool = True,
        fail_closed: bool = False,
        reserve_timeout: float = 2.0,
    ) -> None:
        """Start nothing yet: the thread begins with the first operation. What is unfit counts as left out.

        Args:
            url: where the server is, as in `http://127.0.0.1:8080`. Without one nothing is sent.
            source: names this application in the User-Agent; to the server the source of all is `sdk`.
            environment: that of all operations that say no other.
            defaults: fields of all operations that say nothing else.
            headers: sent with each request, such as a key for the server; never logged.
            enabled: False does all but queue and send, as for tests.
            queue_size: operations that may wait; beyond it the newest are dropped and counted.
            batch_size: the most in one request, up to 1,000.
            interval: seconds after which a batch that is not full is sent.
            timeout: seconds for a request to the server.
            compress: send bodies of more than a kilobyte gzipped.
            hash_prompts: have wrapped clients record a hash of each prompt.
            fail_closed: refuse calls of which the server does not say that there is room; they go on else.
            reserve_timeout: seconds to wait for that answer.
        """
        self.hash_prompts = hash_prompts
        self._counters = Counters()
        self._defaults: dict[str, Any] = {**_mapping(defaults)}
        if environment:
            self._defaults["environment"] = environment
        agent = f"apportion-sdk/{__version__}" + (f" ({source})" if source != "sdk" else "")
        sent = {**_mapping(headers), "User-Agent": agent}
        seconds = self._usable("timeout", timeout, 10.0, least=0.1)
        delivery = Delivery(str(url or ""), sent, seconds, self._counters, compress=compress)
        self._sender = Sender(
            delivery, self._counters,
            limit=int(self._usable("queue_size", queue_size, 10_000)),
            batch=min(int(self._usable("batch_size", batch_size, 100)), 1_000),
            interval=self._usable("interval", interval, 1.0, least=0.0),
        )  # fmt: skip
        self._enabled = bool(enabled and url)
        self.desk = Desk(
            str(url or ""), sent, self._usable("reserve_timeout", reserve_timeout, 2.0, least=0.05),
            enabled=self._enabled, fail_closed=bool(fail_closed),
        )  # fmt: skip
        self._unfinished: dict[str, Any] = {}
        if self._enabled:
            _CLIENTS.add(self)

    def track(
        self, operation: Mapping[str, Any] | None = None, /, *, id: str | None = None,  # noqa: A002
        **fields: Unpack[OperationFields],
    ) -> str:  # fmt: skip
        """Record an operation, with what the contexts around it say, and return its id.

        `operation` is for fields that are at hand as a mapping; the keywords add to it. Without an id it
        gets one, without a time that of now, less its latency.
        """
        given = scope.overlaid({**(operation or {})}, fields)
        own = given.pop("id", None) if id is None else id
        if own is None and (reserved := scope.taken()):
            own = reserved.id
        named = self._named(own)
        scope.began(named)
        self.record(named, scope.overlaid(scope.gathered(), given))
        return named

    def outcome(
        self, operation_id: str | None, *, success: bool | None = None, value: Number = None,
        units: Number = None, unit: Text = None,
    ) -> None:  # fmt: skip
        """Say later how an operation turned out; what is None stays as it is known."""
        said = {"success": success, "value": value, "units": units, "unit": unit}
        if operation_id and any(part is not None for part in said.values()):
            self._put("outcomes", operation_id, said)

    def reserve(self, id: Text = None, **fields: Unpack[ReserveFields]) -> Reservation:  # noqa: A002
        """Room for one call, as a context; what the contexts around it say holds, too.

        Entering it asks the server, and raises BudgetExceeded where an enforced budget has no room. The call
        that is recorded within settles it. A keyword that is no field is a TypeError, an estimate that is no
        amount a ValueError, at once.
        """
        return Reservation(self, self._named(id), checked(fields))

    def settlement(self, told: Mapping[str, Any]) -> None:
        """Queue what became of a reservation; for integrations."""
        self._counters.add(tracked=1)
        taken = self._enabled and self._sender.put(Item("settlements", _encode(told)))
        if self._enabled and not taken:
            self._counters.add(dropped=1)
            self.warn("full", "The queue of operations is full or closed; the newest are dropped")

    def counted(self, **counts: int) -> None:
        """Add to the stats; for integrations."""
        self._counters.add(**counts)

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until all that was recorded is with the server; False where `timeout` seconds did not do."""
        return self._sender.flush(timeout) if self._enabled else True

    def close(self, timeout: float = 5.0) -> bool:
        """Send what is left and end, as at the interpreter's exit. False where something was not sent."""
        for call in list(self._unfinished.values()):
            call.finish()
        _CLIENTS.discard(self)
        self.desk.close()
        return self._sender.close(timeout) if self._enabled else True

    def stats(self) -> Stats:
        """Counts since the client was made."""
        counts = self._counters.snapshot()
        if self._enabled:
            settled = counts["accepted"] + counts["repeated"] + counts["rejected"] + counts["dropped"]
            counts["pending"] = counts["tracked"] - settled
        return counts

    def record(self, operation_id: str, fields: Mapping[str, Any]) -> None:
        """Queue an operation as it is, without asking the contexts; for integrations."""
        try:
            whole = scope.overlaid(self._defaults, fields)
            if not isinstance(whole.get("time"), datetime):
                whole["time"] = datetime.now(UTC) - _latency(whole.get("latency_ms"))
            self._put("operations", operation_id, whole)
        except Exception as why:  # noqa: BLE001 (the application must not suffer)
            self._counters.add(tracked=1, dropped=1)
            self.warn("record", "An operation could not be recorded (%s)", type(why).__name__)

    def unmetered(self, what: str, why: str) -> None:
        """Count a call whose cost stays unknown, and say so once; for integrations."""
        self._counters.add(unmetered=1)
        self.warn(f"unmetered {what}", "%s could not be metered: %s", what, why)

    def warn(self, kind: str, message: str, *details: object) -> None:
        """Log a warning, once an hour for each kind; for integrations."""
        self._counters.warn(kind, message, *details)

    def opened(self, operation_id: str, call: Any) -> None:
        """Keep a call whose stream is being read, to record it at the end of the process at the latest."""
        self._unfinished[operation_id] = call

    def ended(self, operation_id: str) -> None:
        self._unfinished.pop(operation_id, None)

    def forked(self) -> None:
        """In a child process: leave what was recorded before to the parent."""
        self._unfinished = {}
        self._counters.forked()
        self.desk.forked()
        self._sender.forked()

    def _usable(self, name: str, value: Any, otherwise: float, *, least: float = 1.0) -> float:
        """A setting that has to be a number; the usual one where it is none."""
        if isinstance(value, (int, float)) and least <= value < float("inf"):
            return value
        self.warn(f"setting {name}", "The setting %s cannot be used; it is %s", name, otherwise)
        return otherwise

    def _named(self, given: object) -> str:
        """`given` where it can be an id, or a new one."""
        try:
            return text(given) if given is not None else new_id()
        except (ValueError, TypeError) as why:
            self._complain("id", f"{why}; the operation gets another")
            return new_id()

    def _put(self, kind: Kind, operation_id: str, fields: Mapping[str, Any]) -> None:
        self._counters.add(tracked=1)
        try:
            sent = _encode(fit({**fields, "id": operation_id}, self._complain))
            taken = self._enabled and self._sender.put(Item(kind, sent))
        except Exception as why:  # noqa: BLE001 (the application must not suffer)
            self.warn("record", "An operation could not be recorded (%s)", type(why).__name__)
            taken = False
        if self._enabled and not taken:
            self._counters.add(dropped=1)
            self.warn("full", "The queue of operations is full or closed; the newest are dropped")

    def _complain(self, name: str, reason: str) -> None:
        self._counters.add(left_out=1)
        self.warn(f"field {name}", "The field %r of an operation: %s", name, reason)


_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def new_id() -> str:
    """An id for an operation, unlike any other."""
    return uuid.uuid4().hex


def _mapping(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {}


def _latency(milliseconds: Any) -> timedelta:
    known = isinstance(milliseconds, (int, float)) and 0 <= milliseconds <= 10**10
    return timedelta(milliseconds=milliseconds if known else 0)


_CLIENTS: set[Client] = set()
"""Those that are not closed, which a fork or the end of the interpreter concerns."""


def _close_all() -> None:
    for client in list(_CLIENTS):
        client.close(SECONDS_AT_EXIT)


def _forked() -> None:
    for client in list(_CLIENTS):
        client.forked()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
