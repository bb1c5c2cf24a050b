"""Reports: the same answers as the dashboard and the API give."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from apportion.cli import output
from apportion.cli.context import Format, Metric, Output, Window, open_app

report = typer.Typer(
    help="What customers, services and teams cost, and what they earn.", no_args_is_help=True
)
MOST = 50
SHOWN = {
    "customers": ["customer_id", "revenue", "cost", "gross_margin", "gross_margin_pct", "currency",
                  "direct_pct", "measured_pct", "assumed_pct",
                  "loaded_margin", "cost_trend_pct", "customer_name"],
    "services": ["service", "team", "currency", "cost", "daily_average", "cost_trend_pct", "cost_per_request",
                 "customers", "cost_per_customer"],
    "teams": ["team", "currency", "cost", "share_pct", "cost_trend_pct", "production", "non_production",
              "top_service"],
}  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(report, name="report")


@report.command()
def customers(
    ctx: typer.Context, window: Window = "30d", metric: Metric = "", form: Output = Format.table
) -> None:
    """Margin of every customer, worst first."""
    from apportion import economics

    _print(ctx, economics.customers, "customers", window, metric, form)


@report.command()
def services(
    ctx: typer.Context, window: Window = "30d", metric: Metric = "", form: Output = Format.table
) -> None:
    """Cost of every service: daily average, trend, cost per request and per customer, owning team."""
    from apportion import economics

    _print(ctx, economics.services, "services", window, metric, form)


@report.command()
def teams(
    ctx: typer.Context, window: Window = "30d", metric: Metric = "", form: Output = Format.table
) -> None:
    """Cost of every team, in production and outside it."""
    from apportion import economics

    _print(ctx, economics.teams, "teams", window, metric, form)


@report.command()
def environments(
    ctx: typer.Context,
    by: Annotated[str, typer.Option("--by", help="team or service, or another dimension")] = "team",
    window: Window = "30d",
    metric: Metric = "",
    form: Output = Format.table,
) -> None:
    """Where staging and development cost more than production."""
    from apportion import economics

    report_of = _report(ctx, lambda con, scope: economics.environments(con, scope, by), window, metric)
    found = [{**row, **row.pop("environments")} for row in _dump(report_of)["rows"]]
    _show(report_of, found, form, None)


@report.command()
def units(
    ctx: typer.Context, window: Window = "30d", metric: Metric = "", form: Output = Format.table
) -> None:
    """Cost per unit of each measure, and per active customer."""
    from apportion import economics

    _print(ctx, economics.units, "units", window, metric, form)


@report.command()
def trend(
    ctx: typer.Context,
    by: Annotated[str, typer.Option("--by", help="a dimension")] = "team",
    window: Window = "30d",
    metric: Metric = "",
    form: Output = Format.table,
) -> None:
    """Cost of each day, by any dimension."""
    from apportion import economics

    report_of = _report(ctx, lambda con, scope: economics.trend(con, scope, by), window, metric)
    series = _dump(report_of)["series"]
    found = [
        {"day": total["day"], **{s["key"]: s["points"][i]["cost"] for s in series}, "total": total["cost"]}
        for i, total in enumerate(_dump(report_of)["total"])
    ]
    _show(report_of, found, form, None)


def _print(
    ctx: typer.Context, make: Callable[..., BaseModel], field: str, window: str, metric: str, form: Format
) -> None:
    made = _report(ctx, make, window, metric)
    _show(made, _dump(made)[field], form, SHOWN.get(field))


def _report(ctx: typer.Context, make: Callable[..., BaseModel], window: str, metric: str) -> BaseModel:
    from apportion.analytics.scope import Scope

    with open_app(ctx).reader() as (con, facts):
        return make(con, Scope.of(facts, window, metric or None))


def _dump(made: BaseModel) -> dict[str, Any]:
    return made.model_dump(mode="json", by_alias=True)


def _show(made: BaseModel, found: list[dict[str, Any]], form: Format, columns: Sequence[str] | None) -> None:
    if form is Format.csv:
        found = [{k: v for k, v in row.items() if not isinstance(v, list | dict)} for row in found]
    if form is not Format.table:
        output.rows(found, form)
        return
    dumped = _dump(made)
    meta = dumped["meta"]
    if headline := dumped.get("headline"):
        output.out.print(f"[bold]{headline}[/bold]")
    plain = [k for k in (found[0] if found else {}) if not isinstance(found[0][k], list | dict)]
    output.rows(found, form, columns=columns or plain, most=MOST)
    output.out.print(
        f"{meta['metric']}, {meta['from']} to {meta['to']} (not included), UTC days; data through "
        f"{meta['data_through']}, {meta['status']}; run {meta['run_id']}.",
        style="dim",
    )
