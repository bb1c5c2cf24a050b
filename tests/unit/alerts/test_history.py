"""What was sent, as people ask for it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from apportion.alerts.channel_settings import AnyChannel, LogChannel
from apportion.alerts.delivery import Delivery
from apportion.alerts.history import ChannelList, MessageList, channels, history, put_back, single
from apportion.alerts.messages import Message
from apportion.alerts.outbox import enqueue
from apportion.core.errors import BadInput, NotFound, Refused
from apportion.database import State

NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)
SETTINGS: dict[str, AnyChannel] = {
    "ops": LogChannel(type="log", file="ops.jsonl"),
    "finance": LogChannel(type="log", file="a/file/in/the/way", when_unclear="show", page=True),
}


@pytest.fixture
def sent(state: State, tmp_path: Path) -> State:
    """Five messages, a minute apart: three arrived, one cannot, one is not due yet."""
    (tmp_path / "a").write_text("no folder")
    now = NOON
    for n in range(5):
        later = now + timedelta(days=1) if n == 4 else now
        channel = "finance" if n == 3 else "ops"
        with state.write() as con:
            enqueue(con, [Message(f"m{n}", channel, "opened", "warning", f"Alert {n}", "…", (), later)], now)
        now += timedelta(minutes=1)
    Delivery(state, SETTINGS, tmp_path, now=lambda: now).run()
    return state


def asked(kept: State, /, **words: object) -> MessageList:
    with kept.read() as con:
        return history(con, **words)  # type: ignore[arg-type]


def names(found: MessageList) -> list[str]:
    return [row.message_id for row in found.messages]


def test_the_newest_come_first_with_a_sentence(sent: State) -> None:
    found = asked(sent)
    assert names(found) == ["m4", "m3", "m2", "m1", "m0"]
    assert found.headline == "5 messages: 3 sent, 2 waiting."
    assert found.messages[1].last_error.startswith("the file cannot be written")


def test_pages_follow_each_other_without_gap_or_repeat(sent: State) -> None:
    seen, cursor = [], ""
    while True:
        page = asked(sent, limit=2, cursor=cursor)
        seen += names(page)
        if (cursor := page.next_cursor or "") == "":
            break
    assert seen == ["m4", "m3", "m2", "m1", "m0"]


def test_pages_part_messages_of_the_same_moment(sent: State) -> None:
    at = NOON + timedelta(hours=1)
    with sent.write() as con:
        enqueue(
            con, [Message(f"same{n}", "ops", "opened", "warning", "…", "…", (), at) for n in range(3)], at
        )
    first = asked(sent, limit=2)
    assert names(first) == ["same2", "same1"]
    assert names(asked(sent, limit=2, cursor=first.next_cursor)) == ["same0", "m4"]


def test_it_can_be_asked_for_less(sent: State) -> None:
    assert names(asked(sent, channel="finance")) == ["m3"]
    assert names(asked(sent, state="sent")) == ["m2", "m1", "m0"]
    assert names(asked(sent, since=NOON + timedelta(minutes=2))) == ["m4", "m3", "m2"]


@pytest.mark.parametrize("cursor", ["x", "1", ".m1", "1.", "9" * 30 + ".m1", "-1.m1", "١.m1"])
def test_a_cursor_that_is_none_is_refused(sent: State, cursor: str) -> None:
    with pytest.raises(BadInput, match="cursor"):
        asked(sent, cursor=cursor)


def test_one_message_has_its_attempts(sent: State) -> None:
    with sent.read() as con:
        found = single(con, "m0")
        assert [(one.outcome, one.said) for one in found.deliveries] == [("sent", "written")]
        with pytest.raises(NotFound):
            single(con, "m9")


def test_what_is_not_over_cannot_be_put_back(sent: State) -> None:
    for name, said in (("m0", "was sent"), ("m4", "waits")):
        with sent.write() as con, pytest.raises(Refused, match=said):
            put_back(con, name, NOON)


def test_channels_say_how_they_do(sent: State) -> None:
    with sent.read() as con:
        found = channels(con, SETTINGS)
    ops, finance = found.channels
    assert (ops.sent, ops.waiting, ops.failing_since, ops.last_error) == (3, 1, None, "")
    assert (ops.last_sent, finance.last_sent) == (NOON + timedelta(minutes=5), None)
    assert finance.failing_since == NOON + timedelta(minutes=5)
    assert (finance.page, finance.when_unclear, finance.waiting) == (True, "show", 1)
    assert found.headline == "2 channels; finance cannot be reached."


def test_before_the_first_message_channels_are_there(state: State) -> None:
    found = channels(None, SETTINGS)
    assert isinstance(found, ChannelList)
    assert [row.name for row in found.channels] == ["ops", "finance"]
