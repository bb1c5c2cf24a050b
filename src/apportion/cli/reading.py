"""Ask the ledger: read-only SQL, and what an amount is made of."""

from typing import Annotated, Any, Optional

import typer

from apportion.cli import output
from apportion.cli.context import Format, Metric, Output, Window, open_app


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(sql)
    app.command()(explain)


def sql(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(help="one SELECT over charges, usage, daily_costs, allocations, …")],
    param: Annotated[Optional[list[str]], typer.Option("--param", "-p", help="a value for each ?")] = None,  # noqa: UP045
    limit: Annotated[int, typer.Option("--limit", help="rows to print at most; 0 for all")] = 0,
    form: Output = Format.table,
) -> None:
    """Run one read-only SELECT in DuckDB's SQL; amounts keep all their digits."""
    found = open_app(ctx).sql(query, param or [], limit)
    output.rows(found, form, most=500)


def explain(
    ctx: typer.Context,
    dimension: Annotated[str, typer.Argument(help="customer, team, or another perspective")],
    target: Annotated[str, typer.Argument(help="which one; (unallocated) and (idle) count, too")],
    pin: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--pin", help="go down: rule=NAME, service=NAME, day=2026-09-14, … (repeat)"),
    ] = None,
    window: Window = "30d",
    metric: Metric = "",
    form: Output = Format.table,
) -> None:
    """What an amount is made of, one level at a time, down to the line items of the bill."""
    from apportion.analytics.explain import ExplainRequest
    from apportion.analytics.explain import explain as explain_amount
    from apportion.analytics.scope import Scope

    with open_app(ctx).reader() as (con, facts):
        scope = Scope.of(facts, window, metric or None)
        asked = ExplainRequest(scope, facts.need_perspective(dimension), target, _pins(pin or []))
        explained = explain_amount(con, asked)
    dumped: dict[str, Any] = explained.model_dump(mode="json", by_alias=True)
    if form is not Format.table:
        output.rows(dumped["parts"], form)
        return
    output.out.print(f"[bold]{dumped['sentence']}[/bold]")
    if dumped.get("basis"):
        output.out.print(dumped["basis"]["sentence"])
    output.rows(dumped["parts"], form, columns=["label", "detail", "amount", "share_pct"])
    if dumped["more"]:
        output.out.print(f"and {dumped['more']:,} more", style="dim")
    output.out.print(f"Parts add up to {dumped['parts_total']}, the whole amount.", style="dim")
    deeper = next((p["pins"] for p in dumped["parts"] if p.get("pins")), None)
    if deeper:
        pins = " ".join(f'--pin "{k}={v}"' for k, v in deeper.items())
        output.out.print(f'Deeper: apportion explain {dimension} "{target}" {pins}', style="dim")


def _pins(given: list[str]) -> dict[str, str]:
    from apportion.core.errors import BadInput

    pins = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise BadInput(f"'{text}' is not a pin.", hint="Write it like --pin service=shared-db")
        pins[key] = value
    return pins
