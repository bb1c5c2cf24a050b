"""Operations on their way out: one of them explained, many of them written."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app
from apportion.cli.operations import operations

if TYPE_CHECKING:
    from apportion.economics.operations import SingleOperation

LINES = ("kind", "quantity", "unit", "price", "cost", "source")


def add_to(_: typer.Typer) -> None:
    """Register the commands of this file in the group of operations."""
    operations.command()(show)


def show(
    ctx: typer.Context,
    operation_id: Annotated[str, typer.Argument(metavar="ID", help="the id it was sent under")],
    form: Output = Format.table,
) -> None:
    """One operation: all that is known of it, and its price line by line."""
    made = open_app(ctx).operation(operation_id)
    found: dict[str, Any] = made.model_dump(mode="json", by_alias=True)
    if form is Format.json:
        output.rows([found], form)
    elif form is Format.csv:
        output.rows(found["price"]["lines"], form)
    else:
        _say(made, found)


def _say(made: "SingleOperation", found: dict[str, Any]) -> None:
    price = made.price
    output.out.print(f"[bold]{output.plain_text(made.headline)}[/bold]")
    output.out.print(output.plain_text(" ".join(filter(None, (price.sentence, price.note)))))
    if price.lines:
        output.rows(found["price"]["lines"], Format.table, columns=LINES)
    rows = {"rate": price.rate, "card": price.card, "lines_card": price.lines_card}
    if price.lines_card == price.card:
        del rows["lines_card"]
    told = {"reported_cost": found["price"]["reported_cost"]}
    told["reported_difference"] = found["price"]["reported_difference"]
    known = {k: v for k, v in {**found["operation"], **rows, **told}.items() if v not in (None, {})}
    width = max(map(len, known))
    for name, value in known.items():
        output.out.print(f"  {name:<{width}}  {output.plain_text(str(value))}")
