"""Operations as a whole: prices that are missing, prices that are corrected, and the archive."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app
from apportion.cli.rates import rates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apportion.metering.repricing import Repriced

operations = typer.Typer(help="Operations: what is kept of AI calls, and where.", no_args_is_help=True)
MOST_FAULTS = 20
UNPRICED = (
    "SELECT coalesce(provider, '(none)') AS provider, coalesce(model, '(none)') AS model, "
    "count(*) AS operations, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens, "
    "min(time)::DATE AS first_day, max(time)::DATE AS last_day "
    "FROM operations WHERE price_state = 'unpriced' GROUP BY ALL ORDER BY operations DESC, provider, model"
)


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(operations, name="operations")


@rates.command("unpriced")
def list_unpriced(ctx: typer.Context, form: Output = Format.table) -> None:
    """Models of operations that no rate is known for: give them one under `rates`, then rerate."""
    found = open_app(ctx).sql(UNPRICED, [])
    output.rows(found, form)
    if form is Format.table and not found:
        output.out.print("Every operation whose tokens are known has a price.")


@rates.command("rerate")
def rerate(
    ctx: typer.Context,
    provider: Annotated[
        str, typer.Option("--provider", help="only this provider, as operations say it")
    ] = "",
    model: Annotated[str, typer.Option("--model", help="only this model, as operations say it")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="keep the new prices; else only show")] = False,
    form: Output = Format.table,
) -> None:
    """Price operations again by the rates as they are now, and show the difference by model."""
    where = {k: v for k, v in (("provider", provider), ("model", model)) if v}
    found = open_app(ctx).reprice_operations(where, put=apply)
    output.rows(_by_model(found), form)
    if form is Format.table:
        done = "cost otherwise from now on" if apply else "would cost otherwise; --apply keeps that"
        output.out.print(f"{len(found):,} operations {done}." if found else "Nothing would cost otherwise.")


def _by_model(found: "Iterable[Repriced]") -> list[dict[str, Any]]:
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in found:
        total = sums[one.provider, one.model, one.after.currency or one.before.currency]
        total[0] += 1
        total[1] += one.before.cost
        total[2] += one.after.cost
    return [
        {
            "provider": provider,
            "model": model,
            "currency": currency,
            "operations": count,
            "before": _money(before),
            "after": _money(after),
            "difference": _money(after - before),
        }
        for (provider, model, currency), (count, before, after) in sorted(sums.items())
    ]


def _money(units: int) -> Decimal:
    return Decimal(units).scaleb(-12)


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
