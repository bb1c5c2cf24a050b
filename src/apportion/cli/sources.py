"""Where bills come from, and how fresh they are."""

from typing import Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app

SHOWN = (
    "source",
    "connector",
    "first_period",
    "last_period",
    "state",
    "newest_charge",
    "days_behind",
    "loaded_at",
    "rows",
    "rejected_rows",
    "last_load",
    "location",
)
LONG = ("notes", "focus_version", "reason")


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(sources)


def sources(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(help="one source, with its periods and loads")] = None,
    form: Output = Format.table,
) -> None:
    """Every source: connector, location, periods, newest charge, estimated or final, last load."""
    app = open_app(ctx)
    if name is not None:
        _one(app.source(name).model_dump(mode="json"), form)
        return
    dumped: dict[str, Any] = app.sources().model_dump(mode="json")
    if form is Format.table:
        output.out.print(f"[bold]{dumped['headline']}[/bold]")
    output.rows(dumped["sources"], form, columns=SHOWN)


def _one(dumped: dict[str, Any], form: Format) -> None:
    if form is not Format.table:
        output.rows(dumped["periods"], form)
        return
    output.out.print(f"[bold]{dumped['headline']}[/bold]")
    for name, title in (
        ("periods", "Billing periods"),
        ("controls", "The bill's own sums, by kind of line"),
        ("invoices", "Invoices"),
        ("loads", "Loads"),
        ("changes", "What loads changed, largest first"),
    ):
        rows = [{k: v for k, v in row.items() if k not in LONG} for row in dumped[name]]
        if rows:
            output.rows(rows, form, title=title, columns=list(rows[0]), most=50)
    for period in dumped["periods"]:
        for note in period["notes"]:
            output.out.print(f"• {period['billing_period']}: {note}", style="dim")
