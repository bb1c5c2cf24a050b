"""Signals become alerts and messages, and people take or mute alerts: each in one transaction."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from apportion.access import audit
from apportion.alerts import state_store as store
from apportion.alerts.outbox import enqueue
from apportion.alerts.settings import Alerts
from apportion.alerts.signals import Signal
from apportion.alerts.state import Alert, Decision, Event, Happened, Outcome
from apportion.alerts.state_steps import decide
from apportion.core.errors import BadInput, NotFound, Refused
from apportion.database import State
from apportion.database import alerts as table

_TOLD: Mapping[Happened, str] = {
    "acknowledged": "acknowledge_alert",
    "muted": "mute_alert",
    "unmuted": "unmute_alert",
}
NAMED = 5
"""So many alerts are named where the beginning of an id means several."""


def watch(
    state: State, settings: Alerts, signals_by_rule: Mapping[str, Iterable[Signal]], now: datetime
) -> Outcome:
    """What the signals of `now` lead to: alerts and messages, kept together or not at all.

    `signals_by_rule` has every rule that was evaluated, also with nothing found. Of two processes at once,
    the second sees what the first decided; a rule that was evaluated later already is left out.
    """
    with state.write() as con:
        store.lock(con)
        done = store.evaluated(con)
        found = {
            rule: tuple(signals)
            for rule, signals in signals_by_rule.items()
            if rule not in done or done[rule][0] <= now
        }
        decision = _decided(con, settings, found, now)
        store.save(con, decision.alerts, decision.events, now)
        store.note_evaluations(con, {rule: len(signals) for rule, signals in found.items()}, now)
        enqueue(con, decision.messages, now)
    named: dict[Happened, list[str]] = {}
    for event in decision.events:
        named.setdefault(event.event, []).append(event.alert_id)
    alerts = {alert.alert_id: alert for alert in decision.alerts}

    def of(event: Happened) -> list[Alert]:
        return [alerts[alert_id] for alert_id in named.get(event, ())]

    return Outcome(of("opened"), of("worse"), of("resolved"), decision.messages)


def preview(
    state: State | None, settings: Alerts, signals_by_rule: Mapping[str, Iterable[Signal]], now: datetime
) -> Decision:
    """What a watch would lead to; nothing is kept. Without a database nothing stands yet."""
    found = {rule: tuple(signals) for rule, signals in signals_by_rule.items()}
    if state is None:
        return decide([], {}, found, settings, now)
    with state.read() as con:
        return _decided(con, settings, found, now)


def _decided(
    con: Connection, settings: Alerts, found: Mapping[str, tuple[Signal, ...]], now: datetime
) -> Decision:
    before = store.standing(con)
    keys = {(rule, s.key) for rule, signals in found.items() for s in signals}
    keys |= {alert.about for alert in before if alert.resolved is None}
    return decide(before, store.earlier(con, keys), found, settings, now)


def acknowledge(state: State, alert_id: str, who: str, now: datetime, reason: str = "") -> Alert:
    """Somebody has it: no reminders and no escalation, unless it becomes worse.

    Raises NotFound, and Refused where it is over.
    """

    def taken(alert: Alert) -> tuple[Alert, Happened]:
        if alert.resolved is not None:
            raise Refused(f"Alert {alert.alert_id} is over already.", hint="There is nothing left to take.")
        return replace(alert, state="acknowledged", acknowledged=now, who=who), "acknowledged"

    return _change(state, alert_id, taken, now, who, reason)


def mute(state: State, alert_id: str, until: datetime, reason: str, who: str, now: datetime) -> Alert:
    """Nobody hears of it until then, also where it goes away and comes back.

    Raises NotFound, and BadInput without a reason or with a time that is past.
    """
    if not reason.strip():
        raise BadInput("A mute needs a reason.", where="reason", hint="Say why nobody needs to hear of it.")
    if until <= now:
        raise BadInput("That time is past.", where="until", hint="Name a time to come.")

    def muted(alert: Alert) -> tuple[Alert, Happened]:
        return replace(alert, muted_until=until, reason=reason), "muted"

    return _change(state, alert_id, muted, now, who, reason)


def unmute(state: State, alert_id: str, who: str, now: datetime) -> Alert:
    """It is heard of again. Raises NotFound."""

    def heard(alert: Alert) -> tuple[Alert, Happened]:
        return replace(alert, muted_until=None, reason=""), "unmuted"

    return _change(state, alert_id, heard, now, who, "")


def _change(
    state: State,
    alert_id: str,
    change: Callable[[Alert], tuple[Alert, Happened]],
    now: datetime,
    who: str,
    reason: str,
) -> Alert:
    with state.write() as con:
        store.lock(con)
        after, happened = change(find(con, alert_id))
        event = Event(after.alert_id, now, happened, after.severity, who=who, reason=reason)
        store.save(con, [after], [event], now)
        detail = {"reason": reason} if reason else {}
        audit.record(con, audit.Entry.named(who, _TOLD[happened], after.alert_id, **detail), now)
    return after


def find(con: Connection, alert_id: str) -> Alert:
    """The alert with that id, or whose id alone begins so. Raises NotFound."""
    found = store.read(con, table.c.alert_id.startswith(alert_id, autoescape=True)) if alert_id else []
    if len(found) > 1:
        named = ", ".join(alert.alert_id for alert in found[:NAMED])
        raise NotFound(f"Several alerts begin with '{alert_id}': {named}.", hint="Give more of the id.")
    if not found:
        raise NotFound(f"There is no alert '{alert_id}'.", hint="'apportion alerts list' names them.")
    return found[0]
