"""Channels on the command line: tested, sent to, and what became of messages."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from apportion.alerts.messages import Message
from apportion.alerts.outbox import enqueue
from apportion.database import State
from servers.alert_receiver import AlertReceiver, receiving
from unit.cli.conftest import Run

SECRET = "tok3n-0f-fernway"
SETTINGS = """\
alerts:
  channels:
    file: {type: log, file: alerts.jsonl}
    hook: {type: webhook, url: {env: HOOK}, secret: {env: HOOK_KEY}, allow_private: true}
"""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[AlertReceiver]:
    with receiving(AlertReceiver()) as found:
        monkeypatch.setenv("HOOK", f"{found.url}/{SECRET}")
        monkeypatch.setenv("HOOK_KEY", SECRET)
        yield found


@pytest.fixture
def watched(workspace: Path, receiver: AlertReceiver) -> Path:
    """A workspace with two channels, and two messages that wait."""
    (workspace / "apportion.yaml").write_text(SETTINGS)
    state, now = State.file(workspace / "state.db"), datetime.now(UTC)
    state.migrate()
    with state.write() as con:
        waits = [
            Message(f"m-{to}", to, "opened", "critical", "It costs", "…", ("a",), now)
            for to in ("file", "hook")
        ]
        enqueue(con, waits, now)
    state.close()
    return workspace


def test_a_test_message_arrives(run: Run, watched: Path, receiver: AlertReceiver) -> None:
    said = run("alerts", "test", "hook")
    assert (said.code, said.out.startswith("hook: sent; 204. Message test-")) == (0, True)
    assert receiver.taken[0].json["event"] == "test"
    assert run("alerts", "test", "file").code == 0
    assert json.loads((watched / "alerts.jsonl").read_text())["channel"] == "file"


def test_what_does_not_arrive_is_told(run: Run, watched: Path, receiver: AlertReceiver) -> None:
    receiver.always[f"/{SECRET}"] = 403
    said = run("alerts", "test", "hook")
    assert (said.code, "hook: failed; it answered 403" in said.out) == (1, True)
    assert run("alerts", "test", "pager").code == 3


def test_a_missing_secret_is_named_by_its_place(
    run: Run, watched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOOK")
    said = run("alerts", "test", "hook")
    assert (said.code, "$HOOK: There is no secret here." in said.err) == (2, True)
    assert [row["message_id"] for row in run("alerts", "sent", "-f", "json").rows] == ["m-hook", "m-file"]


def test_what_is_due_is_delivered_and_listed(run: Run, watched: Path, receiver: AlertReceiver) -> None:
    said = run("alerts", "deliver")
    assert (said.code, said.out) == (0, "2 messages sent.\n")
    assert [got.headers["webhook-id"] for got in receiver.taken] == ["m-hook"]
    rows = run("alerts", "sent", "--channel", "hook", "--format", "json").rows
    assert [(row["message_id"], row["state"], row["alerts"]) for row in rows] == [("m-hook", "sent", "a")]
    assert "2 messages: 2 sent." in run("alerts", "sent").out
    assert run("alerts", "sent", "--state", "failed", "--format", "json").rows == []


def test_what_failed_is_sent_again(run: Run, watched: Path, receiver: AlertReceiver) -> None:
    receiver.answers[f"/{SECRET}"] = [404]
    said = run("alerts", "deliver")
    assert (said.code, said.out) == (1, "1 message sent, 1 attempt failed.\n")
    [failed] = run("alerts", "sent", "--state", "failed", "-f", "json").rows
    assert failed["last_error"] == "it answered 404"
    assert run("alerts", "retry", "m-hook").out == "hook: sent; 204. Message m-hook.\n"
    assert run("alerts", "retry", "m-hook").code == 4
    assert run("alerts", "retry", "m-9").code == 3


def test_channels_show_how_they_do_and_no_secret(run: Run, watched: Path, receiver: AlertReceiver) -> None:
    receiver.always[f"/{SECRET}"] = 503
    run("alerts", "deliver")
    said = run("alerts", "channels", "--format", "json")
    file, hook = said.rows
    assert (file["sent"], file["failing_since"]) == (1, None)
    assert (hook["waiting"], hook["last_error"]) == (1, "it answered 503")
    everything = [said.out, run("alerts", "channels").out, run("alerts", "sent", "-f", "csv").out]
    assert not [text for text in everything if SECRET in text]
    assert SECRET not in (watched / "state.db").read_bytes().decode(errors="replace")


def test_before_anything_was_sent(run: Run, workspace: Path) -> None:
    (workspace / "apportion.yaml").write_text(SETTINGS)
    assert run("alerts", "deliver").out == "0 messages sent.\n"
    assert [row["name"] for row in run("alerts", "channels", "-f", "json").rows] == ["file", "hook"]
    assert "Nothing to show" in run("alerts", "sent").out
    assert not (workspace / "state.db").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hook: {type: webhook, url: 'https://x', secret: {env: K}}", "alerts.channels.hook.url"),
        ("hook: {type: sms}", "alerts.channels.hook"),
        ("hook: {type: log, title: '{titel}'}", "there is no field '{titel}' here"),
        ("hook: {type: log, file: ../elsewhere}", "name a file below the folder"),
        ("hook: {type: webhook, url: {env: U}}", "alerts.channels.hook.secret"),
    ],
)
def test_a_mistake_in_a_channel_is_told_with_its_line(
    run: Run, workspace: Path, line: str, said: str
) -> None:
    (workspace / "apportion.yaml").write_text(f"alerts:\n  channels:\n    {line}\n")
    found = run("alerts", "channels")
    assert found.code == 2
    assert said in found.err
    assert "line 3" in found.err
