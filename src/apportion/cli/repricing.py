"""Prices that are missing, prices that are corrected, and the cards that ever priced something."""

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app
from apportion.cli.rates import rates
from apportion.core.money import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from apportion.metering.cluster_months import DerivedMonth
    from apportion.metering.repricing import Repriced
    from apportion.pricing import DerivedPrice

DERIVED = (
    "rate", "target", "month", "status", "cost", "currency", "operations", "weighted_tokens", "prices",
    "before", "rated", "difference", "idle", "quiet_cost", "uncounted", "note",
)  # fmt: skip


def add_to(_: typer.Typer) -> None:
    """The commands of this file are those of `rates`."""


@rates.command("unpriced")
def list_unpriced(ctx: typer.Context, form: Output = Format.table) -> None:
    """Models of operations that no rate is known for: give them one under `rates`, then rerate."""
    found = [one.model_dump() for one in open_app(ctx).unpriced()]
    output.rows(found, form)
    if form is Format.table and not found:
        output.out.print("Every operation whose tokens are known has a price.")


@rates.command("cards")
def list_cards(ctx: typer.Context, form: Output = Format.table) -> None:
    """Every rate card that ever priced something, the newest first; each is kept whole."""
    found = open_app(ctx).rate_cards()
    output.rows([one.model_dump() for one in found], form)


@rates.command("derive")
def derive(
    ctx: typer.Context,
    apply: Annotated[bool, typer.Option("--apply", help="keep these prices; else only show")] = False,
    form: Output = Format.table,
) -> None:
    """Prices of models on your own cluster: its cost by the last run, divided by the tokens of each month."""
    found = open_app(ctx).derive_rates(put=apply)
    rows = [month.model_dump() for month in found.months]
    if form is Format.table:
        rows = [row | {name: _prices(row[name]) for name in ("prices", "before")} for row in rows]
    output.rows(rows, form, columns=DERIVED)
    for why in found.problems:
        output.problem(why)
    if form is Format.table:
        output.out.print(_next(found.months, found.prices, kept=apply), style="dim")


def _prices(prices: dict[str, Decimal] | None) -> str | None:
    return ", ".join(f"{kind} {plain(price)}" for kind, price in prices.items()) if prices else None


def _next(months: "Sequence[DerivedMonth]", prices: "Sequence[DerivedPrice]", *, kept: bool) -> str:
    if not prices:
        return "There is nothing to divide yet."
    if not kept and all(month.prices == (month.before or {}) for month in months):
        return "These are the prices that are kept."
    if not kept:
        return "--apply keeps these prices, for operations that come in from then on."
    open_months = sorted({f"{month.start:%B %Y}" for month in months if month.status != "final"})
    again = f" {' and '.join(open_months)} is not complete: derive again when it is." if open_months else ""
    return f"Kept. 'apportion rates rerate --apply' prices the operations that came before.{again}"


@rates.command("rerate")
def rerate(
    ctx: typer.Context,
    provider: Annotated[
        str, typer.Option("--provider", help="only this provider, as operations say it")
    ] = "",
    model: Annotated[str, typer.Option("--model", help="only this model, as operations say it")] = "",
    card: Annotated[
        str,
        typer.Option("--card", help="by a card of before, by its version; else by the rates as they are now"),
    ] = "",
    apply: Annotated[bool, typer.Option("--apply", help="keep the new prices; else only show")] = False,
    form: Output = Format.table,
) -> None:
    """Price operations again by the rates as they are now, and show the difference by model and card."""
    where = {k: v for k, v in (("provider", provider), ("model", model)) if v}
    app = open_app(ctx)
    found = app.reprice_operations(where, put=apply, card=card)
    output.rows(_by_model(found), form)
    if form is Format.table:
        done = "cost otherwise from now on" if apply else "would cost otherwise; --apply keeps that"
        by = f"By card {card or app.rate_card.version}, "
        count = sum(one.operations for one in found)
        said = f"{by}{count:,} operations {done}." if found else f"{by}nothing would cost otherwise."
        output.out.print(said)


def _by_model(found: "Iterable[Repriced]") -> list[dict[str, Any]]:
    sums: dict[tuple[str, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in found:
        currency = one.after.currency or one.before.currency
        total = sums[one.provider, one.model, one.before.rate.rpartition("#")[2], currency]
        total[0] += one.operations
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
            "card_before": card or None,
        }
        for (provider, model, card, currency), (count, before, after) in sorted(sums.items())
    ]


def _money(units: int) -> Decimal:
    return Decimal(units).scaleb(-12)
