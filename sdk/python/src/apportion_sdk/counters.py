"""What became of the operations, counted; and warnings that do not repeat themselves."""

import logging
import threading
import time
from typing import TypedDict

LOG = logging.getLogger("apportion_sdk")
_AGAIN = 3600.0
_MOST_KINDS = 200


class Stats(TypedDict):
    """What became of operations and outcomes since the client was made."""

    tracked: int
    """Handed over by the application."""
    accepted: int
    """Taken by the server for the first time."""
    repeated: int
    """Known to the server already: sent again after an answer that was lost."""
    rejected: int
    """Refused by the server, one by one, for what is in them."""
    dropped: int
    """Lost: the queue was full, or the client was closed before they could be sent."""
    pending: int
    """Waiting in the queue, or being sent."""
    failures: int
    """Requests to the server that failed; what was in them is sent again."""
    left_out: int
    """Fields that could not be sent as they were."""
    reserved: int
    """Reservations that the server holds, or held."""
    refused: int
    """Reservations for which there was no room."""
    unreserved: int
    """Calls for which nobody could say whether there is room."""
    unmetered: int
    """Calls of wrapped clients whose answers could not be read."""


class Counters:
    """Counts from any thread. The lock is reentrant: a collected stream may record within any other call."""

    def __init__(self) -> None:
        self.forked()

    def forked(self) -> None:
        """Begin at 0, with a lock that no thread of the parent process holds."""
        self._lock = threading.RLock()
        self._counts: Stats = {
            "tracked": 0, "accepted": 0, "repeated": 0, "rejected": 0, "dropped": 0, "pending": 0,
            "failures": 0, "left_out": 0, "unmetered": 0, "reserved": 0, "refused": 0, "unreserved": 0,
        }  # fmt: skip
        self._warned: dict[str, float] = {}

    def add(self, **counts: int) -> None:
        with self._lock:
            for name, count in counts.items():
                self._counts[name] += count  # type: ignore[literal-required]

    def snapshot(self) -> Stats:
        with self._lock:
            return self._counts.copy()

    def warn(self, kind: str, message: str, *details: object) -> None:
        """Log a warning, unless one of this kind was logged within the hour."""
        now = time.monotonic()
        with self._lock:
            if now - self._warned.get(kind, -_AGAIN) < _AGAIN or len(self._warned) >= _MOST_KINDS:
                return
            self._warned[kind] = now
        LOG.warning(message, *details)
