"""What AI calls cost by the rate card: the list, one model's prices, and what one's own rates do."""

import os
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import VARIABLE, Format, Output, directory, open_app
from apportion.core.errors import BadInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apportion.pricing import Rate, RateCard

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
    form: Output = Format.table,
) -> None:
    """The table of rates: one's own first, then the price list."""
    from apportion.pricing.patterns import matcher

    card = _card(ctx)
    day = _day(at) if at else None
    wanted, meant = card.providers.id_of(provider), matcher(model.lower())
    found = [
        rate
        for rate in card.rates
        if (not provider or rate.provider in ("*", wanted))
        and (
            not model
            or meant(rate.model.lower())
            or ("*" not in model and matcher(rate.pattern)(model.lower()))
        )
        and (day is None or rate.valid(day))
    ]
    output.rows([_row(rate) for rate in found], form, columns=LISTED, most=MOST)
    if form is Format.table:
        output.out.print(f"{len(found):,} rates of card {card.version}.", style="dim")


@rates.command("show")
def show_rates(
    ctx: typer.Context,
    provider: Annotated[str, typer.Argument(help="as operations name it: openai, aws.bedrock, …")],
    model: Annotated[str, typer.Argument(help="as operations name it")],
    at: At = "",
    tier: Annotated[str, typer.Option("--tier", help="service tier: priority, flex, …")] = "",
    batch: Annotated[bool, typer.Option("--batch", help="through a batch interface")] = False,
    region: Annotated[str, typer.Option("--region", help="the region of the call")] = "",
    form: Output = Format.table,
) -> None:
    """The prices that hold for a model on a day, with their source; fails (3) where there are none."""
    from apportion.pricing import conditions

    card, day = _card(ctx), _day(at)
    when = conditions(tier, batch, region)
    found = card.find(provider, model, day, when)
    if found.why:
        raise NotFound(
            f"Unpriced on {day}: {found.why}.",
            hint="Give it a price under 'rates' in apportion.yaml, or see 'apportion rates list'.",
        )
    used = _first_of_each(found.rates)
    output.rows([_row(rate) for rate in used], form, columns=SHOWN)
    if form is Format.table:
        said = f"{found.provider}/{found.model} on {day}, {when}; card {card.version}."
        output.out.print(output.plain_text(said), style="dim")


@rates.command("check")
def check_rates(ctx: typer.Context, at: At = "", form: Output = Format.table) -> None:
    """What each rate under `rates` in apportion.yaml does, for whom, and what is doubtful of it."""
    from apportion.pricing.checking import checked

    open_app(ctx)
    output.rows(checked(_card(ctx), _day(at)), form, columns=CHECKED)


def _card(ctx: typer.Context) -> "RateCard":
    """The card of the workspace; the price list alone where nobody named one and there is none here."""
    from apportion.pricing import RateCard
    from apportion.workspace import FILE

    named = ctx.obj is not None or VARIABLE in os.environ
    if not named and not (directory(ctx) / FILE).exists():
        return RateCard.seeded()
    return RateCard.seeded(open_app(ctx).workspace.rates)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        raise BadInput(f"'{text}' is not a day", where="--at", hint="Write it like 2026-09-30.") from None


def _row(rate: "Rate") -> dict[str, Any]:
    hours = f"{rate.from_time:%H:%M}–{rate.to_time:%H:%M} UTC" if rate.from_time and rate.to_time else ""
    words = [rate.service_tier if rate.service_tier != "*" else "any tier", rate.region, hours]
    words += ["batch" if rate.batch else ""]
    words += [f"above {rate.above:,} input tokens" if rate.above else ""]
    return {
        **{name: getattr(rate, name) for name in ("provider", "model", "pattern", "kind", "price", "unit")},
        "currency": rate.currency or None,
        "when": ", ".join(filter(None, words)) or None,
        **{name: getattr(rate, name) or None for name in ("service_tier", "region", "batch", "above")},
        "from_time": rate.from_time and f"{rate.from_time:%H:%M}",
        "to_time": rate.to_time and f"{rate.to_time:%H:%M}",
        "valid_from": rate.valid_from,
        "valid_to": rate.valid_to,
        "source": f"{rate.source} {rate.version}" if not rate.override else rate.source,
        "version": rate.version,
        "own": rate.override or None,
        "counted": rate.counted,
    }


def _first_of_each(found: "Iterable[Rate]") -> "list[Rate]":
    """The rows that are used, in the order of kinds: the first of each kind, threshold and hours."""
    from apportion.pricing.rate import COUNTED

    kinds = list(COUNTED)
    used: dict[tuple[Any, ...], Rate] = {}
    for rate in found:
        used.setdefault((rate.kind, rate.above, rate.from_time, rate.to_time), rate)
    places = {kind: place for place, kind in enumerate(kinds)}
    return sorted(
        used.values(), key=lambda r: (places.get(r.kind, len(kinds)), r.above, str(r.from_time or ""))
    )
