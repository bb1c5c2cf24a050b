"""Allocate, and the statement of where every amount went."""

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(allocate)
    app.command()(reconcile)
    app.command()(runs)


def allocate(ctx: typer.Context, form: Output = Format.table) -> None:
    """Attribute all cost by the rules of apportion.yaml; refuse the result unless every unit is found."""
    app = open_app(ctx)
    with output.progress("Allocating") as said:
        run = app.allocate(said)
    if form is not Format.table:
        output.rows([run.to_dict()], form)
        return
    names = ", ".join(run.perspectives) or "none"
    output.out.print(
        f"Allocated {run.charges:,} charges from {run.first_day} to {run.last_day} into {run.results:,} rows "
        f"({names}). Every unit is accounted for."
    )
    output.out.print(
        f"Run {run.run_id}. See 'apportion reconcile' and 'apportion report customers'.", style="dim"
    )


def reconcile(ctx: typer.Context, form: Output = Format.table) -> None:
    """The last run's statement: charged = allocated + idle + unallocated, and beside it the rejected."""
    app = open_app(ctx)
    with app.reader() as (con, facts):
        cursor = con.execute("FROM reconciliation ORDER BY ALL")
        names = [d[0] for d in cursor.description or []]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    output.rows(
        found,
        form,
        title=f"Run {facts.run_id}, {facts.first_day} to {facts.last_day}",
        columns=list(found[0]) if found else None,
    )


def runs(ctx: typer.Context, form: Output = Format.table) -> None:
    """All runs of the allocation, newest first."""
    found = open_app(ctx).runs()
    columns = ["run_id", "finished_at", "first_day", "last_day", "charges", "results"]
    output.rows(found, form, columns=columns)
