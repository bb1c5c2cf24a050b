"""Alerts on their way: channels, what was sent, and sending it."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.analytics.sentences import count
from apportion.cli import output
from apportion.cli.alerts import alerts
from apportion.cli.context import Format, Output, open_app

if TYPE_CHECKING:
    from apportion.alerts.history import OneMessage

LISTED = ("created", "channel", "event", "severity", "title", "state", "attempts", "last_error", "message_id")
SHOWN = ("name", "type", "last_sent", "failing_since", "waiting", "sent", "failed", "uncertain", "last_error")
FAILED = 1


class MessageState(StrEnum):
    """What became of a message."""

    waiting = "waiting"
    sending = "sending"
    sent = "sent"
    failed = "failed"
    uncertain = "uncertain"
    dropped = "dropped"


def add_to(_: typer.Typer) -> None:
    """The commands of this file are those of `alerts`."""


@alerts.command("channels")
def list_channels(ctx: typer.Context, form: Output = Format.table) -> None:
    """How every channel does: what was sent last, since when it fails, what waits."""
    found = open_app(ctx).alert_channels()
    rows = [_plain(row.model_dump(mode="json")) for row in found.channels]
    output.rows(rows, form, columns=SHOWN)
    if form is Format.table:
        output.out.print(output.plain_text(found.headline), style="dim")


@alerts.command("test")
def test_channel(
    ctx: typer.Context, channel: Annotated[str, typer.Argument(help="as apportion.yaml calls it")]
) -> None:
    """Send a test message to a channel; exit code 1 where it does not arrive."""
    app = open_app(ctx)
    with output.progress(f"Sending to {channel}"):
        found = app.test_channel(channel)
    _tell(found)


@alerts.command("sent")
def list_sent(
    ctx: typer.Context,
    channel: Annotated[str, typer.Option("--channel", help="only this channel")] = "",
    state: Annotated[MessageState | None, typer.Option("--state", help="only these")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="at most so many")] = 50,
    form: Output = Format.table,
) -> None:
    """Messages that were sent or are to be, the newest first, and what became of them."""
    found = open_app(ctx).alert_messages(channel=channel, state=state.value if state else "", limit=limit)
    rows = [_plain(row.model_dump(mode="json")) for row in found.messages]
    output.rows(rows, form, columns=LISTED)
    if form is Format.table and rows:
        more = f" Here are the newest {len(rows)}; --limit shows more." if found.next_cursor else ""
        output.out.print(f"{found.headline}{more}", style="dim")


@alerts.command("deliver")
def deliver(ctx: typer.Context) -> None:
    """Send what is due, once; 'apportion serve' does so by itself. Exit code 1 where something failed."""
    app = open_app(ctx)
    with output.progress("Sending"):
        found = app.deliver_alerts()
    failed = f", {count(found.failed, 'attempt')} failed" if found.failed else ""
    output.out.print(f"{count(found.sent, 'message')} sent{failed}.")
    for name in found.hanging:
        output.out.print(f"{name} did not answer yet; its messages go out later.")
    if found.next_due:
        output.out.print(f"More is due at {found.next_due:%-d %b %H:%M:%S} UTC.", style="dim")
    if found.failed or found.hanging:
        raise typer.Exit(FAILED)


@alerts.command("retry")
def retry(
    ctx: typer.Context,
    message: Annotated[str, typer.Argument(help="its id, as 'apportion alerts sent' lists it")],
) -> None:
    """Send a message again that failed, or of which nobody knows whether it arrived."""
    app = open_app(ctx)
    with output.progress("Sending"):
        found = app.retry_message(message)
    _tell(found)


def _tell(found: "OneMessage") -> None:
    """What became of one message."""
    said = found.deliveries[-1].said if found.deliveries else found.last_error
    words = f"{found.channel}: {found.state}; {said}. Message {found.message_id}."
    output.out.print(output.plain_text(words))
    if found.state != "sent":
        raise typer.Exit(FAILED)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose lists are text, and whose times are short enough for a table."""
    return {name: ", ".join(value) if isinstance(value, list) else value for name, value in row.items()}
