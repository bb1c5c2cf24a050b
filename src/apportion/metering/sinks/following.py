"""Follows what changes of operations, and sends it on: each at least once, in order, from where it ended."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from apportion.core.errors import ApportionError
from apportion.core.errors import Refused as Busy
from apportion.database import State
from apportion.metering.export import encoder
from apportion.metering.settings import Tree
from apportion.metering.sinks.marks import Marks
from apportion.metering.sinks.reading import changes, newest, waiting
from apportion.metering.sinks.settings import Sink
from apportion.metering.sinks.targets import Target, TooLarge, target

BATCH = 500
POLL = 1.0
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
PARTING = 3.0
REST = 9.0
"""How long a server's thread rests for each second that it computed: ingestion goes first."""

log = logging.getLogger("apportion.sinks")
Wait = Callable[[float], bool]
"""Waits so many seconds, or less where it is told to stop: then it returns True."""


@dataclass(frozen=True)
class SinkState:
    """How a sink does: `failing` if the last attempt failed, `followed` if a process runs for it."""

    sink: str
    format: str
    sent: int
    waiting: int
    last_sent: str | None
    failing: bool
    last_error: str | None
    error_at: str | None
    followed: bool


class Follower:
    """One sink's way. What it knows survives a kill: the mark is written after what it says has arrived."""

    def __init__(
        self, sink: Sink, state: State, marks: Marks, directory: Path, tree: Tree, *, rest: float = 0.0
    ) -> None:
        self.sink, self._state, self._marks, self._tree = sink, state, marks, tree
        self._target: Target = target(sink, directory)
        self._encoder = encoder(sink.format)
        self._rest = rest
        self._most = BATCH
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Follow in a thread, until `stop`."""
        self._thread = threading.Thread(target=self.run, name=f"sink {self.sink.label}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after what is being sent now; what takes longer than PARTING is sent again next time."""
        self._stop.set()
        if self._thread:
            self._thread.join(PARTING)

    def run(self, wait: Wait | None = None) -> None:
        """Follow until told to stop. Another process that follows already is waited for."""
        wait = wait or self._stop.wait
        while not self._stop.is_set():
            with self._marks.alone(self.sink.label) as mine:
                if mine:
                    self._follow(wait)
                    return
            if wait(POLL):
                return

    def once(self) -> int:
        """Send what waits, and return how many that were. Raises what stands in the way."""
        with self._marks.alone(self.sink.label) as mine:
            if not mine:
                raise Busy(
                    "another process follows for this sink", where=self.sink.label, hint="Leave it to it."
                )
            try:
                return sum(iter(self.step, 0))
            except Exception as why:
                self._failed(why)
                raise
            finally:
                self._target.close()

    def _follow(self, wait: Wait) -> None:
        pause, stopped = FIRST_WAIT, False
        try:
            while not stopped and not self._stop.is_set():
                began = time.thread_time()
                try:
                    sent = self.step()
                except Exception as why:  # noqa: BLE001  whatever it is, the next attempt may do
                    self._failed(why)
                    asked = getattr(why, "after", 0.0)
                    stopped = wait(max(pause, min(asked, LONGEST_WAIT)))
                    pause = min(2 * pause, LONGEST_WAIT)
                else:
                    pause = FIRST_WAIT
                    stopped = wait(self._rest * (time.thread_time() - began) if sent else POLL)
        finally:
            self._target.close()

    def step(self) -> int:
        """Send the next batch and remember that it arrived; how many operations it had."""
        mark = self._marks.read(self.sink.label)
        found = changes(self._state, mark.through, self._most, self._tree)
        if not found:
            if newest(self._state) < mark.through:  # another database than the one that was followed
                self._marks.write(self.sink.label, replace(mark, through=0))
            return 0
        text = self._encoder.encode(found)
        try:
            self._target.send(self._encoder.head(), text, self._encoder.media_type)
        except TooLarge:
            if len(found) == 1:
                raise
            self._most = max(1, len(found) // 2)
            return self.step()
        at = datetime.now(UTC).isoformat(timespec="seconds")
        now = replace(mark, sent=mark.sent + len(found), last_sent=at, failing=False)
        self._marks.write(self.sink.label, replace(now, through=found[-1]["changed"]))
        return len(found)

    def _failed(self, why: Exception) -> None:
        """Remember it for people; nothing of an operation is in it."""
        said = str(why) if isinstance(why, ApportionError) else type(why).__name__
        if not isinstance(why, ApportionError):
            log.error("the sink %s failed", self.sink.label, exc_info=why)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            mark = self._marks.read(self.sink.label)
            self._marks.write(self.sink.label, replace(mark, error=said, error_at=at, failing=True))
        except (ApportionError, OSError):
            log.exception("the mark of the sink %s cannot be written", self.sink.label)

    def state(self) -> SinkState:
        """How it does, by its mark; also where another process follows."""
        mark = self._marks.read(self.sink.label)
        with self._marks.alone(self.sink.label) as mine:
            followed = not mine
        return SinkState(
            sink=self.sink.label,
            format=self.sink.format,
            sent=mark.sent,
            waiting=waiting(self._state, mark.through),
            last_sent=mark.last_sent or None,
            failing=mark.failing,
            last_error=mark.error or None,
            error_at=mark.error_at or None,
            followed=followed,
        )
