"""Short transactions of many threads; on SQLite, which takes one writer at a time, committed together."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Connection

from apportion.core.patience import Patience
from apportion.database import State

T = TypeVar("T")
_PATIENCE = Patience(attempts=4, first=0.1, most=1.0)


@dataclass
class _Job(Generic[T]):
    """What one thread wants to be done, and what came of it."""

    work: Callable[[Connection], T]
    result: T | None = None
    error: Exception | None = None
    done: bool = False


class Turns:
    """Runs work in transactions. What waits while one is committed shares the next: one sync of the disk."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._waiting: list[_Job[object]] = []
        self._listing, self._turn = threading.Lock(), threading.Lock()

    def do(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns, once it is committed; done again where the database did not.

        It raises what `work`, or one beside it, raised.
        """
        return _PATIENCE.call(lambda: self._once(work))

    def _once(self, work: Callable[[Connection], T]) -> T:
        if not self._state.is_sqlite:  # servers commit together by themselves, and rows are locked one by one
            with self._state.write() as con:
                return work(con)
        job = _Job(work)
        with self._listing:
            self._waiting.append(job)  # type: ignore[arg-type]
        with self._turn:
            if not job.done:
                self._together()
        if job.error:
            raise job.error
        return job.result  # type: ignore[return-value]

    def _together(self) -> None:
        with self._listing:
            jobs, self._waiting = self._waiting, []
        try:
            with self._state.write() as con:
                for job in jobs:
                    job.result = job.work(con)
        except Exception as why:  # noqa: BLE001  each of the threads raises it
            for job in jobs:
                job.error = why
        finally:
            for job in jobs:
                job.done = True
