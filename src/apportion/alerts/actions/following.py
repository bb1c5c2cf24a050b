"""Runs what open alerts ask for: each action once for each alert, also after a crash."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from apportion.alerts import state_store as store
from apportion.alerts.actions.contract import Doer
from apportion.alerts.actions.running import ActionRun, Asked, Outcome, doer_of, keep, ran_for, run
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

    What cannot be done is in the audit log as failed, and is not tried again for that alert.
    """
    with state.read() as con:
        waiting = [a for a in store.read(con, table.c.state == "open") if not a.is_muted(now())]
    return [
        done
        for name, action in settings.actions.items()
        for alert in waiting
        if action.when and matches(action.when, _about(alert)) and not ran_for(state, alert.alert_id, name)
        for done in _act(state, action, _asked(name, action, alert), alert, now, doers)
    ]


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
            yield _post(state, action, asked, alert, now())
        else:
            yield from run(state, action, doers(action), asked, now)
    except ApportionError as why:
        log.warning("the action %s failed: %s", asked.name, why)
        yield keep(state, _noted(action, asked, "", now(), "failed", str(why)))
    except IntegrityError:
        log.info("another process runs the action %s for alert %s", asked.name, asked.alert_id)


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


def _post(state: State, action: WebhookAction, asked: Asked, alert: Alert, at: datetime) -> ActionRun:
    """A message for the channel alone; the outbox signs it, sends it, and tries again."""
    if not asked.armed:
        said = "Would be sent."
        return keep(state, _noted(action, asked, action.channel, at, "dry run", said))
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
    ran = keep(state, _noted(action, asked, action.channel, at, "done", f"Message {message.message_id}."))
    with state.write() as con:
        enqueue(con, [message], at)
    return ran
