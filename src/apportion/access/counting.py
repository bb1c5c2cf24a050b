"""What is refused again and again, told in few rows, so that a flood of it cannot fill the disk."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from apportion.access.audit import Entry
from apportion.access.beside import Beside
from apportion.core.errors import ApportionError

MINUTE = timedelta(minutes=1)
KINDS = 20
"""So many different things have a row of their own within a minute, of each quota; its others share one."""
log = logging.getLogger("apportion.access")
QUOTAS = {
    "logins": Entry("", "unknown", "log_in", "others", outcome="refused"),
    "unknown": Entry("", "unknown", "others", outcome="refused"),
    "known": Entry("", "", "others", outcome="refused"),
}
"""What the rest of each quota is told as. Whom nobody knows floods one, and hides nothing of the others."""


@dataclass
class _Again:
    entry: Entry
    times: int
    first: datetime


class Counting:
    """Writes the first of its kind soon, and once the minute is over how often it happened again.

    Thus at most `2 * KINDS + 1` rows a minute of each quota. It is for what was refused: what was done has a
    row of its own, always. What waits to be written is lost where the process is killed.
    """

    def __init__(self, write: Callable[[Entry, datetime], None], beside: Beside) -> None:
        self._write, self._beside = write, beside
        self._lock = threading.Lock()
        self._again: dict[tuple[str, ...], _Again] = {}
        self._used = dict.fromkeys(QUOTAS, 0)
        self._since: datetime | None = None

    def told(self, entry: Entry, now: datetime) -> None:
        """It happened."""
        quota = _quota(entry)
        kind = (quota, entry.who, entry.kind, entry.action, entry.target, entry.outcome)
        with self._lock:
            due = self._over(now)
            if known := self._again.get(kind):
                known.times += 1
            elif self._used[quota] < KINDS:
                self._used[quota] += 1
                self._again[kind] = _Again(entry, 0, now)
                due.append(entry)
            else:
                others = self._again.setdefault((quota,), _Again(QUOTAS[quota], 0, now))
                others.times += 1
        self._put_later(due, now)

    def flush(self, now: datetime, *, always: bool = False) -> None:
        """Write what waits, where its minute is over, or `always`."""
        if self._since is None:
            return
        with self._lock:
            due = self._over(now, always=always)
        self._put_later(due, now)

    def _over(self, now: datetime, *, always: bool = False) -> list[Entry]:
        """What to write of the minute before, where a new one begins."""
        if self._since is None:
            self._since = now
        if not always and self._since <= now < self._since + MINUTE:
            return []
        due = [_summed(one) for one in self._again.values() if one.times]
        self._again, self._since = {}, now
        self._used = dict.fromkeys(QUOTAS, 0)
        return due

    def _put_later(self, due: list[Entry], now: datetime) -> None:
        """Beside the request, so that how long an answer takes does not say whether something was written."""
        if due:
            self._beside.do(lambda: self._put(due, now))

    def _put(self, due: list[Entry], now: datetime) -> None:
        for entry in due:
            try:
                self._write(entry, now)
            except ApportionError as why:  # whoever is refused should hear that, not of the log
                log.warning("The audit log could not be written: %s", why)


def _quota(entry: Entry) -> str:
    if entry.action == "log_in":
        return "logins"
    return "unknown" if entry.kind == "unknown" else "known"


def _summed(one: _Again) -> Entry:
    since = one.first.isoformat(timespec="seconds")
    return replace(one.entry, address="", detail={"times": one.times, "since": since})
