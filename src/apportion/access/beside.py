"""What is written beside a request, so that nobody waits for it, or learns from how long it takes."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


class Beside:
    """Does what it is given, one after the other, in a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: ThreadPoolExecutor | None = None

    def do(self, work: Callable[[], None]) -> None:
        """Soon. `work` raises nothing."""
        with self._lock:
            if self._worker is None:
                self._worker = ThreadPoolExecutor(1, "access")
            self._worker.submit(work)

    def wait(self) -> None:
        """Until all is done that was given before."""
        with self._lock:
            worker, self._worker = self._worker, None
        if worker:
            worker.shutdown()
