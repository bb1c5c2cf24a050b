"""Sending what alerting has to tell, and what was sent."""

from __future__ import annotations

import getpass
import threading
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from apportion.app.rating import Rating
from apportion.core.errors import NotFound, Refused

if TYPE_CHECKING:  # databases, which most commands do without
    from apportion.alerts.delivery import Delivered, Delivery
    from apportion.alerts.history import ChannelList, MessageList, OneMessage


POLL = 1.0


class Outgoing:
    """A thread that sends messages as they come, each channel's in a thread of its own."""

    def __init__(self, app: Delivering) -> None:
        self._app, self._stopped = app, threading.Event()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="alerts", daemon=True).start()

    def stop(self) -> None:
        """Begin nothing new, and wait a little for what is being sent."""
        self._stopped.set()
        self._app.stop_delivering()

    def _run(self) -> None:
        while not self._stopped.wait(POLL):
            if self._app.workspace.database.there(self._app.directory):
                self._app.follow_outbox()  # no database is made where nothing is to be sent
                return


class Delivering(Rating):
    """The outbox of a workspace."""

    def deliver_alerts(self, wait: float = 60.0) -> Delivered:
        """Send every message that is due, and wait for that, but not longer than `wait` seconds."""
        from apportion.alerts.delivery import Delivered  # noqa: PLC0415

        with self._state_there() as state:
            return self._delivery.run(wait) if state else Delivered()

    def outgoing(self) -> Outgoing:
        """Sends messages as they come, beside a server; not started."""
        return Outgoing(self)

    def test_channel(self, channel: str) -> OneMessage:
        """Send a message that says it is a test, and say what became of it.

        Raises NotFound where there is no such channel, BadInput where its secret is missing.
        """
        from apportion.alerts import history  # noqa: PLC0415

        self._known_channel(channel)
        self._told("test_channel", channel)
        message_id = self._delivery.send_test(channel)
        with self._opened().read() as con:
            return history.single(con, message_id)

    def _told(self, action: str, target: str) -> None:
        """Tell the audit log by itself: what is sent is in no transaction."""
        from apportion.access import audit  # noqa: PLC0415
        from apportion.access.doing import doing  # noqa: PLC0415

        who = "" if doing.get() else getpass.getuser()
        with self._opened().write() as con:
            audit.record(con, audit.Entry.named(who, action, target), datetime.now(UTC))

    def retry_message(self, message_id: str) -> OneMessage:
        """Send again what failed, is uncertain or was dropped, and say what became of it.

        Raises NotFound, and Refused where it was sent or waits, or its channel is not in the settings.
        """
        from apportion.alerts import history  # noqa: PLC0415

        with self._opened().read() as con:
            channel = history.single(con, message_id).channel
        if channel not in self._channels:
            raise Refused(f"There is no channel '{channel}' in apportion.yaml any more.")
        self._delivery.try_again(channel, message_id)
        self._told("retry_message", message_id)
        with self._opened().read() as con:
            return history.single(con, message_id)

    def alert_messages(self, **asked: Any) -> MessageList:
        """A page of messages, the newest first: `since`, `channel`, `state`, `limit`, `cursor`."""
        from apportion.alerts import history  # noqa: PLC0415

        with self._state_there() as state:
            if state is None:
                return history.NOTHING
            with state.read() as con:
                return history.history(con, **asked)

    def alert_message(self, message_id: str) -> OneMessage:
        """One message with every attempt. Raises NotFound."""
        from apportion.alerts import history  # noqa: PLC0415

        with self._state_there() as state:
            if state is None:
                raise NotFound(f"There is no message '{message_id}'.")
            with state.read() as con:
                return history.single(con, message_id)

    def alert_channels(self) -> ChannelList:
        """How every channel does."""
        from apportion.alerts import history  # noqa: PLC0415

        with self._state_there() as state:
            if state is None:
                return history.channels(None, self._channels)
            with state.read() as con:
                return history.channels(con, self._channels)

    def _known_channel(self, channel: str) -> None:
        if channel not in self._channels:
            known = ", ".join(self._channels)
            raise NotFound(f"There is no channel '{channel}'.", hint=f"apportion.yaml has: {known}.")

    @property
    def _channels(self) -> dict[str, Any]:
        return self.workspace.alerts.known_channels

    @cached_property
    def _delivery(self) -> Delivery:
        from apportion.alerts.delivery import Delivery  # noqa: PLC0415

        given = self.workspace.alerts
        return Delivery(
            self._opened(),
            given.known_channels,
            self.directory,
            base_url=given.base_url,
            now=lambda: datetime.now(UTC),
        )

    def follow_outbox(self) -> None:
        """Send messages as they come, until `stop_delivering`."""
        self._delivery.follow()

    def stop_delivering(self) -> None:
        """Begin to send nothing more, and wait a little for what is being sent."""
        if "_delivery" in self.__dict__:
            self._delivery.stop()

    def stop(self) -> None:
        """Send no more."""
        self.stop_delivering()
        super().stop()
