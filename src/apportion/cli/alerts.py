"""Alerts: what rules found, who knows, and what is to be done with it."""

import getpass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app
from apportion.core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apportion.alerts.evaluate import Evaluation
    from apportion.alerts.messages import Message
    from apportion.alerts.signals import Signal

alerts = typer.Typer(help="Alerts: what rules found, who was told, and how.", no_args_is_help=True)
LISTED = ("alert_id", "opened", "severity", "state", "rule", "title", "told")

FOUND = ("severity", "rule", "title", "text", "key")
FACTS = ("rule", "key", "state", "severity", "opened", "found", "resolved", "acknowledged", "who")
Id = Annotated[str, typer.Argument(help="the id of an alert, or its beginning")]


class AlertState(StrEnum):
    """Which alerts."""

    unresolved = "unresolved"
    open = "open"
    acknowledged = "acknowledged"
    resolved = "resolved"
    all = "all"


class AlertSeverity(StrEnum):
    """How bad it is."""

    warning = "warning"
    critical = "critical"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(alerts, name="alerts")


@alerts.command("list")
def list_alerts(
    ctx: typer.Context,
    state: Annotated[AlertState, typer.Option("--state", help="which of them")] = AlertState.unresolved,
    severity: Annotated[AlertSeverity | None, typer.Option("--severity", help="only these")] = None,
    rule: Annotated[str, typer.Option("--rule", help="only of this rule")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="at most so many")] = 50,
    form: Output = Format.table,
) -> None:
    """Alerts that are not over, the newest first."""
    found = open_app(ctx).alerts(
        state=state.value, severity=severity.value if severity else None, rule=rule, limit=limit
    )
    listed = [alert.model_dump(mode="json") for alert in found.alerts]
    if form is not Format.table:
        output.rows(listed, form)
        return
    if listed:
        told = [{**row, "told": ", ".join(one["channel"] for one in row["told"])} for row in listed]
        output.rows([_short(row) for row in told], form, columns=LISTED)
    output.out.print(output.plain_text(found.headline), style="dim")


@alerts.command("rules")
def list_rules(ctx: typer.Context, form: Output = Format.table) -> None:
    """Every rule as it holds, and what it found when it was last evaluated."""
    found = open_app(ctx).alert_rules()
    rows = [row.model_dump(mode="json") for row in found.rules]
    if form is not Format.table:
        output.rows(rows, form)
        return
    for row in rows:
        state = "off" if row["off"] else f"{row['open_alerts']} open"
        own = "" if row["is_default"] else ", yours"
        output.out.print(f"[bold]{row['name']}[/bold] ({state}{own})")
        output.out.print(f"  {row['says']}.", markup=False)
        often = f"  at most every {row['cooldown_warning']}, critical every {row['cooldown_critical']}"
        output.out.print(f"{often}; evaluated {_moment(row['evaluated']) or 'never'}", style="dim")
    output.out.print(f"{found.headline} Channels: {', '.join(found.channels)}.", style="dim")


@alerts.command("show")
def show(ctx: typer.Context, alert: Id, form: Output = Format.table) -> None:
    """One alert: what was found, who was told, and its history."""
    found = open_app(ctx).alert(alert)
    record = found.model_dump(mode="json")
    if form is not Format.table:
        output.rows([record], form)
        return
    output.out.print(output.plain_text(found.title), style="bold")
    output.out.print(output.plain_text(found.text))
    for line in found.lines:
        output.out.print(f"• {line}", markup=False)
    for name in FACTS:
        if record[name]:
            output.out.print(f"{name:<14} {_short(record)[name]}", markup=False)
    if found.muted_until:
        output.out.print(f"{'muted until':<14} {found.muted_until:%-d %b %Y %H:%M} UTC: {found.reason}")
    columns = ("at", "event", "severity", "channel", "who", "reason")
    output.rows([_short(row) for row in record["history"]], form, columns=columns, title="History")


@alerts.command("ack")
def acknowledge(
    ctx: typer.Context,
    alert: Id,
    reason: Annotated[str, typer.Option("--reason", help="what is being done")] = "",
) -> None:
    """Say that you have it: no reminders and no escalation, unless it becomes worse."""
    found = open_app(ctx).acknowledge_alert(alert, getpass.getuser(), reason)
    output.out.print(output.plain_text(f"You have '{found.title}'. Its end will be told."))


@alerts.command("mute")
def mute(
    ctx: typer.Context,
    alert: Id,
    until: Annotated[str, typer.Option("--until", help="a day, a time of UTC, or a length such as 7d")],
    reason: Annotated[str, typer.Option("--reason", help="why nobody needs to hear of it")],
) -> None:
    """Let nobody hear of an alert for a while, also where it goes away and comes back."""
    found = open_app(ctx).mute_alert(alert, _until(until), reason, getpass.getuser())
    output.out.print(output.plain_text(f"'{found.title}' is muted until {_moment(str(found.muted_until))}."))


@alerts.command("unmute")
def unmute(ctx: typer.Context, alert: Id) -> None:
    """Let an alert be heard of again."""
    found = open_app(ctx).unmute_alert(alert, getpass.getuser())
    output.out.print(output.plain_text(f"'{found.title}' is heard of again."))


@alerts.command("evaluate")
def evaluate(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="keep nothing and tell nobody")] = False,
    as_of: Annotated[
        str, typer.Option("--as-of", help="what would have been found the morning after this day; a dry run")
    ] = "",
    form: Output = Format.table,
) -> None:
    """Evaluate all rules now: what they find becomes alerts, and messages that wait to be sent."""
    app = open_app(ctx)
    if as_of:
        with output.progress("Looking"):
            found = app.evaluate_alerts(_day(as_of))
        _found(found, form)
        return
    if dry_run:
        with output.progress("Looking"):
            found, decision = app.preview_alerts()
        _found(found, form)
        _say_messages(decision.messages, "that would be sent", form)
        return
    with output.progress("Looking"):
        outcome = app.watch_alerts()
    changed = {"opened": outcome.opened, "worse": outcome.worse, "over": outcome.resolved}
    rows = [
        {"change": word, "severity": a.severity, "rule": a.signal.rule, "title": a.signal.title}
        for word, some in changed.items()
        for a in some
    ]
    if rows or form is not Format.table:
        output.rows(rows, form)
    _say_messages(outcome.messages, "to be sent", form)


def _found(found: "Evaluation", form: Format) -> None:
    rows = [_signal(signal) for signals in found.signals.values() for signal in signals]
    if rows or form is not Format.table:
        output.rows(rows, form, columns=FOUND)
    if form is Format.table:
        findings = "finding" if len(rows) == 1 else "findings"
        output.out.print(f"{len(rows)} {findings} of {len(found.signals)} rules.", style="dim")
        for name, why in found.left_out.items():
            output.out.print(output.plain_text(f"{name} was left out: {why}"), style="yellow")


def _signal(signal: "Signal") -> dict[str, Any]:
    amounts = {"value": signal.value, "limit": signal.limit, "unit": signal.unit}
    about = {"dimensions": dict(signal.dimensions), "lines": list(signal.lines), "link": signal.link}
    named = {name: getattr(signal, name) for name in ("severity", "rule", "title", "text", "key")}
    return {**named, **amounts, **about}


def _say_messages(messages: "Sequence[Message]", what: str, form: Format) -> None:
    if form is not Format.table:
        return
    plural = "message" if len(messages) == 1 else "messages"
    said = f"{len(messages)} {plural} {what}:" if messages else "Nobody is to be told."
    output.out.print(said, style="dim")
    for message in messages:
        output.out.print(f"• {message.channel}: {message.event}: {message.title}", markup=False)


def _until(text: str) -> datetime:
    from apportion.core.spans import is_span, span

    if is_span(text):
        return datetime.now(UTC) + span(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        hint = "Write 7d, 2026-12-01 or 2026-12-01T08:00."
        raise BadInput(f"'{text}' is no time", where="--until", hint=hint) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"'{text}' is no day", where="--as-of", hint="Write it like 2026-09-01.") from None


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose times are short enough for a table."""
    times = ("at", "opened", "found", "resolved", "acknowledged", "evaluated")
    return {name: _moment(value) if name in times else value for name, value in row.items()}


def _moment(text: str | None) -> str:
    return "" if not text else f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
