"""Operations as a whole: those of a file or of a provider's report, and the archive."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apportion.cli import output
from apportion.cli.context import open_app
from apportion.core.errors import BadInput

if TYPE_CHECKING:
    from apportion.metering.service import Receipt

operations = typer.Typer(help="Operations: what is kept of AI calls, and where.", no_args_is_help=True)
MOST_FAULTS = 20


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(operations, name="operations")


BESIDE = typer.Option("--beside", help="keep a report even where its calls are metered in another way, too")


@operations.command("import")
def import_file(
    ctx: typer.Context,
    path: Annotated[
        Path,
        typer.Argument(
            help="CSV with a column a field, JSON with an operation a line, or a saved usage report"
        ),
    ],
    beside: Annotated[bool, BESIDE] = False,
) -> None:
    """Keep the operations of a file: each counts once, however often it is given."""
    _tell(open_app(ctx).import_operations(path, beside=beside))


@operations.command("fetch")
def fetch(
    ctx: typer.Context,
    provider: Annotated[str, typer.Argument(help="openai or anthropic")],
    since: Annotated[str, typer.Option("--since", help="the first day, such as 2026-09-01, in UTC")],
    until: Annotated[
        str, typer.Option("--until", help="the day after the last; else up to the last complete hour")
    ] = "",
    beside: Annotated[bool, BESIDE] = False,
    endpoint: Annotated[
        str, typer.Option("--endpoint", help="another address than the provider's own, such as a proxy's")
    ] = "",
) -> None:
    """Ask a provider what was used, hour by hour, and keep it as operations.

    The admin key is taken from OPENAI_ADMIN_KEY or ANTHROPIC_ADMIN_KEY in the environment.
    """
    app, first, end = open_app(ctx), _day(since, "--since"), _day(until, "--until") if until else None
    with output.progress(f"Asking {provider}") as said:
        done = app.fetch_operations(provider, first, end, beside=beside, endpoint=endpoint, said=said)
    _tell(done)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"'{text}' is no day", where=option, hint="Write it like 2026-09-01.") from None


def _tell(done: "Receipt") -> None:
    from apportion.metering.reports import ReportReceipt

    output.out.print(f"{done.accepted:,} operations are new, {done.repeated:,} were known.")
    for note in done.notes if isinstance(done, ReportReceipt) else ():
        output.out.print(output.plain_text(note))
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
