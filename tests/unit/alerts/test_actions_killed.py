"""Actions of alerts that are cut off, or that two processes are at: nothing twice, and nothing forgotten."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from apportion.alerts.actions import following
from apportion.alerts.actions.contract import State as Condition
from apportion.alerts.actions.contract import Target
from apportion.alerts.actions.following import follow
from apportion.alerts.actions.running import ActionRun, log
from apportion.alerts.watching import acknowledge, watch
from apportion.core.errors import Terminal
from apportion.database import State, alert_messages
from unit.alerts.watched import LOG, later, settings, signal

RUNAWAY = signal("incident=8f2c", "critical", dimensions={"service": "exports"})


class Killed(BaseException):
    """As with kill -9, nothing after it is done."""


class Fleet:
    """Machines that run until they are stopped; `then` happens right after one was."""

    def __init__(self, *names: str) -> None:
        self.running = dict.fromkeys(names, True)
        self.stopped: list[str] = []
        self.then: Callable[[], object] = lambda: None

    def targets(self) -> Sequence[Target]:
        return [found for name in self.running if (found := self.look(name))]

    def look(self, name: str) -> Target | None:
        return Target(name, name, {"state": "running" if self.running[name] else "stopped"})

    def is_done(self, state: Condition) -> bool:
        return state["state"] == "stopped"

    def do(self, target: Target) -> str:
        self.running[target.name] = False
        self.stopped.append(target.name)
        self.then()
        return "It stands still."

    def undo(self, target: Target, before: Condition) -> str:
        raise NotImplementedError


def follows(state: State, fleet: Any, **more: Any) -> list[ActionRun]:
    one = {"kind": "stop_instances", "region": "us-east-1", "tags": {"environment": "staging"}, "at_most": 3}
    wanted = {"when": {"severity": "critical"}, "armed": True, **one, **more}
    return follow(state, settings(actions={"stop": wanted}), later, lambda _: fleet)


def outcomes(state: State) -> dict[str, str]:
    return {ran.target: ran.outcome for ran in log(state)}


@pytest.fixture
def killed(state: State) -> Fleet:
    """A fleet of three, after the process that stopped the first was killed before it said so."""
    watch(state, settings(), {"losing": [RUNAWAY]}, later())
    fleet = Fleet("a", "b", "c")

    def dies() -> None:
        raise Killed

    fleet.then = dies
    with pytest.raises(Killed):
        follows(state, fleet)
    fleet.then = lambda: None
    return fleet


def test_what_was_planned_is_done_after_a_kill_and_nothing_else(state: State, killed: Fleet) -> None:
    assert outcomes(state) == {"a": "acting", "b": "planned", "c": "planned"}
    killed.running |= {"a": True, "d": True}  # somebody started it again; and one more came
    assert [(r.target, r.outcome) for r in follows(state, killed)] == [("b", "done"), ("c", "done")]
    assert killed.stopped == ["a", "b", "c"]
    assert follows(state, killed) == []


def test_what_somebody_took_meanwhile_is_left_alone(state: State, killed: Fleet) -> None:
    acknowledge(state, log(state)[0].alert_id, "ana", later(1))
    assert {r.said for r in follows(state, killed)} == {"The alert was over, taken or muted before its turn."}
    assert outcomes(state) == {"a": "acting", "b": "nothing to do", "c": "nothing to do"}
    assert killed.stopped == ["a"]


def test_what_is_not_armed_any_more_is_failed(state: State, killed: Fleet) -> None:
    follows(state, killed, armed=False)
    assert outcomes(state) == {"a": "acting", "b": "failed", "c": "failed"}
    assert killed.stopped == ["a"]


def test_one_that_cannot_be_looked_at_keeps_nothing_from_the_others(state: State) -> None:
    class Half(Fleet):
        def targets(self) -> Sequence[Target]:
            return [Target(name, name, {"state": "running"}) for name in self.running]

        def look(self, name: str) -> Target | None:
            if name == "a":
                raise Terminal("AWS refused to list instances: AccessDenied.")
            return super().look(name)

    watch(state, settings(), {"losing": [RUNAWAY]}, later())
    follows(state, Half("a", "b"))
    assert outcomes(state) == {"a": "failed", "b": "done"}


def test_of_two_processes_each_thing_is_done_by_one(state: State) -> None:
    watch(state, settings(), {"losing": [RUNAWAY]}, later())
    fleet = Fleet("a", "b", "c")

    def another() -> None:
        fleet.then = lambda: None
        follows(state, fleet)

    fleet.then = another
    follows(state, fleet)
    assert fleet.stopped == ["a", "b", "c"]
    assert outcomes(state) == {"a": "done", "b": "done", "c": "done"}


def test_two_processes_that_fail_at_the_same_are_one_failure(state: State) -> None:
    class Refused(Fleet):
        def targets(self) -> Sequence[Target]:
            self.then()
            raise Terminal("AWS refused to list instances: AccessDenied.")

    watch(state, settings(), {"losing": [RUNAWAY]}, later())
    fleet = Refused()

    def another() -> None:
        fleet.then = lambda: None
        follows(state, fleet)

    fleet.then = another
    assert follows(state, fleet) == []
    assert outcomes(state) == {"": "failed"}


def test_a_webhook_action_and_its_message_are_kept_together(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = {"kind": "webhook", "channel": "hook", "armed": True, "when": {"rule": "losing"}}
    given = settings(channels={"finops": LOG, "hook": LOG}, actions={"ticket": ticket})
    watch(state, given, {"losing": [RUNAWAY]}, later())

    def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(following, "enqueue", dies)
        with pytest.raises(Killed):
            follow(state, given, later)
    assert log(state) == []
    assert [ran.outcome for ran in follow(state, given, later)] == ["done"]
    with state.read() as con:
        assert "hook" in con.scalars(select(alert_messages.c.channel)).all()
