"""Why an amount is what it is: a tree from the number to every step, or one level of it at a time."""

from typing import Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Metric, Output, open_app
from apportion.cli.tree import draw, tree_rows
from apportion.core.errors import BadInput

LINES = ["x_SourceFile", "x_SourceLine", "amount", "amount_of_day", "amount_on_bill", "ChargeDescription"]
PARTS = 50


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(explain)


def explain(
    ctx: typer.Context,
    dimension: Annotated[str, typer.Argument(help="customer, team, or another perspective")],
    target: Annotated[str, typer.Argument(help="its id or exact name; (unallocated) and (idle) count, too")],
    period: Annotated[str, typer.Option("--period", help="A month, such as 2026-10.")] = "",
    service: Annotated[str, typer.Option("--service", help="Only cost that began at this service.")] = "",
    depth: Annotated[
        int | None,
        typer.Option(
            "--depth", min=0, max=5, help="levels: 1 rules, 2 pools, 3 days, then paths, lines; else 3"
        ),
    ] = None,
    pin: Annotated[
        list[str] | None,
        typer.Option("--pin", help="one level only: rule=NAME, service=NAME, day=2026-09-14, … (repeat)"),
    ] = None,
    window: Annotated[
        str, typer.Option("--window", help="7d, 30d, 90d, a month like 2026-09, or 2026-09-01..2026-10-01.")
    ] = "",
    metric: Metric = "",
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, max=500, help="parts of each level; else 5, of one level 50"),
    ] = None,
    cursor: Annotated[int, typer.Option("--cursor", min=0, help="parts of one level to pass over")] = 0,
    form: Output = Format.table,
) -> None:
    """Why an amount is what it is: a tree from the number to every step that made it.

    Parts add up to the amount above them, to the last digit. With --pin, one level at a time, down to the
    line items of the bill.
    """
    from apportion.analytics.explain import DEPTH, MOST, ExplainRequest, explain_tree, find_target
    from apportion.analytics.explain import explain as explain_amount
    from apportion.analytics.scope import DEFAULT_WINDOW, Scope

    if period and window:
        raise BadInput("'--period' and '--window' both say when.", hint="Give one of them.")
    one_level = depth is None and bool(pin or cursor)
    pins = _pins([*([f"service={service}"] if service else []), *(pin or [])])
    with open_app(ctx).reader() as (con, facts):
        scope = Scope.of(facts, period or window or DEFAULT_WINDOW, metric or None)
        named = dimension in facts.perspectives
        perspective = dimension if named else facts.need_perspective(dimension)
        found = find_target(con, facts, perspective, target)
        asked = ExplainRequest(scope, perspective, found, pins, cursor=cursor, limit=limit or PARTS)
        if not one_level:
            tree = explain_tree(con, asked, DEPTH if depth is None else depth, limit or MOST)
        else:
            told = explain_amount(con, asked)
    words = {"--window": period or window, "--metric": metric}
    question = f'{dimension} "{target}"' + "".join(f" {k} {v}" for k, v in words.items() if v)
    if one_level:
        _one_level(told.model_dump(mode="json", by_alias=True), form, question, ctx)
    elif form is Format.table:
        draw(tree, scope.currency)
        _deeper(ctx, question, next((branch.pins for branch in tree.branches if branch.pins), None))
    else:
        output.rows(tree_rows(tree), form)


def _one_level(dumped: dict[str, Any], form: Format, question: str, ctx: typer.Context) -> None:
    if form is not Format.table:
        output.rows(dumped["parts"], form)
        return
    _say(dumped)
    _deeper(ctx, question, next((p["pins"] for p in dumped["parts"] if p.get("pins")), None))


def _deeper(ctx: typer.Context, question: str, pins: dict[str, str] | None) -> None:
    """The command that goes one level down, at the first part."""
    if pins:
        given = " ".join(f'--pin "{k}={v}"' for k, v in pins.items())
        place = f" -w {ctx.obj}" if ctx.obj else ""
        output.out.print(f"Deeper: apportion{place} explain {question} {given}", style="dim", markup=False)


def _say(dumped: dict[str, Any]) -> None:
    """The sentence, the parts, and that they add up."""
    output.out.print(dumped["sentence"], style="bold", markup=False)
    steps = (dumped["basis"] or {}).get("steps", [])
    for step in steps if len(steps) > 1 else []:
        output.out.print(f"  {step['name']} → {step['target_name']}: {step['sentence']}", markup=False)
    for doubt in (dumped["basis"] or {}).get("doubts", []):
        output.out.print(f"  In doubt: {doubt}", style="yellow", markup=False)
    lines = [p["line_item"] for p in dumped["parts"] if p["line_item"]]
    if lines:
        output.rows(lines, Format.table, columns=LINES)
    else:
        output.rows(dumped["parts"], Format.table, columns=["label", "amount", "share_pct", "detail"])
    if dumped["more"]:
        output.out.print(
            f"and {dumped['more']:,} more; --cursor {dumped['next_cursor']} goes on.", style="dim"
        )
    output.out.print(f"Parts add up to {dumped['parts_total']}, the whole amount.", style="dim")


def _pins(given: list[str]) -> dict[str, str]:
    pins = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise BadInput(f"'{text}' is not a pin.", hint="Write it like --pin service=shared-db")
        pins[key] = value
    return pins
