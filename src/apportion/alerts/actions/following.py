"""Runs what open alerts ask for: each action once for each alert, also after a crash."""

import logging
from collections.abc import Callable, Container, Iterator, Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from apportion.alerts import state_store as store
from apportion.alerts.actions.budget import Limits
from apportion.alerts.actions.contract import Doer
from apportion.alerts.actions.running import (
    ActionRun,
    Asked,
    Outcome,
    carry_out,
    doer_of,
    note,
    planned_for_alerts,
    run,
    runs_for,
    settle,
)
from apportion.alerts.actions.settings import AnyAction, WebhookAction
from apportion.alerts.messages import Message
from apportion.alerts.outbox import enqueue
from apportion.alerts.routing import matches
from apportion.alerts.settings import Alerts
from apportion.alerts.state import Alert, digest
from apportion.alerts.templates import alert_document
from apportion.core.errors import ApportionError
from apportion.database import State
from apportion.database import alerts as table

log = logging.getLogger("apportion.alerts.actions")
Doers = Callable[[AnyAction], Doer]


def follow(
    state: State, settings: Alerts, now: Callable[[], datetime], doers: Doers = doer_of
) -> list[ActionRun]:
    """What is done about alerts that are open, nobody has, and are not muted.

    What cannot be done is in the audit log as failed, and is not tried again for that alert. What was planned
    and not begun, since the process that planned it is gone, is done now.
    """
    with state.read() as con:
        waiting = [a for a in store.read(con, table.c.state == "open") if not a.is_muted(now())]
    left = _left_alone(state, {alert.alert_id for alert in waiting}, now)
    return left + [
        done
        for name, action in settings.actions.items()
        for alert in waiting
        if action.when and matches(action.when, _about(alert))
        for done in _once(state, action, _asked(name, action, alert), alert, now, doers)
    ]


def _left_alone(state: State, waiting: Container[str], now: Callable[[], datetime]) -> list[ActionRun]:
    """What was planned for alerts that are over now, that somebody has, or that are muted."""
    said = "The alert was over, taken or muted before its turn."
    left = [ran for ran in planned_for_alerts(state) if ran.alert_id not in waiting]
    return [settle(state, ran, "nothing to do", said, now()) for ran in left]


def _once(
    state: State,
    action: AnyAction,
    asked: Asked,
    alert: Alert,
    now: Callable[[], datetime],
    doers: Doers,
) -> Iterator[ActionRun]:
    """Begin what was never begun for the alert, or go on with what of it is still planned."""
    if known := runs_for(state, alert.alert_id, asked.name):
        planned = [ran for ran in known if ran.outcome == "planned"]
        return _go_on(state, action, planned, now, doers)
    return _act(state, action, asked, alert, now, doers)


def _go_on(
    state: State,
    action: AnyAction,
    planned: Sequence[ActionRun],
    now: Callable[[], datetime],
    doers: Doers,
) -> Iterator[ActionRun]:
    for ran in planned:
        if not action.armed:
            yield settle(state, ran, "failed", "The action is not armed any more.", now())
            continue
        try:
            doer = doers(action)
        except ApportionError as why:
            yield settle(state, ran, "failed", str(why), now())
        else:
            yield carry_out(state, doer, ran, now)


def _about(alert: Alert) -> dict[str, str]:
    return {**alert.signal.dimensions, "rule": alert.signal.rule, "severity": alert.severity}


def _asked(name: str, action: AnyAction, alert: Alert) -> Asked:
    who, reason = f"rule {alert.signal.rule}", alert.signal.title
    return Asked(name, who, reason, armed=action.armed, alert_id=alert.alert_id)


def _act(
    state: State,
    action: AnyAction,
    asked: Asked,
    alert: Alert,
    now: Callable[[], datetime],
    doers: Doers,
) -> Iterator[ActionRun]:
    try:
        if isinstance(action, WebhookAction):
            yield from _post(state, action, asked, alert, now())
        else:
            yield from run(state, action, _narrowed(doers(action), alert), asked, now)
    except ApportionError as why:
        log.warning("the action %s failed: %s", asked.name, why)
        yield from _kept(state, _noted(action, asked, "", now(), "failed", str(why)))
    except IntegrityError:
        _left_to_others(asked.name, asked.alert_id)


def _narrowed(doer: Doer, alert: Alert) -> Doer:
    """What covers no more than the alert is about, where that can be said."""
    return doer.about(alert.signal.dimensions) if isinstance(doer, Limits) else doer


def _kept(state: State, ran: ActionRun) -> Iterator[ActionRun]:
    try:
        with state.write() as con:
            note(con, [ran])
    except IntegrityError:
        _left_to_others(ran.action, ran.alert_id)
    else:
        yield ran


def _left_to_others(name: str, alert_id: str) -> None:
    log.info("another process runs the action %s for alert %s", name, alert_id)


def _noted(
    action: AnyAction, asked: Asked, target: str, at: datetime, outcome: Outcome, said: str
) -> ActionRun:
    return ActionRun(
        action_id=asked.id_for(target),
        action=asked.name,
        kind=action.kind,
        target=target,
        at=at,
        armed=asked.armed,
        reason=asked.reason,
        who=asked.who,
        alert_id=asked.alert_id,
        before={},
        outcome=outcome,
        said=said,
        finished=at,
    )


def _post(
    state: State, action: WebhookAction, asked: Asked, alert: Alert, at: datetime
) -> Iterator[ActionRun]:
    """A message for the channel alone; the outbox signs it, sends it, and tries again.

    The log says that it is done if and only if the message is in line.
    """
    if not asked.armed:
        yield from _kept(state, _noted(action, asked, action.channel, at, "dry run", "Would be sent."))
        return
    message = Message(
        message_id=digest("action", asked.name, alert.alert_id),
        channel=action.channel,
        event="opened",
        severity=alert.severity,
        title=alert.signal.title,
        text=alert.signal.text,
        alerts=(alert.alert_id,),
        due=at,
        body={
            "rule": alert.signal.rule,
            "action": asked.name,
            "alerts": [alert_document(alert.alert_id, alert.signal)],
        },
    )
    ran = _noted(action, asked, action.channel, at, "done", f"Message {message.message_id}.")
    with state.write() as con:
        note(con, [ran])
        enqueue(con, [message], at)
    yield ran
