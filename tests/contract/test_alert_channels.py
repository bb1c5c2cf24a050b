"""What holds for every channel: a message arrives under its id, and errors tell no secret."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from apportion.alerts.channel_settings import AnyChannel
from apportion.alerts.channels import Channel, open_channel
from apportion.alerts.messages import Message
from apportion.alerts.signals import Signal
from apportion.alerts.templates import Written, alert_document, written
from apportion.core.errors import ApportionError, BadInput, Terminal, Transient
from servers.alert_mail import Mailbox, mail_server
from servers.alert_receiver import AlertReceiver, receiving

SECRET = "tok3n-0f-fernway"
KEY = "whsec_c2lnbmluZyBrZXkgb2YgZmVybndheQ=="
NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)
SIGNAL = Signal(
    "daily_cost", "service=lambda", "critical", "lambda-events cost $4,213.55 on 13 Oct, usually $110 to $190",
    "$4,023.55 more than usual.", NOW, {"service": "lambda"}, Decimal("4213.55"), Decimal("190.00"), "USD",
    "/anomalies/8f2c", ("lambda-events in us-east-1: $4,101.20",),
)  # fmt: skip
MESSAGE = Message(
    "m-1", "ops", "opened", "critical", SIGNAL.title, SIGNAL.text, ("a1",), NOW,
    {"alerts": [alert_document("a1", SIGNAL)]},
)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """A channel with what receives from it. `ids` are what came, `refuse` makes it answer with a status."""

    settings: AnyChannel
    directory: Path
    ids: Callable[[], list[str]]
    refuse: Callable[[int], None] | None
    gone: Callable[[], None]

    def open(self) -> Channel:
        return open_channel(self.settings, self.directory)


def _settings(text: dict[str, object]) -> AnyChannel:
    return TypeAdapter[AnyChannel](AnyChannel).validate_python(text)


@pytest.fixture(params=["webhook", "apprise", "mail", "log"])
def stage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with receiving(AlertReceiver(words=f"no such token {SECRET}")) as receiver, mail_server(Mailbox()) as box:
        yield getattr(Stages(tmp_path, monkeypatch, receiver, box), request.param)()


@dataclass
class Stages:
    directory: Path
    monkeypatch: pytest.MonkeyPatch
    receiver: AlertReceiver
    box: Mailbox

    def webhook(self) -> Stage:
        self._put("URL", f"{self.receiver.url}/hooks/{SECRET}?key={SECRET}")
        self._put("KEY", KEY)
        words = {"url": {"env": "URL"}, "secret": {"env": "KEY"}, "allow_private": True}
        return self._stage(
            {"type": "webhook", **words}, lambda: [got.headers["webhook-id"] for got in self.receiver.taken]
        )

    def apprise(self) -> Stage:
        self._put("URL", f"{self.receiver.url.replace('http', 'json')}/hooks/{SECRET}?-key={SECRET}")
        return self._stage(
            {"type": "apprise", "url": {"env": "URL"}},
            lambda: [got.headers["x-apportion-message-id"] for got in self.receiver.taken],
        )

    def mail(self) -> Stage:
        mail = f"mailto://127.0.0.1:{self.box.port}?from=a@fernway.example&to=b@fernway.example&name={SECRET}"
        self._put("URL", mail)
        self.monkeypatch.setattr("apprise.plugins.email.NotifyEmail.request_rate_per_sec", 0)
        found = self._stage(
            {"type": "apprise", "url": {"env": "URL"}},
            lambda: [str(message["X-Apportion-Message-Id"]) for message in self.box.messages],
        )

        def gone() -> None:
            self.box.refuses = "451 not now"

        return replace(found, refuse=None, gone=gone)

    def log(self) -> Stage:
        path = self.directory / "alerts" / "sent.jsonl"

        def ids() -> list[str]:
            return [json.loads(line)["id"] for line in path.read_text().splitlines()] if path.exists() else []

        def gone() -> None:
            path.unlink(missing_ok=True)
            path.mkdir(parents=True)

        settings = _settings({"type": "log", "file": "alerts/sent.jsonl"})
        return Stage(settings, self.directory, ids, None, gone)

    def _put(self, name: str, text: str) -> None:
        self.monkeypatch.setenv(name, text)

    def _stage(self, words: dict[str, object], ids: Callable[[], list[str]]) -> Stage:
        place = f"/hooks/{SECRET}"

        def refuse(status: int) -> None:
            self.receiver.always[place] = status

        def gone() -> None:
            self._put("URL", os.environ["URL"].replace(self.receiver.url[7:], "127.0.0.1:9"))

        return Stage(_settings(words), self.directory, ids, refuse, gone)


def message(name: str) -> Written:
    return written(replace(MESSAGE, message_id=name), base_url="https://cost.fernway.example")


def test_each_message_arrives_under_its_id_and_a_repeat_under_the_same(stage: Stage) -> None:
    channel = stage.open()
    for name in ("m-1", "m-2", "m-1"):
        assert channel.send(message(name))
    channel.close()
    assert stage.ids() == ["m-1", "m-2", "m-1"]


def test_what_may_pass_is_told_from_what_will_not(stage: Stage) -> None:
    if stage.refuse is None:
        pytest.skip("it answers with no status")
    channel = stage.open()
    for status, kind in {429: Transient, 503: Transient, 400: Terminal, 404: Terminal}.items():
        stage.refuse(status)
        with pytest.raises(kind) as why:
            channel.send(message("m-1"))
        assert str(status) in why.value.message
    channel.close()
    assert stage.ids() == []


def test_a_receiver_that_is_gone_is_worth_another_attempt(stage: Stage) -> None:
    stage.gone()
    channel = stage.open()
    with pytest.raises(Transient):
        channel.send(message("m-1"))
    channel.close()


def test_no_secret_is_in_errors_or_logs(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    with caplog.at_level(logging.DEBUG):
        channel = stage.open()
        told.append(channel.send(message("m-1")))
        for status in (301, 403, 500) if stage.refuse else ():
            assert stage.refuse
            stage.refuse(status)
            with pytest.raises(ApportionError) as refused:
                channel.send(message("m-2"))
            told.append(str(refused.value))
        channel.close()
        stage.gone()
        with pytest.raises(ApportionError) as gone:
            stage.open().send(message("m-3"))
        told.append(str(gone.value))
    for text in (*told, caplog.text):
        assert SECRET not in text
        assert KEY not in text


def test_an_address_that_cannot_be_used_is_refused_without_a_word_of_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if stage.settings.type == "log":
        pytest.skip("it has no address")
    for text in (f"nonsense {SECRET}", f"unknown://{SECRET}@{SECRET}.example", "", f"json://[{SECRET}"):
        monkeypatch.setenv("URL", text)
        with caplog.at_level(logging.DEBUG), pytest.raises(BadInput, match="URL") as why:
            stage.open()
        assert SECRET not in str(why.value) + caplog.text
