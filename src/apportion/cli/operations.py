"""Operations as a whole: those of a file, and the archive."""

from pathlib import Path
from typing import Annotated

import typer

from apportion.cli import output
from apportion.cli.context import open_app

operations = typer.Typer(help="Operations: what is kept of AI calls, and where.", no_args_is_help=True)
MOST_FAULTS = 20


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(operations, name="operations")


@operations.command("import")
def import_file(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="CSV with a column a field, or JSON with an operation a line")],
) -> None:
    """Keep the operations of a file: each counts once, however often it is given."""
    done = open_app(ctx).import_operations(path)
    output.out.print(f"{done.accepted:,} operations are new, {done.repeated:,} were known.")
    for fault in done.rejected[:MOST_FAULTS]:
        said = f"line {fault.index}: {fault.id or 'no id'}: {fault.field}: {fault.reason}"
        output.out.print(output.plain_text(said), style="yellow")
    if len(done.rejected) > MOST_FAULTS:
        output.out.print(f"and {len(done.rejected) - MOST_FAULTS:,} more lines that cannot be used.")
    for model in done.unpriced:
        output.out.print(f"No rate is known for {output.plain_text(model)}: see 'apportion rates unpriced'.")
    if done.rejected:
        raise typer.Exit(2)


@operations.command("archive")
def archive(ctx: typer.Context) -> None:
    """Move operations into the ledger; recent ones stay in the state database, too."""
    app = open_app(ctx)
    with output.progress("Archiving") as said:
        done = app.archive_operations(said)
    output.out.print(
        f"{done.archived:,} operations are in the ledger; {done.pruned:,} left the state database."
    )
