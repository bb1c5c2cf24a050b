"""A workspace sends what its outbox has, beside a server."""

import json
from datetime import UTC, datetime
from pathlib import Path

from apportion.alerts.messages import Message
from apportion.alerts.outbox import enqueue
from apportion.app import App
from apportion.database import State
from servers.alert_receiver import AlertReceiver, receiving


def test_a_server_sends_what_comes(tmp_path: Path) -> None:
    with receiving(AlertReceiver()) as receiver:
        (tmp_path / "url").write_text(f"{receiver.url}/take")
        (tmp_path / "key").write_text("a key")
        hook = "{type: webhook, url: {file: url}, secret: {file: key}, allow_private: true}"
        settings = f"alerts: {{base_url: 'https://cost.example', channels: {{hook: {hook}}}}}"
        (tmp_path / "apportion.yaml").write_text(settings)
        app = App(tmp_path)
        outgoing = app.outgoing()
        outgoing.start()
        assert not (tmp_path / "state.db").exists()
        state, now = State.file(tmp_path / "state.db"), datetime.now(UTC)
        state.migrate()
        with state.write() as con:
            body = {"alerts": [{"id": "a", "link": "/anomalies/1"}]}
            enqueue(
                con, [Message("m1", "hook", "opened", "critical", "It costs", "…", ("a",), now, body)], now
            )
        with receiver.came:
            assert receiver.came.wait_for(lambda: receiver.taken, 30)
        outgoing.stop()
        assert json.loads(receiver.taken[0].body)["alerts"][0]["link"] == "https://cost.example/anomalies/1"
        assert app.alert_message("m1").state == "sent"
        app.stop()
        state.close()
