"""Ask the ledger: read-only SQL."""

from typing import Annotated

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(sql)


def sql(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(help="one SELECT over charges, usage, daily_costs, allocations, …")],
    param: Annotated[list[str] | None, typer.Option("--param", "-p", help="a value for each ?")] = None,
    limit: Annotated[int, typer.Option("--limit", help="rows to print at most; 0 for all")] = 0,
    form: Output = Format.table,
) -> None:
    """Run one read-only SELECT in DuckDB's SQL; amounts keep all their digits."""
    found = open_app(ctx).sql(query, param or [], limit)
    output.rows(found, form, most=500)
