"""From alerts that stand and signals of now to alerts, events and messages: decided without a database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from apportion.alerts.rules.settings import Watched
from apportion.alerts.settings import Alerts
from apportion.alerts.signals import Signal
from apportion.alerts.state import RANK, Alert, Decision, Earlier, Event, Key, alert_id
from apportion.alerts.state_telling import Telling

NOTHING = Earlier()
UNHEARD = timedelta(days=7)
"""What nobody was told of yet, as in quiet hours, is kept so much longer."""


def decide(
    standing: Sequence[Alert],
    earlier: Mapping[Key, Earlier],
    signals: Mapping[str, Iterable[Signal]],
    settings: Alerts,
    now: datetime,
) -> Decision:
    """What becomes of alerts at `now`.

    `standing` are those that hold, and those that are over of which a channel has yet to hear. `signals` has
    the rules that were evaluated, also those that found nothing; alerts of others stay as they are, unless
    their rule is gone. The same input twice leads to nothing the second time.
    """
    found = {name: _by_key(given) for name, given in signals.items()}
    changed, events = {}, []
    alerts = []
    for alert in standing:
        after, happened = _step(alert, found, settings, now)
        alerts.append(after)
        events += happened
        if after != alert:
            changed[after.alert_id] = after
    held = {alert.about for alert in standing if alert.resolved is None}
    for name, by_key in found.items():
        for key, signal in by_key.items():
            before = earlier.get((name, key), NOTHING)
            if (name, key) in held or (signal.final and before.ended):
                continue
            new = _opened(signal, before, now)
            alerts.append(new)
            changed[new.alert_id] = new
            events.append(Event(new.alert_id, now, "opened", new.severity))
    before_telling = {alert.alert_id: alert.notices for alert in alerts}
    telling = Telling(settings, now, earlier)
    for alert in [telling.tell(alert) for alert in alerts]:
        told = telling.join(alert)
        if told.notices != before_telling.get(told.alert_id):
            changed[told.alert_id] = told
    return Decision(list(changed.values()), [*events, *telling.events], telling.messages())


def _by_key(signals: Iterable[Signal]) -> dict[str, Signal]:
    """One signal for each key: the worst, of equal ones the first."""
    found: dict[str, Signal] = {}
    for signal in signals:
        known = found.get(signal.key)
        if known is None or RANK[signal.severity] > RANK[known.severity]:
            found[signal.key] = signal
    return found


def _opened(signal: Signal, before: Earlier, now: datetime) -> Alert:
    """A new alert; what is muted stays muted, also where it went away in between."""
    muted = before.muted_until if before.muted_until and before.muted_until > now else None
    return Alert(
        alert_id=alert_id((signal.rule, signal.key), now),
        signal=signal,
        state="acknowledged" if signal.taken else "open",
        opened=now,
        severe_since=now,
        found=now,
        muted_until=muted,
        reason=before.reason if muted else "",
    )


def _step(
    alert: Alert, found: Mapping[str, Mapping[str, Signal]], settings: Alerts, now: datetime
) -> tuple[Alert, list[Event]]:
    """What the rule's finding it, or not, makes of an alert that stands."""
    name, key = alert.about
    if alert.resolved is not None:
        return alert, []
    if name not in found:
        return (alert, []) if settings.holds(name) else _resolved(alert, now, "The rule is off.")
    rule = settings.rule(name)
    if alert.signal.final:
        return _ended(alert, rule, now)
    signal = found[name].get(key)
    return _missed(alert, rule.hold, now) if signal is None else _found(alert, signal, now)


def _ended(alert: Alert, rule: Watched, now: datetime) -> tuple[Alert, list[Event]]:
    """What is final ends by itself; where that is at a set time, somebody is told before, though late."""
    after = alert.opened + rule.cooldown.of(alert.severity)
    if alert.signal.until is not None:
        after = max(after, alert.signal.until)
        unheard = not alert.notices and alert.state == "open" and not alert.is_muted(now)
        after += UNHEARD if unheard else timedelta(0)
    return _resolved(alert, now, "It ends by itself.") if now >= after else (alert, [])


def _missed(alert: Alert, hold: timedelta, now: datetime) -> tuple[Alert, list[Event]]:
    """The rule found it no more; of two answers for one moment, the one that found it counts."""
    if now <= alert.found:
        return alert, []
    since = alert.missing_since or now
    missing = replace(alert, missing_since=since)
    return _resolved(missing, now, "The rule finds it no more.") if now - since >= hold else (missing, [])


def _found(alert: Alert, signal: Signal, now: datetime) -> tuple[Alert, list[Event]]:
    """It holds still; what became worse is nobody's any more, who took it for less."""
    step = RANK[signal.severity] - RANK[alert.severity]
    same = replace(alert, signal=signal, found=now, missing_since=None)
    if signal.taken and not alert.signal.taken and alert.state == "open":
        same = replace(same, state="acknowledged", acknowledged=now)
    if step == 0:
        return same, []
    after = replace(same, severe_since=now)
    if step > 0 and not signal.taken:
        after = replace(after, state="open", acknowledged=None)
    return after, [Event(alert.alert_id, now, "worse" if step > 0 else "eased", signal.severity)]


def _resolved(alert: Alert, now: datetime, why: str) -> tuple[Alert, list[Event]]:
    event = Event(alert.alert_id, now, "resolved", alert.severity, reason=why)
    return replace(alert, state="resolved", resolved=now), [event]
