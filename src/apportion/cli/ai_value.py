"""AI operations beside the ledger: rates beside the invoice, cost beside revenue."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from apportion.cli.ai import Currency, Where, ai, report_of, show
from apportion.cli.context import Format, Metric, Output, Window, open_app

TRUED = (
    "provider",
    "model",
    "state",
    "rated",
    "invoiced",
    "variance",
    "variance_pct",
    "operations",
    "without_cost",
)
EARNED = (
    "name",
    "label",
    "operations",
    "cost",
    "overhead",
    "overhead_is",
    "revenue",
    "margin",
    "margin_pct",
    "without_cost",
)


class Earner(StrEnum):
    """Whose cost stands beside revenue."""

    customer = "customer"
    feature = "feature"


def add_to(_: typer.Typer) -> None:
    """The commands of this file stand below `ai`, which is registered where it is made."""


@ai.command("true-up")
def true_up(
    ctx: typer.Context,
    by_day: Annotated[
        bool, typer.Option("--by-day", help="a row for each day instead of each model")
    ] = False,
    window: Window = "30d",
    metric: Metric = "",
    currency: Currency = "",
    form: Output = Format.table,
) -> None:
    """Operations at their rates beside what their provider charged, by model or by day (UTC)."""
    made = report_of(
        ctx, lambda con, asked: open_app(ctx).true_up(con, asked, metric or None), None, window, currency
    )
    rows: list[dict[str, Any]] = []
    for one in made["providers"]:
        rows += [{"provider": one["provider"], **row} for row in one["daily" if by_day else "models"]]
    show(made, rows, form, ("provider", "day", *TRUED[3:7]) if by_day else TRUED)


@ai.command("margin")
def margin(
    ctx: typer.Context,
    by: Annotated[Earner, typer.Option("--by", help="who earns")] = Earner.customer,
    where: Where = None,
    window: Window = "30d",
    currency: Currency = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="so many of the dearest")] = 100,
    form: Output = Format.table,
) -> None:
    """Cost, infrastructure, revenue and margin of AI together, by customer or by feature."""
    made = report_of(
        ctx,
        lambda con, asked: open_app(ctx).operations_margin(con, asked, by.value, limit),
        where,
        window,
        currency,
    )
    show(made, made["groups"], form, EARNED)
