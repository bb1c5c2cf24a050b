"""Allocate, and the statement of where every amount went."""

from enum import StrEnum
from typing import Annotated

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(allocate)
    app.command()(reconcile)


def allocate(
    ctx: typer.Context,
    as_of: Annotated[
        str, typer.Option("--as-of", help="a run to repeat, by its id: its data, its rules, its digits")
    ] = "",
    form: Output = Format.table,
) -> None:
    """Attribute all cost by the rules of apportion.yaml; refuse the result unless every unit is found."""
    app = open_app(ctx)
    before = app.ledger.run()
    with output.progress("Allocating") as said:
        run = app.allocate(said, as_of=as_of)
    if form is not Format.table:
        output.rows([run.to_dict()], form)
        return
    names = ", ".join(run.perspectives) or "none"
    output.out.print(
        f"Allocated {run.charges:,} charges from {run.first_day} to {run.last_day} into {run.results:,} rows "
        f"({names}). Every unit is accounted for."
    )
    if run.as_of:
        output.out.print(f"The same digits as run {run.as_of}: {run.digest}.")
        output.out.print(
            f"Run {run.run_id} follows the data and rules of that time. To go back: 'apportion allocate' for "
            f"those of today, or 'apportion allocate --as-of {before.run_id if before else run.as_of}'.",
            style="dim",
        )
        return
    output.out.print(
        f"Run {run.run_id}. See 'apportion reconcile' and 'apportion report customers'.", style="dim"
    )


class Statement(StrEnum):
    """Which table of the statement."""

    rows = "rows"
    stages = "stages"
    rules = "rules"
    totals = "totals"
    by_rule = "by_rule"


def reconcile(
    ctx: typer.Context,
    table: Annotated[
        Statement,
        typer.Option(
            help="What to show of it: rows, each row's steps (stages), its rules; or the sums of all."
        ),
    ] = Statement.rows,
    perspective: Annotated[str | None, typer.Option(help="Only this perspective.")] = None,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    period: Annotated[str | None, typer.Option(help="Only this billing period, like 2026-09.")] = None,
    metric: Annotated[
        str | None, typer.Option(help="EffectiveCost or BilledCost; both where left out.")
    ] = None,
    form: Output = Format.table,
) -> None:
    """The last run's statement: charged = allocated + idle + unallocated, and beside it the rejected."""
    from apportion.analytics.reconciliation import Wanted, reconciliation

    app = open_app(ctx)
    wanted = Wanted(perspective=perspective, source=source, billing_period=period, metric=metric)
    with app.reader() as (con, facts):
        stated = reconciliation(con, facts, wanted)
    found = [line.model_dump() for line in getattr(stated, table.value)]
    output.rows(
        found,
        form,
        title=f"Run {facts.run_id}, {facts.first_day} to {facts.last_day}",
        columns=list(found[0]) if found else None,
    )
    if form is Format.table:
        output.out.print(stated.headline)
