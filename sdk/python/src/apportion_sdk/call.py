"""One operation while it happens: what is learned of it, until it ends and is recorded."""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from apportion_sdk import scope
from apportion_sdk.client import Client, new_id


class Call:
    """Takes the contexts of the moment it begins, and is recorded once, however often it is finished."""

    def __init__(self, client: Client, fields: Mapping[str, Any], *, announce: bool = True) -> None:
        """With `announce`, it is the `last_operation_id()` from now on."""
        reserved = scope.taken() if announce else None
        self.id = reserved.id if reserved else new_id()
        self.client = client
        self._fields = scope.gathered()
        self.learn(fields)
        self._once = threading.Lock()
        self.begin()
        if announce:
            scope.began(self.id)

    def begin(self) -> None:
        """Start the clock, again where the request is made only now."""
        self._fields["time"] = datetime.now(UTC)
        self._start = time.perf_counter()

    def learn(self, fields: Mapping[str, Any]) -> None:
        """Add what is known; what is None stays as it was."""
        known = {name: value for name, value in fields.items() if value is not None}
        self._fields = scope.overlaid(self._fields, known)

    def finish(self, success: bool | None = None) -> None:
        """Record the operation with its latency; `success` where nothing was learned of it."""
        if not self._once.acquire(blocking=False):
            return
        self.client.ended(self.id)
        self._fields.setdefault("latency_ms", round((time.perf_counter() - self._start) * 1000))
        self._fields.setdefault("success", success)
        self._fields.setdefault("model", self._fields.get("requested_model"))
        self.client.record(self.id, self._fields)
