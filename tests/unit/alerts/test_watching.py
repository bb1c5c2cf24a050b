"""Alerts open, become worse, remind, and end; who is told when."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from apportion.alerts import state_store
from apportion.alerts.settings import Alerts
from apportion.alerts.signals import Signal
from apportion.alerts.watching import acknowledge, find, mute, unmute, watch
from apportion.core.errors import BadInput, NotFound, Refused
from apportion.database import State, alert_messages
from unit.alerts.watched import LOG, later, rule, settings, signal

WARNING, CRITICAL = signal(), signal(severity="critical")


def told(state: State, given: Alerts, *signals: Signal, **when: float) -> list[tuple[str, str]]:
    """The channel and event of each message that the signals of a moment lead to."""
    now = later(**when)
    outcome = watch(state, given, {"losing": [replace(signal, at=now) for signal in signals]}, now)
    return sorted((m.channel, m.event) for m in outcome.messages)


def test_an_alert_is_told_once_and_its_end_once(state: State) -> None:
    given = settings()
    assert told(state, given, WARNING) == [("finops", "opened")]
    assert told(state, given, WARNING, hours=2) == []
    assert told(state, given, hours=3) == [("finops", "resolved")]
    assert told(state, given, hours=4) == []


def test_the_same_evaluation_twice_changes_nothing(state: State) -> None:
    given = settings()
    assert told(state, given, WARNING, CRITICAL) == [("finops", "opened")]
    assert told(state, given, WARNING, CRITICAL) == []
    with state.read() as con:
        assert len(con.execute(select(alert_messages)).all()) == 1


def test_messages_are_kept_with_the_alerts_that_they_tell_of(state: State) -> None:
    [message] = watch(state, settings(), {"losing": [WARNING]}, later()).messages
    with state.read() as con:
        row = con.execute(select(alert_messages)).one()
        assert find(con, message.alerts[0]).notices["finops"].told == later()
    assert (row.message_id, row.channel, row.title) == (message.message_id, "finops", "customer=acme loses")


def test_what_becomes_critical_is_told_at_once_and_what_eases_is_not(state: State) -> None:
    given = settings()
    assert told(state, given, WARNING) == [("finops", "opened")]
    assert told(state, given, CRITICAL, minutes=5) == [("finops", "worse")]
    assert told(state, given, WARNING, minutes=10) == []
    assert told(state, given, CRITICAL, minutes=15) == []


@pytest.mark.parametrize(
    ("reminders", "channel", "hours"),
    [
        ("steady", LOG, list(range(1, 97))),
        ("rarer", LOG, [24, 72]),
        ("rarer", {**LOG, "page": True}, [1, 3, 7, 15, 31, 63]),
        ("never", LOG, []),
    ],
)
def test_reminders_of_what_is_critical_come_ever_more_rarely_but_on_a_pager_soon(
    state: State, reminders: str, channel: dict[str, Any], hours: list[int]
) -> None:
    given = settings(rules=rule(reminders=reminders), channels={"finops": channel})
    told(state, given, CRITICAL)
    reminded = [n for n in range(1, 97) if told(state, given, CRITICAL, hours=n) == [("finops", "reminder")]]
    assert reminded == hours


def test_alerts_of_other_days_are_reminded_of_together(state: State) -> None:
    given, both = settings(), (signal("a", "critical"), signal("b", "critical"))
    assert told(state, given, both[0]) == [("finops", "opened")]
    assert told(state, given, *both, hours=20) == [("finops", "opened")]
    [reminder] = watch(state, given, {"losing": [replace(s, at=later(24)) for s in both]}, later(24)).messages
    assert [alert["key"] for alert in reminder.body["alerts"]] == ["a", "b"]  # type: ignore[attr-defined]


def test_nobody_is_reminded_of_what_did_not_go_on(state: State) -> None:
    spike = replace(CRITICAL, at=later(-9))  # a day that ended before anybody was told
    assert len(watch(state, settings(), {"losing": [spike]}, later()).messages) == 1
    assert watch(state, settings(), {"losing": [spike]}, later(days=2)).messages == []
    goes_on = replace(CRITICAL, at=later(days=2, hours=-9))
    [again] = watch(state, settings(), {"losing": [goes_on]}, later(days=3)).messages
    assert again.event == "reminder"


def test_a_warning_is_told_again_once_a_week(state: State) -> None:
    days = [n for n in range(22) if told(state, settings(), WARNING, days=n)]
    assert days == [0, 7, 14, 21]


def test_alerts_of_one_rule_are_one_message_that_lists_all(state: State) -> None:
    many = [signal(f"customer=c{n}", "critical" if n == 7 else "warning") for n in range(40)]
    [message] = watch(state, settings(), {"losing": many}, later()).messages
    assert (message.title, message.severity) == (
        "losing: customer=c7 loses, and 39 more (1 of 40 critical)",
        "critical",
    )
    assert len(message.alerts) == len(message.body["alerts"]) == 40  # type: ignore[arg-type]
    assert message.body["alerts"][0]["key"] == "customer=c7"  # type: ignore[index]


def test_several_alerts_are_named_by_the_most_important(state: State) -> None:
    far = signal("customer=zoo", value=Decimal(-40), title="Swiftlet Same Day costs more than it pays")
    three = [signal("customer=acme"), far, signal("customer=bee", value=None, limit=None)]
    [message] = watch(state, settings(), {"losing": three}, later()).messages
    assert message.title == "losing: Swiftlet Same Day costs more than it pays, and 2 more"
    keys = [alert["key"] for alert in message.body["alerts"]]  # type: ignore[attr-defined]
    assert keys == ["customer=zoo", "customer=acme", "customer=bee"]


def test_a_team_and_a_customer_have_channels_of_their_own_and_the_first_route_wins(state: State) -> None:
    given = settings(
        routes=[
            {"when": {"team": "pay*"}, "to": "payments"},
            {"when": {"customer": "acme"}, "to": ["finops", "payments"]},
        ]
    )
    payments = signal("a", dimensions={"team": "payments", "customer": "acme"})
    acme, other = signal("b", dimensions={"customer": "acme"}), signal("c", dimensions={"team": "core"})
    messages = watch(state, given, {"losing": [payments, acme, other]}, later()).messages
    keys = {m.channel: [alert["key"] for alert in m.body["alerts"]] for m in messages}  # type: ignore[attr-defined]
    assert keys == {"payments": ["a", "b"], "finops": ["b", "c"]}


NIGHT: dict[str, Any] = {"between": "20:00-08:00", "whole_days": ["sat", "sun"], "time_zone": "Europe/Berlin"}


def test_a_warning_of_the_night_waits_for_the_morning_and_what_is_critical_does_not(state: State) -> None:
    given = settings(quiet_hours=NIGHT, rules=rule(reminders="never"))
    both = {"losing": [WARNING, signal("customer=zoo", "critical")]}
    [at_night] = watch(state, given, both, later(8)).messages  # 21:00 in Berlin
    [next_day] = watch(state, given, both, later(19.1)).messages  # 08:06
    assert [a["key"] for a in at_night.body["alerts"]] == ["customer=zoo"]  # type: ignore[attr-defined]
    assert [a["key"] for a in next_day.body["alerts"]] == ["customer=acme"]  # type: ignore[attr-defined]


def test_what_ended_in_the_night_is_never_told(state: State) -> None:
    given = settings(quiet_hours=NIGHT)
    assert told(state, given, WARNING, hours=8) == []
    assert told(state, given, hours=10) == []
    assert told(state, given, hours=20) == []


def test_the_end_of_a_warning_waits_for_the_morning_too(state: State) -> None:
    given = settings(quiet_hours=NIGHT)
    assert told(state, given, WARNING) == [("finops", "opened")]
    assert told(state, given, hours=9) == []
    assert told(state, given, hours=20) == [("finops", "resolved")]
    assert told(state, given, hours=21) == []


def test_what_goes_away_and_comes_back_is_damped(state: State) -> None:
    given = settings(rules=rule(resolve_after="30m"))
    assert told(state, given, WARNING) == [("finops", "opened")]
    for n in range(1, 12):  # gone for a quarter of an hour at a time
        assert told(state, given, *([] if n % 2 else [WARNING]), minutes=15 * n) == []


def test_what_comes_back_after_its_end_is_quiet_until_the_cooldown_is_over(state: State) -> None:
    given = settings()
    assert told(state, given, WARNING) == [("finops", "opened")]
    assert told(state, given, hours=1) == [("finops", "resolved")]
    assert told(state, given, WARNING, hours=2) == []
    assert told(state, given, CRITICAL, hours=3) == [("finops", "opened")]  # but it is worse than before
    assert told(state, given, hours=4) == [("finops", "resolved")]


def test_who_has_an_alert_is_not_reminded_unless_it_becomes_worse(state: State) -> None:
    given = settings()
    [alert] = watch(state, given, {"losing": [WARNING]}, later()).opened
    taken = acknowledge(state, alert.alert_id[:6], "ana", later(1))
    assert (taken.state, taken.who) == ("acknowledged", "ana")
    assert told(state, given, WARNING, days=3) == []
    assert told(state, given, CRITICAL, days=4) == [("finops", "worse")]
    assert told(state, given, CRITICAL, days=5) == [("finops", "reminder")]


def test_what_somebody_has_already_is_told_only_when_it_becomes_worse(state: State) -> None:
    taken = replace(WARNING, taken=True)
    assert told(state, settings(), taken) == []
    assert told(state, settings(), taken, days=3) == []
    assert told(state, settings(), WARNING) == [], "an evaluation of before"
    other = signal("customer=zoo")
    assert told(state, settings(), taken, other, days=4) == [("finops", "opened")]
    assert told(state, settings(), taken, replace(other, taken=True), days=9) == []
    worse = replace(other, taken=True, severity="critical")
    assert told(state, settings(), taken, worse, days=10) == [("finops", "worse")]


def test_a_mute_holds_until_its_time_also_for_what_comes_back(state: State) -> None:
    given = settings()
    [alert] = watch(state, given, {"losing": [WARNING]}, later()).opened
    mute(state, alert.alert_id, later(days=7), "a trial, agreed", "ana", later(1))
    assert told(state, given, CRITICAL, days=1) == []
    assert told(state, given, days=2) == [("finops", "resolved")]
    assert told(state, given, CRITICAL, days=3) == []
    assert told(state, given, CRITICAL, days=7) == [("finops", "opened")]


def test_a_mute_needs_a_reason_and_a_time_to_come(state: State) -> None:
    [alert] = watch(state, settings(), {"losing": [WARNING]}, later()).opened
    with pytest.raises(BadInput, match="needs a reason"):
        mute(state, alert.alert_id, later(1), " ", "ana", later())
    with pytest.raises(BadInput, match="past"):
        mute(state, alert.alert_id, later(), "known", "ana", later())


def test_unmuted_it_is_told_again(state: State) -> None:
    [alert] = watch(state, settings(), {"losing": [WARNING]}, later()).opened
    mute(state, alert.alert_id, later(days=30), "known", "ana", later(1))
    unmute(state, alert.alert_id, "ana", later(2))
    assert told(state, settings(), CRITICAL, hours=3) == [("finops", "worse")]


def test_what_nobody_takes_goes_to_the_next_channel_once(state: State) -> None:
    given = settings(
        channels={"finops": LOG, "oncall": LOG, "head": LOG},
        escalate=[{"after": "30m", "to": "oncall"}, {"after": "2h", "to": "head"}],
        rules=rule(reminders="never"),
    )
    assert told(state, given, CRITICAL) == [("finops", "opened")]
    assert told(state, given, CRITICAL, minutes=29) == []
    assert told(state, given, CRITICAL, minutes=31) == [("oncall", "escalated")]
    assert told(state, given, CRITICAL, hours=1) == []
    assert told(state, given, CRITICAL, hours=3) == [("head", "escalated")]
    everyone = [("finops", "resolved"), ("head", "resolved"), ("oncall", "resolved")]
    assert told(state, given, hours=4) == everyone


def test_what_is_taken_is_not_escalated(state: State) -> None:
    given = settings(channels={"finops": LOG, "oncall": LOG}, escalate=[{"after": "30m", "to": "oncall"}])
    [alert] = watch(state, given, {"losing": [CRITICAL]}, later()).opened
    acknowledge(state, alert.alert_id, "ana", later(minutes=10))
    assert told(state, given, CRITICAL, hours=5) == []


def test_a_rule_that_was_not_evaluated_ends_nothing_and_one_that_is_off_ends_all(state: State) -> None:
    assert told(state, settings(), WARNING) == [("finops", "opened")]
    assert watch(state, settings(), {}, later(1)).messages == []
    [message] = watch(state, settings(rules=rule(off=True)), {}, later(2)).messages
    assert message.event == "resolved"


def test_a_final_signal_ends_by_itself_in_silence_and_does_not_come_back(state: State) -> None:
    refused = signal("load=aws", final=True)
    given = settings()
    assert told(state, given, refused) == [("finops", "opened")]
    assert told(state, given, hours=1) == []
    assert len(watch(state, given, {"losing": [refused]}, later(days=1)).resolved) == 1
    assert told(state, given, refused, days=2) == []


def test_an_alert_that_is_over_cannot_be_taken(state: State) -> None:
    [alert] = watch(state, settings(), {"losing": [WARNING]}, later()).opened
    watch(state, settings(), {"losing": []}, later(1))
    with pytest.raises(Refused, match="over already"):
        acknowledge(state, alert.alert_id, "ana", later(2))
    with pytest.raises(NotFound, match="no alert 'nothing'"):
        acknowledge(state, "nothing", "ana", later(2))


def test_the_history_says_what_became_of_an_alert(state: State) -> None:
    [alert] = watch(state, settings(), {"losing": [WARNING]}, later()).opened
    acknowledge(state, alert.alert_id, "ana", later(1))
    watch(state, settings(), {"losing": []}, later(2))
    with state.read() as con:
        found = state_store.history(con, alert.alert_id)
    assert [event.event for event in found] == [
        *("opened", "told_opened", "acknowledged", "resolved", "told_resolved")
    ]


def test_of_two_processes_at_once_one_tells(state: State) -> None:
    signals = [signal(f"customer=c{n}") for n in range(50)]

    def once(_: int) -> int:
        return len(watch(state, settings(), {"losing": signals}, later()).messages)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(once, range(16))) == 1
    with state.read() as con:
        assert len(con.execute(select(alert_messages)).all()) == 1


def test_an_evaluation_that_comes_late_changes_nothing(state: State) -> None:
    watch(state, settings(), {"losing": [WARNING]}, later(2))
    assert watch(state, settings(), {"losing": []}, later(1)).resolved == []


def test_a_channel_that_is_gone_is_told_nothing(state: State) -> None:
    told(state, settings(), WARNING)
    moved = settings(channels={"payments": LOG}, otherwise="payments")
    assert told(state, moved, CRITICAL, hours=1) == [("payments", "opened")]
    assert told(state, moved, hours=2) == [("payments", "resolved")]
