"""Group commit: what arrives together is committed together, each answered once it is kept."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from apportion.core.errors import Transient

MOST = 1_000
Work = TypeVar("Work")


class Writer(Generic[Work]):
    """One thread that writes for all. Who puts work waits until it is committed.

    `write` does a group in one transaction and answers each; an exception among the answers is raised to
    whom it answers. Where the whole group fails, each is tried alone, so that nobody fails for another, but
    where the database does not answer.
    """

    def __init__(
        self, write: Callable[[Sequence[Work]], Sequence[Any]], size: Callable[[Work], int] = lambda _: 1
    ) -> None:
        self._write, self._size = write, size
        self._waiting: SimpleQueue[tuple[Work, Future[Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closed = False

    def put(self, work: Work) -> Any:
        """Have work done for good; the answer. Raises what the database raises, and then nothing is kept."""
        with self._starting:
            if self._closed:
                raise Transient("the server is stopping", hint="Send it again.")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="operations", daemon=True)
                self._thread.start()
        answer: Future[Any] = Future()
        self._waiting.put((work, answer))
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
                self._answer(group)

    def _group(self, first: tuple[Work, Future[Any]] | None) -> tuple[list[tuple[Work, Future[Any]]], bool]:
        """What waits now, up to about a thousand rows; whether it is the last."""
        group: list[tuple[Work, Future[Any]]] = []
        following, size = first, 0
        while following is not None:
            group.append(following)
            size += self._size(following[0])
            if self._waiting.empty() or size >= MOST:
                return group, False
            following = self._waiting.get()
        return group, True

    def _answer(self, group: Sequence[tuple[Work, Future[Any]]]) -> None:
        try:
            answers = self._write([work for work, _ in group])
        except Exception as why:  # noqa: BLE001  whoever waits gets it
            if len(group) > 1 and not isinstance(why, Transient):
                for one in group:
                    self._answer([one])
                return
            for _, waiting in group:
                waiting.set_exception(why)
        else:
            for (_, waiting), answer in zip(group, answers, strict=True):
                if isinstance(answer, BaseException):
                    waiting.set_exception(answer)
                else:
                    waiting.set_result(answer)
