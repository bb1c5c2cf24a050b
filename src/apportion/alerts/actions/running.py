"""Runs actions and takes them back: every step in the audit log before it is taken."""

import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, select, update

from apportion.alerts.actions.contract import Doer, Target
from apportion.alerts.actions.settings import AnyAction, DenyAction, FunctionAction, InstanceAction
from apportion.alerts.state import digest
from apportion.alerts.times import microseconds, time_of, time_or_none
from apportion.core.errors import ApportionError, NotFound, OverLimit, Refused
from apportion.database import State, action_runs

Outcome = Literal["dry run", "planned", "acting", "done", "nothing to do", "failed"]
"""`planned` was not begun; `acting` was begun, and is not known to have ended."""
DONE: Outcome = "done"
_R = action_runs.c


@dataclass(frozen=True)
class Asked:
    """Who wants an action, why, and whether it is meant."""

    name: str
    who: str
    reason: str
    armed: bool = False
    alert_id: str = ""
    only: str = ""

    def id_for(self, target: str) -> str:
        """New each time for people; for an alert the same, so that it acts once on each thing."""
        return digest(self.alert_id, self.name, target)[:16] if self.alert_id else secrets.token_hex(8)


@dataclass(frozen=True)
class ActionRun:
    """What was done to one target, or in a dry run would have been."""

    action_id: str
    action: str
    kind: str
    target: str
    at: datetime
    armed: bool
    reason: str
    who: str
    alert_id: str
    before: dict[str, Any]
    outcome: Outcome
    said: str
    finished: datetime | None = None
    undone: datetime | None = None
    undone_by: str = ""


def doer_of(action: AnyAction) -> Doer:
    """What carries an action out. Raises BadInput where the extra for its cloud is not installed."""
    from apportion.alerts.actions.aws import Functions, Instances  # noqa: PLC0415

    if isinstance(action, FunctionAction):
        return Functions(action)
    if isinstance(action, InstanceAction):
        return Instances(action)
    if isinstance(action, DenyAction):
        raise Refused("A budget is denied where operations are counted.", where=action.kind)
    raise Refused("A webhook is sent with the messages of alerts.", where=action.kind)


def check(action: AnyAction, asked: Asked) -> None:
    """Refused where an action is armed here and not in the settings, or without a reason."""
    if asked.armed and not action.armed:
        hint = f"Set alerts.actions.{asked.name}.armed, after a dry run said what would be done."
        raise Refused(f"The action {asked.name} is not armed.", hint=hint)
    if asked.armed and not asked.reason.strip():
        raise Refused("Something is to be stopped without a reason.", hint="Give one with --reason.")


def run(
    state: State, action: AnyAction, doer: Doer, asked: Asked, now: Callable[[], datetime]
) -> list[ActionRun]:
    """Run an action on everything it covers, or on one thing of that.

    All of it is written down as planned before the first is touched, so that a kill forgets nothing.
    Refused where it is armed here and not in the settings, or without a reason; OverLimit where it covers
    more than it may touch at once; NotFound where it covers nothing; IntegrityError where another process
    runs it for the same alert.
    """
    check(action, asked)
    found = [t for t in doer.targets() if asked.only in ("", t.name, t.label)]
    if not found:
        what = f"'{asked.only}'" if asked.only else "anything"
        raise NotFound(f"The action {asked.name} does not cover {what} that is there now.")
    open_targets = [target for target in found if not doer.is_done(target.state)]
    if len(open_targets) > action.at_most:
        names = ", ".join(target.label for target in open_targets[:10])
        raise OverLimit(
            f"{asked.name} covers {len(open_targets)} things, and may touch {action.at_most}: {names}.",
            hint="Narrow its list, name one with --target, or raise `at_most`.",
        )
    plans = [_planned(action, doer, asked, target, now()) for target in found]
    with state.write() as con:
        note(con, plans)
    return [carry_out(state, doer, ran, now) if ran.outcome == "planned" else ran for ran in plans]


def _planned(action: AnyAction, doer: Doer, asked: Asked, seen: Target, at: datetime) -> ActionRun:
    """What is to be done to one target; of what stands still already and of dry runs, all that will be."""
    outcome: Outcome = "planned" if asked.armed else "dry run"
    said = "" if asked.armed else f"Would be changed: {_words(seen)}."
    if doer.is_done(seen.state):
        outcome, said = "nothing to do", "It is so already."
    return ActionRun(
        action_id=asked.id_for(seen.name),
        action=asked.name,
        kind=action.kind,
        target=seen.name,
        at=at,
        armed=asked.armed,
        reason=asked.reason,
        who=asked.who,
        alert_id=asked.alert_id,
        before=dict(seen.state),
        outcome=outcome,
        said=said,
        finished=None if outcome == "planned" else at,
    )


def carry_out(state: State, doer: Doer, planned: ActionRun, now: Callable[[], datetime]) -> ActionRun:
    """Do what was planned, unless another process has begun it; what became of it."""
    try:
        target = doer.look(planned.target)  # what was listed may not be true any more
    except ApportionError as why:
        return settle(state, planned, "failed", str(why), now())
    if target is None or doer.is_done(target.state):
        said = "It is gone." if target is None else "It is so already."
        return settle(state, planned, "nothing to do", said, now())
    begun = replace(planned, at=now(), before=dict(target.state), outcome="acting")
    if not _taken(state, begun):
        return find(state, planned.action_id)
    try:
        said, outcome = doer.do(target), DONE
    except ApportionError as why:
        said, outcome = str(why), "failed"
    return _finish(state, replace(begun, said=said, outcome=outcome, finished=now()))


def settle(state: State, planned: ActionRun, outcome: Outcome, said: str, at: datetime) -> ActionRun:
    """What was planned is not done, and why; unless another process has begun it."""
    ended = replace(planned, outcome=outcome, said=said, finished=at)
    return ended if _taken(state, ended) else find(state, planned.action_id)


def _taken(state: State, ran: ActionRun) -> bool:
    """Write down what becomes of something planned. False where somebody else did already."""
    still = (_R.action_id == ran.action_id) & (_R.outcome == "planned")
    with state.write() as con:
        return con.execute(update(action_runs).where(still).values(**_row(ran))).rowcount == 1


def undo(
    state: State, action_id: str, doer: Callable[[str], Doer], who: str, now: Callable[[], datetime]
) -> ActionRun:
    """Put a target back into the state before. `doer` gives what carries an action out, by its name.

    Raises NotFound, and Refused for what was not done, was undone, or was changed by others since.
    """
    ran = find(state, action_id)
    if ran.undone:
        raise Refused(f"It was undone already, by {ran.undone_by}.")
    if ran.outcome not in ("done", "acting"):
        raise Refused(f"There is nothing to undo: {ran.outcome}.")
    carries = doer(ran.action)
    target = carries.look(ran.target)
    if target is None:
        raise Refused(f"{ran.target} is gone, or the action does not cover it any more.")
    if not carries.is_done(target.state):
        raise Refused(
            f"{target.label} was changed since: {_words(target)}.", hint="Whoever did that had a reason; ask."
        )
    said = carries.undo(target, ran.before)
    return _finish(state, replace(ran, undone=now(), undone_by=who, said=f"{ran.said} Undone: {said}"))


def log(state: State, limit: int = 100) -> list[ActionRun]:
    """What was done, the newest first."""
    asked = select(action_runs).order_by(_R.at.desc(), _R.action_id).limit(limit)
    with state.read() as con:
        return [_read(row) for row in con.execute(asked)]


def find(state: State, action_id: str) -> ActionRun:
    """One run by its id or the beginning of it. Raises NotFound."""
    asked = select(action_runs).where(_R.action_id.startswith(action_id, autoescape=True)).limit(2)
    with state.read() as con:
        rows = con.execute(asked).all() if action_id else []
    if len(rows) != 1:
        words = "Several actions begin with" if rows else "No action was run with the id"
        raise NotFound(f"{words} '{action_id}'.", hint="'apportion actions log' lists them.")
    return _read(rows[0])


def runs_for(state: State, alert_id: str, action: str) -> list[ActionRun]:
    """What an action did for an alert, or was to do, in the order of its targets."""
    asked = select(action_runs).where(_R.alert_id == alert_id, _R.action == action).order_by(_R.target)
    with state.read() as con:
        return [_read(row) for row in con.execute(asked)]


def planned_for_alerts(state: State) -> list[ActionRun]:
    """What alerts asked for and nobody has begun."""
    asked = select(action_runs).where(_R.outcome == "planned", _R.alert_id != "").order_by(_R.target)
    with state.read() as con:
        return [_read(row) for row in con.execute(asked)]


def note(con: Connection, runs: Iterable[ActionRun]) -> None:
    """Write down what is about to be done, or was not, in the caller's transaction.

    IntegrityError where one's id is known.
    """
    con.execute(action_runs.insert(), [_row(ran) for ran in runs])


def _finish(state: State, ran: ActionRun) -> ActionRun:
    with state.write() as con:
        con.execute(update(action_runs).where(_R.action_id == ran.action_id).values(**_row(ran)))
    return ran


def _row(ran: ActionRun) -> dict[str, Any]:
    times = {
        name: None if (at := getattr(ran, name)) is None else microseconds(at)
        for name in ("finished", "undone")
    }
    return {**vars(ran), "at": microseconds(ran.at), "before": json.dumps(ran.before), **times}


def _read(row: Row[Any]) -> ActionRun:
    times = {"finished": time_or_none(row.finished), "undone": time_or_none(row.undone)}
    return ActionRun(**{**row._mapping, "at": time_of(row.at), "before": json.loads(row.before), **times})  # noqa: SLF001


def _words(target: Target) -> str:
    said = [f"{name.replace('_', ' ')} {'none' if v is None else v}" for name, v in target.state.items()]
    return f"{target.label} has {', '.join(said)}"
