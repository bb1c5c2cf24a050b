"""What a small company was sent: three messages to a channel that works, one to a channel that does not."""

import weakref
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from apportion.alerts.messages import Message
from apportion.alerts.outbox import enqueue
from apportion.app.delivering import Delivering

SETTINGS = """\
alerts:
  channels:
    ops: {type: log, file: sent.jsonl}
    broken: {type: log, file: apportion.yaml/no/folder}
    unset: {type: apprise, url: {env: NO_SUCH_SECRET}}
"""
DAY = datetime(2026, 10, 2, 9, tzinfo=UTC)


class AlertsSent:
    """Answers for the outbox of a workspace of its own, made when it is first asked."""

    @cached_property
    def _sent(self) -> Delivering:
        folder = TemporaryDirectory()
        weakref.finalize(self, folder.cleanup)
        (Path(folder.name) / "apportion.yaml").write_text(SETTINGS)
        made = Delivering(Path(folder.name))
        weakref.finalize(self, made.stop)
        with made._opened().write() as con:
            for n in range(4):
                channel, name = ("broken" if n == 3 else "ops"), f"m{n}"
                enqueue(
                    con,
                    [Message(name, channel, "opened", "warning", f"Alert {n}", "…", (f"a{n}",), DAY)],
                    DAY,
                )
        made.deliver_alerts()
        return made

    def alert_messages(self, **asked: Any) -> Any:
        return self._sent.alert_messages(**asked)

    def alert_message(self, message_id: str) -> Any:
        return self._sent.alert_message(message_id)

    def retry_message(self, message_id: str) -> Any:
        return self._sent.retry_message(message_id)

    def alert_channels(self) -> Any:
        return self._sent.alert_channels()

    def test_channel(self, channel: str) -> Any:
        return self._sent.test_channel(channel)
