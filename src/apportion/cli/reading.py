"""Ask the ledger: read-only SQL, and what an amount is made of."""

from typing import Annotated, Any, Optional

import typer

from apportion.cli import output
from apportion.cli.context import Format, Metric, Output, Window, open_app

DEFAULT = "30d"


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
    window: Window = DEFAULT,
    metric: Metric = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="parts to show")] = 50,
    cursor: Annotated[int, typer.Option("--cursor", min=0, help="parts to pass over")] = 0,
    form: Output = Format.table,
) -> None:
    """What an amount is made of, one level at a time, down to the line items of the bill."""
    from apportion.analytics.explain import ExplainRequest
    from apportion.analytics.explain import explain as explain_amount
    from apportion.analytics.scope import Scope

    with open_app(ctx).reader() as (con, facts):
        scope = Scope.of(facts, window, metric or None)
        asked = ExplainRequest(
            scope,
            facts.need_perspective(dimension),
            target,
            _pins(pin or []),
            cursor=cursor,
            limit=limit,
        )
        explained = explain_amount(con, asked)
    dumped: dict[str, Any] = explained.model_dump(mode="json", by_alias=True)
    if form is not Format.table:
        output.rows(dumped["parts"], form)
        return
    _say(dumped)
    deeper = next((p["pins"] for p in dumped["parts"] if p.get("pins")), None)
    if deeper:
        words = {"--window": window if window != DEFAULT else None, "--metric": metric or None}
        options = "".join(f" {k} {v}" for k, v in words.items() if v)
        pins = " ".join(f'--pin "{k}={v}"' for k, v in deeper.items())
        place = f" -w {ctx.obj}" if ctx.obj else ""
        output.out.print(
            f'Deeper: apportion{place} explain {dimension} "{target}"{options} {pins}', style="dim"
        )


def _say(dumped: dict[str, Any]) -> None:
    """The sentence, the parts, and that they add up."""
    output.out.print(f"[bold]{dumped['sentence']}[/bold]")
    lines = [p["line_item"] for p in dumped["parts"] if p["line_item"]]
    if lines:
        shown = [
            "x_SourceFile",
            "x_SourceLine",
            "amount",
            "amount_of_day",
            "amount_on_bill",
            "ChargeDescription",
        ]
        output.rows(lines, Format.table, columns=shown)
    else:
        output.rows(dumped["parts"], Format.table, columns=["label", "amount", "share_pct", "detail"])
    if dumped["more"]:
        output.out.print(
            f"and {dumped['more']:,} more; --cursor {dumped['next_cursor']} goes on.", style="dim"
        )
    output.out.print(f"Parts add up to {dumped['parts_total']}, the whole amount.", style="dim")


def _pins(given: list[str]) -> dict[str, str]:
    from apportion.core.errors import BadInput

    pins = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise BadInput(f"'{text}' is not a pin.", hint="Write it like --pin service=shared-db")
        pins[key] = value
    return pins
