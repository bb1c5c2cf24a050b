"""Budgets: how each stands, whether there is room, and limits for one period."""

import getpass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app
from apportion.core.errors import BadInput
from apportion.core.money import plain

if TYPE_CHECKING:
    from apportion.budgets.report import OneBudget

budgets = typer.Typer(help="Budgets: spent, held and left of each.", no_args_is_help=True)
LISTED = (
    "budget",
    "entity",
    "state",
    "percent",
    "spent",
    "reserved",
    "limit",
    "currency",
    "until",
    "forecast",
)
ROOM = ("budget", "entity", "enforced", "limit", "spent", "reserved", "remaining", "currency", "resets_at")
FACTS = (
    *("title", "state", "percent", "spent", "reserved", "remaining", "over", "limit", "currency", "start"),
    *("until", "time_zone", "as_of", "forecast", "uncounted"),
)
Name = Annotated[str, typer.Argument(help="the name of the budget in apportion.yaml")]
Entity = Annotated[str, typer.Argument(help="whose, where it is one for each: a name")]
At = Annotated[str, typer.Option("--at", help="a day (its end) or a time; now, or where the data ends")]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(budgets, name="budgets")


@budgets.command("list")
def list_budgets(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="at most so many")] = 100,
    at: At = "",
    form: Output = Format.table,
) -> None:
    """Every budget in the period that runs."""
    found = open_app(ctx).list_budgets(limit=limit, at=at)
    rows = [row.model_dump(mode="json") for row in found.budgets]
    if form is not Format.table:
        output.rows(rows, form)
        return
    if rows:
        past = any(row["as_of"] for row in rows)
        columns = (*LISTED, "as_of") if past else LISTED
        output.rows([_dated(_short(row)) for row in rows], form, columns=columns)
    output.out.print(output.plain_text(found.headline), style="dim")


@budgets.command("show")
def show_budget(
    ctx: typer.Context, name: Name, entity: Entity = "", at: At = "", form: Output = Format.table
) -> None:
    """One budget, day by day."""
    found = open_app(ctx).budget(name, entity, at)
    if form is Format.table:
        _show(found)
    else:
        output.rows([day.model_dump(mode="json") for day in found.by_day], form)


@budgets.command("check")
def check_budgets(
    ctx: typer.Context,
    about: Annotated[list[str], typer.Argument(help="FIELD=NAME, such as team=search or customer=acme")],
    estimate: Annotated[str, typer.Option("--estimate", help="whether there is room for so much")] = "",
    form: Output = Format.table,
) -> None:
    """Whether a call would be let in now; exits with 4 where it would not."""
    from apportion.budgets.bodies import call_of, estimate_of

    names = call_of(_names(about))
    found = open_app(ctx).check_budgets(names, estimate_of(estimate) if estimate else None)
    rows = [row.model_dump(mode="json") for row in found.budgets]
    output.rows([_short(row) for row in rows] if form is Format.table else rows, form, columns=ROOM)
    if form is Format.table:
        output.out.print("There is room." if found.allowed else "There is no room.", style="dim")
    if not found.allowed:
        raise typer.Exit(4)


@budgets.command("adjust")
def adjust_budget(
    ctx: typer.Context,
    name: Name,
    entity: Entity = "",
    amount: Annotated[str, typer.Option("--amount", help="what is added; less than 0 takes away")] = "",
    reason: Annotated[str, typer.Option("--reason", help="why, for whoever asks later")] = "",
) -> None:
    """Add to the limit of the period that runs; the next one has that of the file."""
    if not amount or not reason.strip():
        raise BadInput("how much, and why?", where="--amount, --reason", hint="Give both.")
    _show(open_app(ctx).adjust_budget(name, entity, _amount(amount), reason, getpass.getuser()))


def _show(found: "OneBudget") -> None:
    row = found.model_dump(mode="json")
    whose = _entity(row["entity"])
    output.out.print(f"[bold]{output.plain_text(row['budget'])}[/bold] {output.plain_text(whose)}")
    for name in FACTS:
        if row[name] is not None:
            output.out.print(f"  {name.replace('_', ' ')}: {row[name]}", markup=False)
    for one in row["crossings"]:
        output.out.print(f"  {one['threshold']} % reached at {one['at']}", markup=False)
    for one in row["adjustments"]:
        output.out.print(f"  {one['amount']} by {one['who']} at {one['at']}: {one['reason']}", markup=False)
    if row["by_day"]:
        output.rows(row["by_day"], Format.table)
    held, above = len(found.holds), len(found.overshoots)
    output.out.print(output.plain_text(found.headline), style="dim")
    if held or above:
        output.out.print(f"{held} held, {above} cost more than was held for them.", style="dim")


def _short(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "entity": _entity(row["entity"])}


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    """With the day that it is as of, in its time zone, where that is not now."""
    if row["as_of"] is None:
        return row
    moment = datetime.fromisoformat(row["as_of"]).astimezone(ZoneInfo(row["time_zone"]))
    return {**row, "as_of": f"{moment:%Y-%m-%d}"}


def _entity(names: dict[str, str]) -> str:
    return ", ".join(f"{field} {name}" for field, name in names.items()) or "all"


def _names(about: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in about:
        field, equals, name = text.partition("=")
        if not equals or not field or not name:
            raise BadInput(f"'{text}' is not FIELD=NAME", hint="Write it like team=search.")
        found[field] = name
    return found


def _amount(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) > 10**9:
        raise BadInput(f"'{text}' is not an amount", hint="Write it like 500 or 0.25.")
    return Decimal(plain(found))
