"""What AI operations cost and yield: at a glance, by anything, up the tree, by prompt, at other prices."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, Window, open_app
from apportion.core.errors import BadInput

if TYPE_CHECKING:
    import duckdb
    from pydantic import BaseModel

    from apportion.economics.operations import Asked

ai = typer.Typer(help="AI operations: what they cost and yield, and on whose account.", no_args_is_help=True)
MOST = 50
FIGURES = (
    "cost", "share_pct", "change_pct", "operations", "cost_per_request", "tokens", "cached_pct",
    "success_pct", "cost_per_success", "estimated", "unpriced", "unknown",
)  # fmt: skip
ALTERNATIVE = (
    "model", "operations", "compared", "cost_now", "cost_then", "difference_pct", "per_request_now",
    "per_request_then", "unpriced", "unknown", "without_cost",
)  # fmt: skip
LISTED = (
    "time", "operation_id", "feature", "customer", "provider", "model", "input_tokens", "output_tokens",
    "cost", "currency", "price_state", "success",
)  # fmt: skip
TOPS = ("projects", "users", "features", "models", "customers", "workflows")

Where = Annotated[
    list[str] | None,
    typer.Option("--where", help="only operations of, like feature=chat; repeated, all must hold"),
]
Currency = Annotated[str, typer.Option("--currency", help="else the reporting currency")]
Row = dict[str, Any]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(ai, name="ai")


@ai.command()
def overview(
    ctx: typer.Context,
    where: Where = None,
    window: Window = "30d",
    currency: Currency = "",
    form: Output = Format.table,
) -> None:
    """Cost, tokens and success, and what costs most; JSON and CSV have one row for each line of it."""
    from apportion.economics.operations import operations_overview

    made = report_of(ctx, operations_overview, where, window, currency)
    found = [_row({"total": "all"}, made["total"])]
    found += [_row({name[:-1]: " ".join(g["key"].values())}, g) for name in TOPS for g in made[name]]
    found += [_row({"day": day["start"]}, day) for day in made["daily"]]
    rows = [{"what": (first := next(iter(row))), "key": row.pop(first), **row} for row in found]
    shown = [row for row in rows if row["what"] != "day"]
    show(made, shown if form is Format.table else rows, form, ("what", "key", *FIGURES))


@ai.command("by")
def by_anything(
    ctx: typer.Context,
    dimensions: Annotated[
        list[str], typer.Argument(help="one to three of feature, model, customer, plan, team, prompt, …")
    ],
    where: Where = None,
    window: Window = "30d",
    currency: Currency = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="so many of the dearest")] = 100,
    form: Output = Format.table,
) -> None:
    """Cost, tokens, yield and success by anything, the dearest first."""
    from apportion.economics.operations import operations_breakdown

    made = report_of(
        ctx, lambda con, asked: operations_breakdown(con, asked, dimensions, limit), where, window, currency
    )
    rows = [_row(group.pop("key"), group) for group in made["groups"]]
    show(made, rows, form, (*made["by"], *FIGURES[:6], "unit", "cost_per_unit", *FIGURES[6:]))


def _at(level: str) -> Any:
    return typer.Option(f"--{level.replace('_', '-')}", help=f"open this {level.replace('_', ' ')}")


@ai.command()
def tree(
    ctx: typer.Context,
    organization: Annotated[str, _at("organization")] = "",
    cost_center: Annotated[str, _at("cost_center")] = "",
    team: Annotated[str, _at("team")] = "",
    project: Annotated[str, _at("project")] = "",
    user: Annotated[str, _at("user")] = "",
    workflow: Annotated[str, _at("workflow")] = "",
    level: Annotated[str, typer.Option("--level", help="open into this level; else the next below")] = "",
    where: Where = None,
    window: Window = "30d",
    currency: Currency = "",
    form: Output = Format.table,
) -> None:
    """Organization, cost center, team, project, user, workflow, call: each opens into the next."""
    from apportion.economics.operations import operations_tree

    pins = {"organization": organization, "cost_center": cost_center, "team": team, "project": project}
    pins |= {"user": user, "workflow": workflow}
    made = report_of(
        ctx, lambda con, asked: operations_tree(con, asked, level or None), where, window, currency, **pins
    )
    if form is Format.table and (path := [a for a in made["path"] if a["name"]]):
        said = " › ".join(f"{above['level'].replace('_', ' ')} {above['name']}" for above in path)
        output.out.print(output.plain_text(said), style="dim")
    if made["calls"]:
        show(made, made["calls"], form, tuple(made["calls"][0]))
        return
    rows = [{made["level"]: node.pop("name"), **_row({}, node)} for node in made["children"]]
    show(made, rows, form, (made["level"], "cost", "cost_per_day", *FIGURES[1:]))


@ai.command("list")
def list_operations(
    ctx: typer.Context,
    where: Where = None,
    window: Window = "30d",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="so many of the newest")] = 50,
    cursor: Annotated[str, typer.Option("--cursor", help="go on where a list ended")] = "",
    form: Output = Format.table,
) -> None:
    """Operations one by one, the newest first."""
    from apportion.economics.operations import operations_list

    made = report_of(ctx, lambda con, asked: operations_list(con, asked, cursor, limit), where, window, "")
    show(made, made["operations"], form, LISTED, most=limit)
    if made["next_cursor"]:
        output.err.print(f"More with --cursor {made['next_cursor']}", style="dim")


@ai.command("what-if")
def what_if(
    ctx: typer.Context,
    model: Annotated[
        list[str], typer.Option("--model", help="the model whose prices to use, alone or as provider/model")
    ],
    provider: Annotated[str, typer.Option("--provider", help="the provider of these models")] = "",
    by: Annotated[list[str] | None, typer.Option("--by", help="variant, feature, …; up to two")] = None,
    where: Where = None,
    window: Window = "30d",
    currency: Currency = "",
    form: Output = Format.table,
) -> None:
    """The same operations at the prices of other models."""
    from apportion.economics.operations import operations_what_if

    card = open_app(ctx).rate_card
    made = report_of(
        ctx,
        lambda con, asked: operations_what_if(con, asked, card, model, provider, by or []),
        where,
        window,
        currency,
    )
    rows = [{**row.pop("key"), **row} for row in made["alternatives"]]
    show(made, rows, form, (*made["by"], *ALTERNATIVE))
    if form is Format.table:
        said = " ".join(filter(None, (made["missing"] and f"Unpriced: {made['missing']}.", made["note"])))
        output.out.print(output.plain_text(said), style="dim")


class Quality(StrEnum):
    """What is good."""

    success = "success"
    value = "value"


@ai.command()
def variants(
    ctx: typer.Context,
    prompt: Annotated[str, typer.Argument(help="the name of a prompt")],
    by: Annotated[str, typer.Option("--by", help="model, say: each variant apart by it")] = "",
    quality: Annotated[
        Quality | None, typer.Option("--quality", help="what is good; else success where any is known")
    ] = None,
    where: Where = None,
    window: Window = "30d",
    currency: Currency = "",
    form: Output = Format.table,
) -> None:
    """Variants of a prompt: cost against quality, and what each point of quality costs."""
    from apportion.economics.operations import operations_variants

    good: Literal["success", "value"] | None = None
    if quality:
        good = "success" if quality is Quality.success else "value"
    apart = [by] if by else []
    made = report_of(
        ctx,
        lambda con, asked: operations_variants(con, asked, apart, good),
        where,
        window,
        currency,
        prompt=prompt,
    )
    rows = [_flat(variant) for variant in made["variants"]]
    columns = ("name", "efficient", "instead", "operations", "cost_per_request", "quality")
    bounds = "success_bounds" if made["quality"] == "success" else "value_bounds"
    show(made, rows, form, (*columns, f"{bounds}_low", f"{bounds}_high", "cost"))
    if form is Format.table:
        for step in made["steps"][:-1]:
            output.out.print(output.plain_text(step["sentence"]))


def _flat(row: Row) -> Row:
    """A variant as one row: its key and the ends of its intervals as columns of their own."""
    found: Row = {}
    for name, value in row.items():
        if name.endswith("_bounds"):
            found |= {f"{name}_{end}": value and value[end] for end in ("low", "high")}
        elif name == "key":
            found |= value
        else:
            found[name] = value
    return found


def _row(key: Row, figures: Row) -> Row:
    """A group as one row: its key, its figures, and what it yielded where that is one unit alone."""
    units = figures.get("units") or []
    one = units[0] if len(units) == 1 else {}
    plain = {name: value for name, value in figures.items() if not isinstance(value, list | dict)}
    yielded = {name: one.get(name) for name in ("unit", "units", "cost_per_unit", "tokens_per_unit")}
    return {**key, **plain, **(yielded if "units" in figures else {})}


def report_of(
    ctx: typer.Context,
    make: "Callable[[duckdb.DuckDBPyConnection, Asked], BaseModel]",
    where: list[str] | None,
    window: str,
    currency: str,
    **more: str,
) -> Row:
    """A report as JSON has it; `more` are filters with an option of their own."""
    from apportion.economics.operations import Asked

    filters = {**filters_of(where or []), **{name: value for name, value in more.items() if value}}
    with open_app(ctx).operations_asked() as (con, facts):
        made = make(con, Asked.of(facts, window, currency or None, filters))
    return made.model_dump(mode="json", by_alias=True)


def filters_of(given: Sequence[str]) -> dict[str, str]:
    """Filters as they are typed: feature=chat. Raises BadInput for what is none."""
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise BadInput(f"'{text}' is no filter.", hint="Write it like feature=chat.")
        found[name] = value
    return found


def show(made: Row, rows: list[Row], form: Format, columns: Sequence[str], most: int = MOST) -> None:
    if form is not Format.table:
        output.rows(rows, form)
        return
    meta = made["meta"]
    output.out.print(f"[bold]{output.plain_text(made['headline'])}[/bold]")
    known = [c for c in columns if any(row.get(c) is not None for row in rows)]
    output.rows(rows, form, columns=known, most=most)
    output.out.print(
        f"{meta['metric']} in {meta['currency']}, {meta['from']} to {meta['to']} (not included), "
        f"{meta['time_zone']} days; data through {meta['data_through']}, {meta['status']}.",
        style="dim",
    )
