"""Group commit: batches that arrive together are committed together, each answered once it is kept."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue

from apportion.core.errors import Transient
from apportion.metering.store import Counted, Row

MOST_ROWS = 1_000
Insert = Callable[[Sequence[Sequence[Row]]], list[Counted]]
_Waiting = tuple[Sequence[Row], "Future[Counted]"]


class Writer:
    """One thread that writes for all. Who puts rows waits until they are committed."""

    def __init__(self, insert: Insert) -> None:
        self._insert = insert
        self._waiting: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closed = False

    def put(self, rows: Sequence[Row]) -> Counted:
        """Keep rows for good; what became of them. Raises what the database raises, and then none is kept."""
        with self._starting:
            if self._closed:
                raise Transient("the server is stopping", hint="Send the batch again.")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="operations", daemon=True)
                self._thread.start()
        answer: Future[Counted] = Future()
        self._waiting.put((rows, answer))
        return answer.result()

    def close(self) -> None:
        """Write what waits, then stop."""
        with self._starting:
            self._closed = True
        if self._thread:
            self._waiting.put(None)
            self._thread.join()

    def _run(self) -> None:
        stop = False
        while not stop:
            first = self._waiting.get()
            group, stop = self._group(first)
            if group:
                self._write(group)

    def _group(self, first: _Waiting | None) -> tuple[list[_Waiting], bool]:
        """What waits now, up to about a thousand rows; whether it is the last."""
        group: list[_Waiting] = []
        following = first
        while following is not None:
            group.append(following)
            if self._waiting.empty() or sum(len(rows) for rows, _ in group) >= MOST_ROWS:
                return group, False
            following = self._waiting.get()
        return group, True

    def _write(self, group: list[_Waiting]) -> None:
        try:
            counted = self._insert([rows for rows, _ in group])
        except Exception as why:  # noqa: BLE001  whoever waits gets it
            for _, answer in group:
                answer.set_exception(why)
        else:
            for (_, answer), one in zip(group, counted, strict=True):
                answer.set_result(one)
