"""What is long over is forgotten, with all that belongs to it; what somebody still needs is kept."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select, update

from apportion.alerts.forgetting import Forgotten, forget
from apportion.alerts.messages import Message
from apportion.alerts.outbox import drop, enqueue
from apportion.alerts.times import microseconds
from apportion.alerts.watching import mute, watch
from apportion.app import App
from apportion.database import (
    State,
    alert_deliveries,
    alert_events,
    alert_messages,
    alert_notices,
    alerts,
)
from unit.alerts.watched import later, rule, settings, signal

ALL: tuple[Table, ...] = (alert_messages, alert_deliveries, alerts, alert_events, alert_notices)
AFTER = later(days=100)


def counts(state: State, tables: Iterable[Table] = ALL) -> list[int]:
    with state.read() as con:
        return [con.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def sends(state: State) -> None:
    """All that waits has arrived, on the first day, each with an attempt."""
    at = microseconds(later(2))
    with state.write() as con:
        for row in con.execute(select(alert_messages)).all():
            attempt = {"message_id": row.message_id, "attempt": 1, "channel": row.channel, "started": at}
            con.execute(alert_deliveries.insert().values(**attempt, finished=at, outcome="sent", said="204"))
        con.execute(update(alert_messages).values(state="sent", finished=at))


@pytest.fixture
def over(state: State) -> State:
    """An alert that was told and is over, and its messages, which arrived."""
    watch(state, settings(), {"losing": [signal()]}, later())
    watch(state, settings(), {"losing": []}, later(1))
    sends(state)
    return state


def test_what_is_long_over_goes_with_all_that_belongs_to_it(over: State) -> None:
    assert counts(over) == [2, 2, 1, 4, 1]
    assert forget(over, later()) == Forgotten(messages=0, alerts=0)
    assert counts(over) == [2, 2, 1, 4, 1]
    assert forget(over, AFTER) == Forgotten(messages=2, alerts=1)
    assert counts(over) == [0, 0, 0, 0, 0]
    assert forget(over, AFTER) == Forgotten(messages=0, alerts=0)


def test_a_workspace_forgets_what_it_has_and_makes_no_database_for_it(tmp_path: Path) -> None:
    (tmp_path / "apportion.yaml").write_text("reporting: {currency: USD}\n")
    app = App(tmp_path)
    assert app.forget_alerts(AFTER) == Forgotten()
    assert not (tmp_path / "state.db").exists()
    state = State.file(tmp_path / "state.db")
    state.migrate()
    watch(state, settings(), {"losing": [signal()]}, later())
    sends(state)
    assert app.forget_alerts(AFTER) == Forgotten(messages=1, alerts=0)


def test_an_alert_that_holds_stays_with_its_history_and_its_old_messages_go(state: State) -> None:
    watch(state, settings(), {"losing": [signal()]}, later())
    sends(state)
    assert forget(state, AFTER) == Forgotten(messages=1, alerts=0)
    assert counts(state) == [0, 0, 1, 2, 1]
    again = [replace(signal(), at=later(days=99))]
    assert watch(state, settings(rules=rule(reminders="never")), {"losing": again}, AFTER).messages == []


def test_what_waits_or_is_being_sent_stays_however_old_it_is(state: State) -> None:
    def message(name: str) -> Message:
        return Message(name, "finops", "opened", "warning", "It loses", "…", (), later())

    with state.write() as con:
        enqueue(con, [message(name) for name in ("waits", "goes out", "dropped")], later())
        goes_out = alert_messages.c.message_id == "goes out"
        con.execute(update(alert_messages).where(goes_out).values(state="sending"))
        drop(con, ["dropped"], "It ended before.", later())
    assert forget(state, AFTER) == Forgotten(messages=1, alerts=0)
    with state.read() as con:
        assert set(con.scalars(select(alert_messages.c.message_id))) == {"waits", "goes out"}


def test_a_mute_that_holds_for_what_comes_back_is_kept_until_it_is_over(state: State) -> None:
    [alert] = watch(state, settings(), {"losing": [signal()]}, later()).opened
    mute(state, alert.alert_id, later(days=200), "a trial, agreed", "ana", later(1))
    watch(state, settings(), {"losing": []}, later(2))
    assert forget(state, AFTER).alerts == 0
    back = replace(signal(), at=AFTER)
    assert watch(state, settings(), {"losing": [back]}, AFTER).messages == []
    watch(state, settings(), {"losing": []}, later(days=101))
    assert forget(state, later(days=201)).alerts == 2


def test_what_a_channel_has_yet_to_hear_the_end_of_is_kept(state: State) -> None:
    night = {"between": "20:00-08:00", "time_zone": "Europe/Berlin"}
    watch(state, settings(), {"losing": [signal()]}, later())
    watch(state, settings(quiet_hours=night), {"losing": []}, later(9))
    assert forget(state, AFTER).alerts == 0
    [end] = watch(state, settings(quiet_hours=night), {"losing": []}, later(20)).messages
    assert (end.event, forget(state, AFTER).alerts) == ("resolved", 1)


def test_an_error_on_the_way_forgets_nothing(over: State, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError

    before = counts(over)
    with monkeypatch.context() as patched:
        patched.setattr("apportion.alerts.forgetting._forget_alerts", breaks)
        with pytest.raises(RuntimeError):
            forget(over, AFTER)
    assert counts(over) == before


def test_more_than_fits_in_one_statement_is_forgotten_at_once(state: State) -> None:
    many = [signal(f"customer=c{n}") for n in range(900)]
    watch(state, settings(), {"losing": many}, later())
    watch(state, settings(), {"losing": []}, later(1))
    assert forget(state, AFTER).alerts == 900
    assert counts(state, (alerts, alert_events, alert_notices)) == [0, 0, 0]
