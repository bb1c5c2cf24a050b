"""Runs live sinks in a process of their own."""

import signal
import threading
from typing import TYPE_CHECKING

from apportion.cli import output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apportion.metering.sinks.following import Follower


def send_waiting(followers: "Sequence[Follower]") -> None:
    """Send what waits. Raises what stands in a sink's way, after the others have got theirs."""
    problems: list[Exception] = []
    for follower in followers:
        try:
            sent = follower.once()
        except Exception as why:  # noqa: BLE001  it is raised once the others are done
            problems.append(why)
        else:
            output.out.print(f"{output.plain_text(follower.sink.label)}: {sent:,} operations sent.")
    if problems:
        raise problems[0]


def follow_all(followers: "Sequence[Follower]") -> None:
    """Follow until Ctrl+C or a polite kill."""
    for follower in followers:
        follower.start()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    output.out.print(f"Following for {len(followers)} sinks (Ctrl+C stops)")
    try:
        stop.wait()
    except KeyboardInterrupt:
        pass
    finally:
        for follower in followers:
            follower.stop()
