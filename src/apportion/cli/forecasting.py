"""What the month will cost."""

import json
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Metric, Output, open_app
from apportion.core.errors import BadInput

AMOUNTS = ["so_far", "forecast", "low", "high", "last_month", "change", "change_pct", "currency"]
MOST = 50


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(forecast)


def forecast(
    ctx: typer.Context,
    dimensions: Annotated[
        list[str] | None, typer.Argument(help="up to three fields, such as team; none for the total only")
    ] = None,
    perspective: Annotated[
        str, typer.Option("--perspective", help="attributed cost, with 'target' as a field")
    ] = "",
    given: Annotated[
        str, typer.Option("--filter", help='as JSON, such as \'{"environment": ["production"]}\'')
    ] = "",
    window: Annotated[
        str, typer.Option("--window", help="its last day is the last that may be known; 30d, 2026-09, …")
    ] = "30d",
    metric: Metric = "",
    currency: Annotated[str, typer.Option("--currency", help="one currency; else all")] = "",
    days: Annotated[
        bool, typer.Option("--days", help="the next 90 days one by one, instead of the month's end")
    ] = False,
    method: Annotated[
        str, typer.Option("--method", help="band; or run_rate, seasonal_naive, theta")
    ] = "band",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="groups; the rest is one row")] = 20,
    form: Output = Format.table,
) -> None:
    """What the month will cost: so far, at its end with an 80 % interval, against the month before.

    Groups are forecast from their own past, as is the total: they need not add up. What forecasts of months
    that are over were worth stands below.
    """
    from apportion.analytics.query import Query
    from apportion.forecasting import Asked
    from apportion.forecasting import forecast as forecast_cost

    asked = Asked(
        query=_query(
            Query,
            metric=metric or None,
            perspective=perspective or None,
            group_by=dimensions or [],
            filter=_filter(given),
            window=window,
            limit=limit,
        ),
        horizon="90d" if days else "month",
        currency=currency or None,
        method=method,
    )
    app = open_app(ctx)
    with app.reader() as (con, facts):
        report = forecast_cost(con, facts, asked, app.given_forecasts(facts, asked.query))
    dumped = report.model_dump(mode="json", by_alias=True)
    rows = list(_flat(dumped["days"] if days else [*dumped["months"], *dumped["totals"]], report.group_by))
    if form is not Format.table:
        output.rows(rows, form)
        return
    _told(dumped, rows, [*report.group_by, *(["day", "expected", "low", "high"] if days else AMOUNTS)])


def _query(model: Any, **parts: object) -> Any:
    from pydantic import ValidationError

    try:
        return model.model_validate(parts)
    except ValidationError as why:
        first = why.errors()[0]
        raise BadInput(first["msg"], where=".".join(str(part) for part in first["loc"])) from None


def _filter(text: str) -> object:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise BadInput("The filter is not JSON.", where="--filter") from None


def _flat(rows: Iterable[dict[str, Any]], group_by: list[str]) -> Iterable[dict[str, Any]]:
    """Rows with a column for each field; the total's are called that."""
    for row in rows:
        keys = row.pop("keys")
        yield {**{name: keys.get(name, "(total)") for name in group_by}, **row}


def _told(dumped: dict[str, Any], rows: list[dict[str, Any]], columns: list[str]) -> None:
    output.out.print(f"[bold]{dumped['headline']}[/bold]")
    output.rows(rows, Format.table, columns=columns, most=MOST)
    for row in rows:
        if row.get("reason"):
            name = ", ".join(str(row[field]) for field in dumped["group_by"]) or "the total"
            output.out.print(f"No forecast of {output.plain_text(name)}: {row['reason']}", style="dim")
    for kind in dumped["accuracy"]:
        made = "Replayed at" if kind["kind"] == "hindcast" else "As given,"
        output.out.print(
            f"{made} {kind['forecasts']} past forecasts of {kind['currency']} totals: off by "
            f"{kind['mean_error_pct']} % on average, {kind['held_pct']} % within their interval.",
            style="dim",
        )
    if dumped["origin_reason"]:
        output.out.print(dumped["origin_reason"], style="dim")
    meta = dumped["meta"]
    output.out.print(
        f"{meta['metric']}, known through {dumped['origin']}, UTC days; {meta['status']}; "
        f"run {meta['run_id']}.",
        style="dim",
    )
