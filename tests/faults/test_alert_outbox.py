"""kill -9 while alerts go out: each reaches its receiver under its id, or is visibly failed or uncertain."""

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from apportion.alerts.messages import Message
from apportion.alerts.outbox import enqueue
from apportion.database import State, alert_deliveries, alert_messages
from servers.alert_receiver import AlertReceiver, Got, receiving

SENDER = Path(__file__).with_name("alert_sender.py")
CHANNELS = [f"c{n:02}" for n in range(20)]
DOWN, HANGS, STUMBLE = "c03", "c07", {"c11": 503, "c15": 429}
SEED = 20261013


@dataclass
class Killing(AlertReceiver):
    """Kills the sender, when it has taken so many, before it answers: the moment that hurts."""

    at: list[int] = field(default_factory=list)
    sender: "subprocess.Popen[bytes] | None" = None

    def take(self, got: Got) -> int:
        status = super().take(got)
        with self.came:
            if self.at and self.sender and len(self.taken) >= self.at[0]:
                self.at.pop(0)
                self.sender.send_signal(signal.SIGKILL)
        return status


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    return str(request.getfixturevalue("postgres"))


@contextmanager
def sending(url: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that sends, killed at the end at the latest."""
    environment = {**os.environ, "KEY": "a key", **{c: (folder / c).read_text() for c in CHANNELS}}
    process = subprocess.Popen([sys.executable, str(SENDER), url, str(folder)], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def declare(folder: Path, receiver: AlertReceiver) -> None:
    """Twenty webhooks: one of which nobody answers, one whose receiver hangs, two that stumble."""
    words = {"type": "webhook", "secret": {"env": "KEY"}, "allow_private": True, "timeout": 1}
    (folder / "channels.json").write_text(json.dumps({c: {**words, "url": {"env": c}} for c in CHANNELS}))
    for channel in CHANNELS:
        host = "http://127.0.0.1:9" if channel == DOWN else receiver.url
        (folder / channel).write_text(f"{host}/{channel}")
    receiver.hangs.add(f"/{HANGS}")
    receiver.answers |= {f"/{channel}": [status] for channel, status in STUMBLE.items()}


def put_in_line(state: State, count: int) -> dict[str, str]:
    """So many messages, evenly over the channels; the channel of each."""
    now = datetime.now(UTC)
    messages = [
        Message(
            f"m{n}", CHANNELS[n % len(CHANNELS)], "opened", "critical", f"Alert {n}", "…", (f"a{n}",), now
        )
        for n in range(count)
    ]
    with state.write() as con:
        assert enqueue(con, messages, now) == count
    return {message.message_id: message.channel for message in messages}


@pytest.mark.slow
def test_every_alert_arrives_once_after_repeats_are_removed_or_is_visibly_not(
    url: str, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    print(f"seed {SEED}")  # noqa: T201
    count, kills = (1000, 3) if url.startswith("sqlite") else (160, 1)
    state = State(url)
    state.migrate()
    channel_of = put_in_line(state, count)
    at = sorted(chance.sample(range(count // 20, count * 7 // 10), kills))
    with receiving(Killing(at=at)) as receiver:
        declare(tmp_path, receiver)
        for _ in range(kills):
            with sending(url, tmp_path) as receiver.sender:
                assert receiver.sender.wait(60) == -signal.SIGKILL
        with receiver.came:
            enough = len(receiver.taken) + chance.randint(1, count // 10)
        with (
            sending(url, tmp_path) as first,
            sending(url, tmp_path) as second,
        ):  # and a moment of no one's choice
            with receiver.came:
                assert receiver.came.wait_for(lambda: len(receiver.taken) >= enough, 60)
            first.kill()
            assert second.wait(60) == 0
        judge(state, receiver, channel_of, kills)
    state.close()


def judge(state: State, receiver: Killing, channel_of: dict[str, str], kills: int) -> None:
    with state.read() as con:
        kept = {row.message_id: row for row in con.execute(select(alert_messages))}
        attempts = con.execute(select(alert_deliveries)).all()
    came = Counter(got.headers["webhook-id"] for got in receiver.taken)
    states = Counter(row.state for row in kept.values())
    print(f"{states}, {sum(came.values()) - len(came)} repeats, {len(attempts)} attempts")  # noqa: T201
    assert set(states) <= {"sent", "failed", "uncertain"}
    assert all(got.path == f"/{channel_of[got.headers['webhook-id']]}" for got in receiver.taken)
    bodies: dict[str, set[bytes]] = {}
    for got in receiver.taken:
        bodies.setdefault(got.json["id"], set()).add(got.body)
    assert set(bodies) == set(came)
    assert all(len(same) == 1 for same in bodies.values())
    for name, row in kept.items():
        if channel_of[name] not in (DOWN, HANGS):
            assert (row.state, came[name] >= 1) == ("sent", True), row
        else:
            assert row.state in ("failed", "uncertain"), row
            assert row.last_error
            assert came[name] == 0
    down = Counter(row.state for name, row in kept.items() if channel_of[name] == DOWN)
    assert down["failed"] > down["uncertain"]  # what was cut off may have arrived, as far as anyone knows
    assert sum(came.values()) - len(came) >= kills
    assert unfinished(attempts) == []


def unfinished(attempts: Any) -> list[Any]:
    return [attempt for attempt in attempts if attempt.finished is None or not attempt.outcome]
