"""Alerts and rules as people and programs ask for them."""

from datetime import datetime
from typing import Literal

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, func, select

from apportion.alerts import state_store as store
from apportion.alerts.rules.settings import SHIPPED
from apportion.alerts.rules.words import sentence
from apportion.alerts.settings import Alerts
from apportion.alerts.signals import Severity
from apportion.alerts.state import Alert, AlertState
from apportion.alerts.times import microseconds, time_of
from apportion.alerts.watching import find
from apportion.analytics.models import Amount, Part
from apportion.analytics.sentences import count
from apportion.core.errors import BadInput
from apportion.database import alerts as table

Wanted = Literal["all", "open", "acknowledged", "resolved", "unresolved"]
_A = table.c


class ToldRow(Part):
    """What a channel was told of an alert."""

    channel: str
    severity: Severity = Field(description="As it was told last.")
    first: datetime
    last: datetime
    messages: int
    ended: bool = Field(description="Whether it heard of the end.")


class AlertRow(Part):
    """One alert: what a rule found, from when until when, and who knows."""

    alert_id: str = Field(examples=["5f1c0a9be2d34477"])
    rule: str = Field(examples=["margin"])
    key: str = Field(examples=["customer=acme"])
    state: AlertState
    severity: Severity
    title: str
    text: str
    dimensions: dict[str, str]
    value: Amount | None
    limit: Amount | None
    unit: str = Field(examples=["percent", "USD"])
    link: str = Field(description="A path of the dashboard.")
    lines: list[str]
    opened: datetime
    found: datetime = Field(description="When the rule found it last.")
    resolved: datetime | None
    acknowledged: datetime | None
    who: str = Field(description="Who acknowledged it.")
    muted_until: datetime | None
    reason: str = Field(description="Why it is muted.")
    told: list[ToldRow]


class EventRow(Part):
    """One thing that became of an alert."""

    at: datetime
    event: str = Field(examples=["opened", "told_opened", "acknowledged", "resolved"])
    severity: Severity
    channel: str
    who: str
    reason: str


class OneAlert(AlertRow):
    """An alert with its history."""

    history: list[EventRow] = Field(description="The oldest first.")


class AlertList(Part):
    """Alerts, the newest first."""

    headline: str
    alerts: list[AlertRow]
    next_cursor: str | None


class RuleRow(Part):
    """A rule as it holds."""

    name: str
    kind: str
    is_default: bool = Field(description="Whether it is one that ships, unchanged.")
    off: bool
    says: str = Field(description="The rule in words.")
    cooldown_warning: str
    cooldown_critical: str
    reminders: str
    to: list[str] = Field(description="Its own channels; empty where routes decide.")
    evaluated: datetime | None
    signals: int | None = Field(description="How much it found then.")
    open_alerts: int


class RuleList(Part):
    """All rules, those that ship and your own."""

    headline: str
    rules: list[RuleRow]
    channels: list[str]


def listed(
    con: Connection,
    *,
    state: Wanted = "all",
    severity: Severity | None = None,
    rule: str = "",
    cursor: str = "",
    limit: int = 100,
) -> AlertList:
    """A page of alerts, and where the next begins. BadInput for a cursor that is none."""
    condition: ColumnElement[bool] = _A.alert_id.is_not(None)
    if state == "unresolved":
        condition &= _A.resolved.is_(None)
    elif state != "all":
        condition &= _A.state == state
    if severity:
        condition &= _A.severity == severity
    if rule:
        condition &= _A.rule == rule
    if cursor:
        stamp, alert_id = _place(cursor)
        condition &= (_A.opened < stamp) | ((_A.opened == stamp) & (_A.alert_id < alert_id))
    asked = select(_A.alert_id, _A.opened).where(condition)
    page = con.execute(asked.order_by(_A.opened.desc(), _A.alert_id.desc()).limit(limit + 1)).all()
    shown = [row.alert_id for row in page[:limit]]
    found = {alert.alert_id: alert for alert in store.read(con, _A.alert_id.in_(shown))}
    last = page[limit - 1] if len(page) > limit else None
    return AlertList(
        headline=_headline(con),
        alerts=[AlertRow.model_validate(_row(found[alert_id])) for alert_id in shown],
        next_cursor=f"{last.opened}.{last.alert_id}" if last else None,
    )


NOTHING = AlertList(headline="Nothing was watched yet.", alerts=[], next_cursor=None)


def single(con: Connection, alert_id: str) -> OneAlert:
    """One alert and what became of it. Raises NotFound."""
    alert = find(con, alert_id)
    events = [
        EventRow(at=e.at, event=e.event, severity=e.severity, channel=e.channel, who=e.who, reason=e.reason)
        for e in store.history(con, alert.alert_id)
    ]
    return OneAlert.model_validate({**_row(alert), "history": events})


def row_of(alert: Alert) -> AlertRow:
    return AlertRow.model_validate(_row(alert))


def rules(con: Connection | None, settings: Alerts) -> RuleList:
    """Every rule as it holds, with what it found last."""
    done = store.evaluated(con) if con else {}
    counted: dict[str, int] = {}
    if con:
        asked = select(_A.rule, func.count().label("number")).where(_A.resolved.is_(None)).group_by(_A.rule)
        counted = {row.rule: row.number for row in con.execute(asked)}
    rows = []
    for name, rule in settings.rules.items():
        at, signals = done.get(name, (None, None))
        rows.append(
            RuleRow(
                name=name,
                kind=rule.kind,
                is_default=SHIPPED.get(name) == rule,
                off=rule.off,
                says=sentence(rule),
                cooldown_warning=rule.cooldown.warning,
                cooldown_critical=rule.cooldown.critical,
                reminders=rule.reminders,
                to=rule.to,
                evaluated=at,
                signals=signals,
                open_alerts=counted.get(name, 0),
            )
        )
    on = sum(not row.off for row in rows)
    alerts = count(sum(row.open_alerts for row in rows), "alert")
    words = f"{count(on, 'rule')} of {len(rows)} on; {alerts} open."
    return RuleList(headline=words, rules=rows, channels=sorted(settings.known_channels))


def _headline(con: Connection) -> str:
    counted = select(_A.severity, func.count().label("number"))
    holds = con.execute(counted.where(_A.resolved.is_(None)).group_by(_A.severity))
    found = {row.severity: row.number for row in holds}
    if not found:
        return "Nothing is wrong that anybody watches for."
    critical = f", {found['critical']} of them critical" if found.get("critical") else ""
    return f"{count(sum(found.values()), 'alert')} open{critical}."


def _place(cursor: str) -> tuple[int, str]:
    stamp, _, alert_id = cursor.partition(".")
    if not (stamp.isascii() and stamp.isdigit() and alert_id and len(stamp) < 18):
        raise BadInput("this is no cursor", where="cursor", hint="Take `next_cursor` of the page before.")
    return microseconds(time_of(int(stamp))), alert_id


def _row(alert: Alert) -> dict[str, object]:
    signal = alert.signal
    told = [
        ToldRow(
            channel=channel,
            severity=notice.severity,
            first=notice.first,
            last=notice.told,
            messages=notice.sequence,
            ended=notice.ended,
        )
        for channel, notice in alert.notices.items()
    ]
    names = ("rule", "key", "severity", "title", "text", "value", "limit", "unit", "link")
    times = ("opened", "found", "resolved", "acknowledged", "muted_until")
    return {
        **{name: getattr(signal, name) for name in names},
        **{name: getattr(alert, name) for name in (*times, "alert_id", "state", "who", "reason")},
        "dimensions": dict(signal.dimensions),
        "lines": list(signal.lines),
        "told": told,
    }
