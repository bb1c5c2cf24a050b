"""Whatever rules find, and whenever: nobody is told too often, and who is told of an alert hears of its end."""

import os
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from apportion.alerts.settings import Alerts
from apportion.alerts.signals import Signal
from apportion.alerts.state import Alert, Earlier, Key
from apportion.alerts.state_steps import decide
from unit.alerts.watched import LOG, MONDAY, rule, settings, signal

if TYPE_CHECKING:
    from apportion.alerts.messages import Message

KEYS = ("a", "b", "c")
EXAMPLES = how(max_examples=int(os.environ.get("EXAMPLES", "60")), deadline=None)
NIGHT = {"between": "20:00-08:00", "whole_days": ["sun"]}


class Moment(NamedTuple):
    minutes: int
    found: dict[str, str]
    somebody: str


class Told(NamedTuple):
    at: datetime
    event: str
    severity: str


moments = st.lists(
    st.builds(
        Moment,
        st.sampled_from([1, 5, 20, 45, 60, 61, 240, 1500]),
        st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["warning", "critical"])),
        st.sampled_from(["waits"] * 6 + ["takes it", "mutes it"]),
    ),
    max_size=25,
)
worlds = st.builds(
    lambda hold, quiet, critical, reminders: settings(
        channels={"finops": LOG, "oncall": LOG, "core": LOG},
        rules=rule(resolve_after=hold, reminders=reminders),
        routes=[{"when": {"key": "a"}, "to": ["finops", "core"]}],
        escalate=[{"after": "30m", "to": "oncall", "severity": "warning"}],
        quiet_hours={**NIGHT, "critical": critical} if quiet else None,
    ),
    st.sampled_from(["0m", "30m", "2d"]),
    st.booleans(),
    st.sampled_from(["send", "wait"]),
    st.sampled_from(["rarer", "steady", "never"]),
)


class World:
    """The state database without the database."""

    def __init__(self, given: Alerts) -> None:
        self.settings = given
        self.alerts: dict[str, Alert] = {}
        self.messages: list[Message] = []

    def watch(self, signals: list[Signal], now: datetime) -> int:
        held = [
            a for a in self.alerts.values() if not a.resolved or not all(n.ended for n in a.notices.values())
        ]
        earlier: dict[Key, Earlier] = {}
        for alert in sorted(self.alerts.values(), key=lambda a: a.opened):
            if alert.resolved:
                earlier[alert.about] = earlier.get(alert.about, Earlier()).and_then(alert)
        found = decide(held, earlier, {"losing": signals}, self.settings, now)
        self.alerts |= {alert.alert_id: alert for alert in found.alerts}
        self.messages += found.messages
        return len(found.alerts) + len(found.messages) + len(found.events)

    def live(self, history: list[Moment]) -> datetime:
        now = MONDAY
        for moment in history:
            now += timedelta(minutes=moment.minutes)
            self.people(moment.somebody, now)
            signals = [signal(k, s, at=now, dimensions={"key": k}) for k, s in moment.found.items()]  # type: ignore[arg-type]
            self.watch(signals, now)
            assert self.watch(signals, now) == 0, "the same again changed something"
        return now

    def people(self, somebody: str, now: datetime) -> None:
        """What people do with the alerts that stand."""
        for alert in [a for a in self.alerts.values() if a.resolved is None]:
            changed = {
                "takes it": replace(alert, state="acknowledged", acknowledged=now),
                "mutes it": replace(alert, muted_until=now + timedelta(hours=30), reason="known"),
            }
            self.alerts[alert.alert_id] = changed.get(somebody, alert)

    def told(self) -> dict[tuple[str, str], list[Told]]:
        """What each channel heard of each alert, in order."""
        heard: dict[tuple[str, str], list[Told]] = {}
        for message in self.messages:
            for entry in message.body["alerts"]:  # type: ignore[attr-defined]
                told = Told(message.due, message.event, entry["severity"])
                heard.setdefault((entry["id"], message.channel), []).append(told)
        return heard


@EXAMPLES
@given(worlds, moments)
def test_no_channel_hears_of_an_alert_sooner_than_its_cooldown(given: Alerts, history: list[Moment]) -> None:
    world = World(given)
    world.live(history)
    cooldown = {"warning": timedelta(hours=24), "critical": timedelta(hours=1)}
    for heard in world.told().values():
        for before, after in pairwise(heard):
            if after.event == "worse":
                assert (before.severity, after.severity) == ("warning", "critical")
            elif after.event != "resolved":
                assert after.at - before.at >= cooldown[after.severity], (before, after)


@EXAMPLES
@given(worlds, moments)
def test_a_channel_hears_nothing_soon_again_of_what_came_back(given: Alerts, history: list[Moment]) -> None:
    world = World(given)
    world.live(history)
    by_key: dict[tuple[str, str], list[Told]] = {}
    for (alert_id, channel), heard in world.told().items():
        key = (world.alerts[alert_id].signal.key, channel)
        by_key.setdefault(key, []).extend(t for t in heard if t.event != "resolved")
    cooldown = {"warning": timedelta(hours=24), "critical": timedelta(hours=1)}
    for (_, channel), told in by_key.items():
        for before, after in pairwise(sorted(told)):
            worse = (before.severity, after.severity) == ("warning", "critical")
            if not worse and channel != "oncall":  # it is told next of what nobody takes, anew each time
                assert after.at - before.at >= cooldown[after.severity], (before, after)


@EXAMPLES
@given(worlds, moments)
def test_who_is_told_of_an_alert_hears_of_its_end_exactly_once(given: Alerts, history: list[Moment]) -> None:
    world = World(given)
    now = world.live(history)
    for days in (1, 4, 5):  # by then all of it is over, at an hour that is not quiet
        world.watch([], (now + timedelta(days=days)).replace(hour=12))
    world.watch([], (now + timedelta(days=6)).replace(hour=12))
    for (alert_id, _), heard in world.told().items():
        assert world.alerts[alert_id].resolved
        assert Counter(t.event for t in heard)["resolved"] == 1
        assert (heard[0].event in ("opened", "escalated"), heard[-1].event) == (True, "resolved")
        assert [t.event for t in heard].count("opened") <= 1


@EXAMPLES
@given(worlds, moments)
def test_what_is_muted_is_not_heard_of_but_for_its_end(given: Alerts, history: list[Moment]) -> None:
    world = World(given)
    now, muted = MONDAY, dict.fromkeys(KEYS, MONDAY)
    for moment in history:
        now += timedelta(minutes=moment.minutes)
        before, standing = len(world.messages), [a for a in world.alerts.values() if a.resolved is None]
        if moment.somebody == "mutes it":
            muted |= {alert.signal.key: now + timedelta(hours=30) for alert in standing}
        world.people(moment.somebody, now)
        world.watch([signal(k, s, at=now, dimensions={"key": k}) for k, s in moment.found.items()], now)  # type: ignore[arg-type]
        for message in world.messages[before:]:
            heard = {world.alerts[alert_id].signal.key for alert_id in message.alerts}
            assert message.event == "resolved" or all(muted[key] <= now for key in heard)


@EXAMPLES
@given(worlds, moments)
def test_quiet_hours_are_quiet(given: Alerts, history: list[Moment]) -> None:
    world = World(given)
    world.live(history)
    for message in world.messages:
        quiet = message.due.hour >= 20 or message.due.hour < 8 or message.due.weekday() == 6
        if given.quiet_hours and quiet:
            assert (given.quiet_hours.critical, message.severity) == ("send", "critical")


@EXAMPLES
@given(worlds, moments)
def test_every_message_has_an_id_of_its_own(given: Alerts, history: list[Moment]) -> None:
    world = World(given)
    world.live(history)
    ids = [message.message_id for message in world.messages]
    assert len(ids) == len(set(ids))
    groups = Counter((m.due, m.channel, m.event) for m in world.messages)
    assert set(groups.values()) <= {1}, "alerts of one rule came as several messages"
