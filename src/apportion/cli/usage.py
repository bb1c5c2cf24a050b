"""Usage: what looks wrong with it."""

from typing import Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, Window, open_app

usage = typer.Typer(help="Usage that divides shared cost.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(usage, name="usage")


@usage.command("doubts")
def list_doubts(
    ctx: typer.Context,
    measure: Annotated[str | None, typer.Option("--measure", help="one measure; else all")] = None,
    window: Window = "30d",
    form: Output = Format.table,
) -> None:
    """What looks wrong: gaps, days far from their weekday, customers that fell silent, unknown names."""
    dumped: dict[str, Any] = open_app(ctx).usage_doubts(window, measure).model_dump(mode="json")
    if form is not Format.table:
        output.rows(dumped["doubts"], form)
        return
    output.out.print(f"[bold]{dumped['headline']}[/bold]")
    for doubt in dumped["doubts"]:
        output.out.print(f"• {doubt['sentence']}", markup=False)
    if dumped["more"]:
        output.out.print(f"and {dumped['more']:,} more; ask for one measure or fewer days.", style="dim")
