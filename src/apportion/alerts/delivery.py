"""Sends what waits in the outbox: a thread for each channel, so that none holds up another."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING
from uuid import uuid4

from apportion.alerts import outbox_channels, outbox_turns
from apportion.alerts.channel_settings import AnyChannel
from apportion.alerts.channels import Channel, Unclear, open_channel
from apportion.alerts.delivery_policy import Policy
from apportion.alerts.delivery_turns import Turns
from apportion.alerts.history import put_back
from apportion.alerts.messages import Message
from apportion.alerts.outbox import enqueue
from apportion.alerts.outbox_turns import Claim, Result
from apportion.alerts.templates import written
from apportion.core.errors import ApportionError, Terminal, Transient
from apportion.database import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from sqlalchemy import Connection

WAIT, POLL, AGAIN, PARTING = 60.0, 1.0, 30.0, 3.0
"""Seconds: `run` leaves channels that hang to themselves, the outbox is looked at, also after a fault, and
what is being sent at the end may take.
"""
log = logging.getLogger("apportion.alerts")


@dataclass
class Delivered:
    """What became of attempts: messages that arrived, and attempts that did not work, by channel."""

    sent: int = 0
    failed: int = 0
    hanging: tuple[str, ...] = ()
    next_due: datetime | None = None


class Delivery:
    """Delivers for one process; others may do so at the same time. Safe to use from threads."""

    def __init__(
        self,
        state: State,
        channels: Mapping[str, AnyChannel],
        directory: Path,
        *,
        base_url: str = "",
        policy: Policy | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: "Random | None" = None,
        opened: Callable[[AnyChannel, Path], Channel] = open_channel,
    ) -> None:
        self._state, self._channels, self._directory = state, channels, directory
        self._base_url, self._policy, self._now = base_url, policy or Policy(), now
        self._chance = chance or SystemRandom()
        self._opened = opened
        self._working: dict[str, threading.Thread] = {}
        self._alone = threading.Lock()
        self._turns = Turns(state)
        self._stopped = threading.Event()

    def run(self, wait: float = WAIT) -> Delivered:
        """Send everything that is due, and wait until that is done, but not longer than `wait` seconds.

        What is being sent then goes on in its thread; that channel is left alone until it is done.
        """
        counted = Delivered()
        end = time.monotonic() + wait
        for thread in self._begin_due(counted):
            thread.join(max(0.0, end - time.monotonic()))
        with self._state.read() as con:
            counted.next_due = outbox_channels.next_due(con)
        counted.hanging = tuple(sorted(name for name in self._channels if self._is_working(name)))
        return counted

    def follow(self) -> None:
        """Send what is due as it comes, until `stop`; a channel that hangs holds up itself alone."""
        while not self._stopped.wait(POLL):
            try:
                self._begin_due(Delivered())
            except Exception:
                log.exception("the outbox of alerts cannot be read")
                self._stopped.wait(AGAIN)

    def start(self) -> None:
        """Follow in a thread."""
        threading.Thread(target=self.follow, name="alerts", daemon=True).start()

    def stop(self) -> None:
        """Begin nothing new, and wait a little for what is being sent; what takes longer is sent again."""
        self._stopped.set()
        end = time.monotonic() + PARTING
        for thread in list(self._working.values()):
            thread.join(max(0.0, end - time.monotonic()))

    def send_test(self, channel: str) -> str:
        """Send a message that says it is a test, once, and return its id; what became of it is written down.

        Raises what is wrong with the channel's settings.
        """
        now = self._now()
        message = Message(
            f"test-{uuid4().hex[:16]}", channel, "test", "warning", "this is what alerts look like",
            f"A test of the channel '{channel}'. Nothing is wrong.", (), now,
        )  # fmt: skip

        def begin(con: "Connection") -> Claim | None:
            enqueue(con, [message], now)
            return outbox_turns.claim(con, channel, now, self._policy.lease, message.message_id)

        self._send_one(channel, begin)
        return message.message_id

    def try_again(self, channel: str, message_id: str) -> None:
        """Put a message that ended in line again, and send it now; what became of it is written down.

        Raises what is wrong with the channel's settings, NotFound, and Refused for one that did not end.
        """
        now = self._now()

        def begin(con: "Connection") -> Claim | None:
            put_back(con, message_id, now)
            return outbox_turns.claim(con, channel, now, self._policy.lease, message_id)

        self._send_one(channel, begin)

    def _send_one(self, channel: str, begin: "Callable[[Connection], Claim | None]") -> None:
        settings = self._channels[channel]
        with _closing(self._opened(settings, self._directory)) as opened:
            if (claim := self._turns.do(begin)) is not None:
                result = self._attempt(settings, opened, claim)
                self._turns.do(lambda con: self._settle(con, result))

    def _begin_due(self, counted: Delivered) -> list[threading.Thread]:
        """A thread for each channel that has something to do, and none at work yet."""
        with self._alone:
            return [self._begin(channel, counted) for channel in self._due() if not self._is_working(channel)]

    def _due(self) -> list[str]:
        """Channels that can be used now; what can never be sent is marked so."""
        now = self._now()
        shown = [name for name, settings in self._channels.items() if settings.when_unclear == "show"]

        def usable(con: "Connection") -> list[str]:
            outbox_turns.recover(con, now, self._policy, shown)
            due = outbox_channels.channels_due(con, now)
            outbox_channels.fail_unknown(con, self._channels, due, now)
            return [c for c in due if c in self._channels and not outbox_channels.rests(con, c, now)]

        return self._turns.do(usable)

    def _begin(self, channel: str, counted: Delivered) -> threading.Thread:
        thread = threading.Thread(
            target=self._work, args=(channel, counted), name=f"alerts {channel}", daemon=True
        )
        self._working[channel] = thread
        thread.start()
        return thread

    def _is_working(self, channel: str) -> bool:
        thread = self._working.get(channel)
        return thread is not None and thread.is_alive()

    def _work(self, name: str, counted: Delivered) -> None:
        """Send one channel's messages until none is due, or it rests."""
        try:
            channel = self._opened(self._channels[name], self._directory)
        except ApportionError as why:
            self._unusable(name, str(why))
            return
        except Exception as why:  # noqa: BLE001  its text may hold a secret, its kind does not
            self._unusable(name, f"it cannot be opened ({type(why).__name__})")
            return
        try:
            with _closing(channel):
                self._send_all(name, channel, counted)
        except Exception:  # the state database: leases end by themselves
            log.exception("delivering for the channel %s failed", name)

    def _send_all(self, name: str, channel: Channel, counted: Delivered) -> None:
        result: Result | None = None
        while (claim := self._next(name, result)) is not None:
            result = self._attempt(self._channels[name], channel, claim)
            counted.sent += result.outcome == "sent"
            counted.failed += result.outcome != "sent"

    def _next(self, name: str, done: Result | None) -> Claim | None:
        """Write down what became of the last message and claim the next, in one transaction."""

        def turn(con: "Connection") -> Claim | None:
            if done:
                self._settle(con, done)
            now = self._now()
            if self._stopped.is_set() or outbox_channels.rests(con, name, now):
                return None
            return outbox_turns.claim(con, name, now, self._policy.lease)

        return self._turns.do(turn)

    def _attempt(self, settings: AnyChannel, channel: Channel, claim: Claim) -> Result:
        """Hand one message to its channel. Whatever a channel raises is an answer."""
        try:
            message = written(
                claim.message, base_url=self._base_url, title=settings.title, text=settings.text
            )
            return Result(claim, "sent", channel.send(message))
        except Unclear as why:
            return Result(claim, "unclear", why.message, why.after)
        except Transient as why:
            return Result(claim, "failed", why.message, why.after)
        except Terminal as why:
            return Result(claim, "refused", f"{why.message}. {why.hint}".removesuffix(". "))
        except Exception as why:  # noqa: BLE001  its text may hold a secret, its kind does not
            return Result(claim, "unclear", f"sending failed ({type(why).__name__})")

    def _settle(self, con: "Connection", result: Result) -> None:
        settings = self._channels[result.claim.message.channel]
        repeat = settings.when_unclear == "repeat"
        outbox_turns.settle(con, result, self._now(), self._policy, self._chance, repeat=repeat)

    def _unusable(self, name: str, why: str) -> None:
        """The channel rests, and no message of its is tried."""
        words = (name, why, self._now(), self._policy)
        try:
            self._turns.do(lambda con: outbox_channels.note_failed(con, *words))
        except ApportionError:
            log.exception("the channel %s cannot be used, and the state database does not answer", name)


@contextmanager
def _closing(channel: Channel) -> "Iterator[Channel]":
    try:
        yield channel
    finally:
        channel.close()
