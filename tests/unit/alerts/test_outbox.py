"""Messages are put in line with what they tell of, each once."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from apportion.alerts.messages import Message
from apportion.alerts.outbox import drop, enqueue
from apportion.database import State, alert_messages

NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)
MESSAGE = Message(
    "m1", "ops", "opened", "critical", "Lambda costs too much", "Look at it.", ("b", "a"), NOON, {"n": 1}
)


def test_a_message_is_kept_once_however_often_it_is_put_in_line(state: State) -> None:
    with state.write() as con:
        assert enqueue(con, [MESSAGE, replace(MESSAGE, message_id="m2")], NOON) == 2
    with state.write() as con:
        assert enqueue(con, [replace(MESSAGE, title="Another title")], NOON) == 0
    with state.read() as con:
        first = con.execute(select(alert_messages).where(alert_messages.c.message_id == "m1")).one()
    assert (first.state, first.title, first.alerts, first.attempts) == (
        "waiting",
        MESSAGE.title,
        '["a", "b"]',
        0,
    )


def test_what_the_caller_undoes_is_not_sent(state: State) -> None:
    def fail_halfway() -> None:
        with state.write() as con:
            enqueue(con, [MESSAGE], NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    with state.read() as con:
        assert con.execute(select(alert_messages)).all() == []


def test_a_message_that_waits_can_be_taken_back(state: State) -> None:
    with state.write() as con:
        enqueue(con, [MESSAGE], NOON)
        assert drop(con, ["m1", "unknown"], "It is over.", NOON) == 1
        assert drop(con, ["m1"], "It is over.", NOON) == 0
    with state.read() as con:
        assert con.scalar(select(alert_messages.c.state)) == "dropped"
