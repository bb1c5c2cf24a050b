"""What AI calls cost by the rate card: the list, one model's prices, and what one's own rates do."""

import os
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from apportion.cli import output
from apportion.cli.context import VARIABLE, Format, Output, directory, open_app
from apportion.core.errors import BadInput

if TYPE_CHECKING:
    from apportion.pricing import RateCard

rates = typer.Typer(help="Rates: what a token, a call or a GPU-hour costs, since when, and who says so.")
LISTED = (
    "provider",
    "model",
    "kind",
    "price",
    "unit",
    "currency",
    "when",
    "valid_from",
    "valid_to",
    "source",
)
SHOWN = ("kind", "price", "unit", "currency", "when", "valid_from", "valid_to", "source")
CHECKED = ("rate", "provider", "model", "when", "does", "list_models", "note", "valid_from", "valid_to")
MOST = 100

At = Annotated[str, typer.Option("--at", help="a day like 2026-09-30, in UTC; else today")]
Card = Annotated[
    str, typer.Option("--card", help="a card of before, by its version; else the one that holds now")
]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(rates, name="rates", no_args_is_help=True)


@rates.command("list")
def list_rates(
    ctx: typer.Context,
    provider: Annotated[str, typer.Option("--provider", help="one provider, by any of its names")] = "",
    model: Annotated[
        str, typer.Option("--model", help="one model by any of its names; * is a wildcard")
    ] = "",
    at: Annotated[str, typer.Option("--at", help="only what holds on this day; else all days")] = "",
    card: Card = "",
    form: Output = Format.table,
) -> None:
    """The table of rates: one's own first, then the price list."""
    from apportion.pricing.listing import asked, row

    meant = _card(ctx, card)
    found = asked(meant, provider, model, _day(at) if at else None)
    output.rows([row(rate).model_dump() for rate in found], form, columns=LISTED, most=MOST)
    if form is Format.table:
        output.out.print(f"{len(found):,} rates of card {meant.version}.", style="dim")


@rates.command("show")
def show_rates(
    ctx: typer.Context,
    provider: Annotated[str, typer.Argument(help="as operations name it: openai, aws.bedrock, …")],
    model: Annotated[str, typer.Argument(help="as operations name it")],
    at: At = "",
    tier: Annotated[str, typer.Option("--tier", help="service tier: priority, flex, …")] = "",
    batch: Annotated[bool, typer.Option("--batch", help="through a batch interface")] = False,
    region: Annotated[str, typer.Option("--region", help="the region of the call")] = "",
    card: Card = "",
    form: Output = Format.table,
) -> None:
    """The prices that hold for a model on a day, with their source; fails (3) where there are none."""
    from apportion.pricing import conditions
    from apportion.pricing.listing import holding, row

    meant, day = _card(ctx, card), _day(at)
    when = conditions(tier, batch, region)
    found = holding(meant, provider, model, day, when)
    output.rows([row(rate).model_dump() for rate in found.rates], form, columns=SHOWN)
    if form is Format.table:
        said = f"{found.provider}/{found.model} on {day}, {when}; card {meant.version}."
        output.out.print(output.plain_text(said), style="dim")


@rates.command("check")
def check_rates(ctx: typer.Context, at: At = "", form: Output = Format.table) -> None:
    """What each rate under `rates` in apportion.yaml does, for whom, and what is doubtful of it."""
    from apportion.pricing.checking import checked

    open_app(ctx)
    output.rows(checked(_card(ctx), _day(at)), form, columns=CHECKED)


def _card(ctx: typer.Context, version: str = "") -> "RateCard":
    """The card of the workspace; the price list alone where nobody named one and there is none here."""
    from apportion.pricing import RateCard
    from apportion.workspace import FILE

    named = ctx.obj is not None or VARIABLE in os.environ or version
    if not named and not (directory(ctx) / FILE).exists():
        return RateCard.seeded()
    return open_app(ctx).named_card(version)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        raise BadInput(f"'{text}' is not a day", where="--at", hint="Write it like 2026-09-30.") from None
