"""A bounded queue, and the thread that empties it: batches, retries, and an end."""

import logging
import queue
import random
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

from apportion_sdk.counters import Counters
from apportion_sdk.delivery import Delivery, Kind, Verdict

_FIRST_REST = 0.5
_LONGEST_REST = 30.0


class Item(NamedTuple):
    """One operation or outcome, as JSON."""

    kind: Kind
    text: str


class _Mark(NamedTuple):
    """Reached when all before it was dealt with; the last one ends the thread."""

    reached: threading.Event
    last: bool = False


class Sender:
    """Takes items without waiting, and sends them in order from a thread of its own.

    The queue is a SimpleQueue, whose `put` may run inside any other call, even of itself: a stream that the
    garbage collector finds unread is recorded wherever that happens. When it is full the newest are dropped,
    so that what was taken stays complete: outcomes follow their operations, and the gap has one beginning.
    """

    def __init__(
        self, delivery: Delivery, counters: Counters, *, limit: int, batch: int, interval: float
    ) -> None:
        self._delivery = delivery
        self._counters = counters
        self._limit, self._batch, self._interval = limit, batch, interval
        self._reset()

    def _reset(self) -> None:
        self._queue: queue.SimpleQueue[Item | _Mark] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.RLock()
        self._hurry = threading.Event()
        self._sending = 0
        self._closed = False
        self._given_up = False

    def put(self, item: Item) -> bool:
        """Take `item` for sending; False where it is dropped."""
        if self._closed or self._queue.qsize() >= self._limit:
            return False
        self._queue.put(item)
        self._start()
        return True

    def flush(self, timeout: float) -> bool:
        """Wait until all that was taken is dealt with, `timeout` seconds at most; False where it is not."""
        if self._thread is None and self._queue.empty():
            return True
        mark = _Mark(threading.Event())
        self._queue.put(mark)
        self._start()
        self._hurry.set()
        return mark.reached.wait(timeout) and not self._given_up

    def close(self, timeout: float) -> bool:
        """Send what is left, giving up at the first failure, and end; False where something was left."""
        already, self._closed = self._closed, True
        if self._thread is None:
            return True
        if not already:
            self._queue.put(_Mark(threading.Event(), last=True))
        self._hurry.set()
        self._thread.join(timeout)
        return not self._thread.is_alive() and not self._given_up

    def forked(self) -> None:
        """Begin anew in a child process: what is queued, the parent sends."""
        self._delivery.forked()
        self._reset()

    def _start(self) -> None:
        if self._thread is not None:
            return
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="apportion-sdk", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        last = False
        while not last:
            items, mark = self._gather()
            try:
                for kind in ("operations", "outcomes"):  # outcomes are about operations before them
                    self._send(kind, [item.text for item in items if item.kind == kind])
                for item in items:
                    if item.kind == "settlements":
                        self._send(item.kind, [item.text])
            except Exception:  # a thread that ended would lose all that follows
                logging.getLogger("apportion_sdk").exception("A batch of operations is lost")
                self._counters.add(dropped=self._sending)
            self._sending = 0
            if mark:
                mark.reached.set()
                last = mark.last
        self._delivery.close()

    def _gather(self) -> tuple[list[Item], _Mark | None]:
        """The next batch: full, or as much as came within the interval, or what stood before a mark."""
        items: list[Item] = []
        end: float | None = None
        while len(items) < self._batch:
            try:
                found = self._queue.get(timeout=None if end is None else max(end - time.monotonic(), 0))
            except queue.Empty:
                break
            if isinstance(found, _Mark):
                return items, found
            items.append(found)
            self._sending = len(items)
            if end is None:
                end = time.monotonic() + self._interval
        return items, None

    def _send(self, kind: Kind, items: Sequence[str]) -> None:
        failures = 0
        while items:
            if self._given_up:
                self._give_up(items)
                return
            answer = self._delivery.post(kind, items)
            if answer.verdict is Verdict.DONE:
                self._sending -= len(items)
                return
            if answer.verdict is Verdict.REFUSED:
                self._divide(kind, items)
                return
            if self._closed:
                self._give_up(items)
                return
            failures += 1
            self._rest(answer.rest, failures)

    def _divide(self, kind: Kind, items: Sequence[str]) -> None:
        if len(items) == 1:
            self._counters.add(rejected=1)
            self._sending -= 1
            return
        half = len(items) // 2
        self._send(kind, items[:half])
        self._send(kind, items[half:])

    def _rest(self, asked: float, failures: int) -> None:
        """Wait as long as the server asked, or a while that doubles; a flush or the end cuts it short."""
        longest = min(_FIRST_REST * 2 ** min(failures - 1, 10), _LONGEST_REST)
        jitter = random.uniform(longest / 2, longest)  # noqa: S311 (so that many processes do not come at once)
        self._hurry.wait(asked or jitter)
        self._hurry.clear()

    def _give_up(self, items: Sequence[str]) -> None:
        """The end has come and the server is not there: count what is lost."""
        self._given_up = True
        self._sending -= len(items)
        self._counters.add(dropped=len(items))
        self._counters.warn("lost", "%d operations or outcomes were not sent before the end", len(items))
