"""What the next allocation would change, before it does."""

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated

import typer

from apportion.cli import changes, output
from apportion.cli.context import Format, Metric, open_app
from apportion.core.errors import BadInput, OverLimit


class PlanFormat(StrEnum):
    """How a plan is printed."""

    table = "table"
    json = "json"
    csv = "csv"
    markdown = "markdown"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(plan)


def plan(
    ctx: typer.Context,
    window: changes.Days = "",
    metric: Metric = "",
    fail_over: Annotated[
        str,
        typer.Option(
            "--fail-over", help="exit with 5 where a perspective or a target moves by more, such as 5%"
        ),
    ] = "",
    least: Annotated[
        str,
        typer.Option(
            "--least", help="targets that move by less of their currency do not count for --fail-over"
        ),
    ] = "1",
    limit: changes.Limit = 20,
    form: Annotated[
        PlanFormat,
        typer.Option(
            "--format", "-f", help="table, json (all of it), csv (targets) or markdown (a comment to post)."
        ),
    ] = PlanFormat.table,
) -> None:
    """What `allocate` would change: rules, data, and whose cost moves by how much. Nothing is written."""
    from apportion.analytics.changes import as_comment, over_limit

    percent, amount = _number(fail_over.strip().removesuffix("%"), "--fail-over"), _number(least, "--least")
    app = open_app(ctx)
    with output.progress("Planning") as said:
        found = app.plan(window, metric, said)
    if form is PlanFormat.markdown:
        print(as_comment(found, limit), end="")  # noqa: T201
    else:
        changes.show(found, Format(form.value), limit)
    if percent is None:
        return
    over = over_limit(found, percent, amount or Decimal(0))
    if over:
        listed = "\n  ".join(["More moves than --fail-over allows:", *over[:limit]])
        more = f"\n  and {len(over) - limit:,} more" if len(over) > limit else ""
        raise OverLimit(f"{listed}{more}", hint="Nothing was changed. 'apportion allocate' applies it.")


def _number(text: str, where: str) -> Decimal | None:
    """A number from 0 up; None where nothing was given."""
    if not text.strip():
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number < 0:
        raise BadInput(f"'{text}' is not a number from 0 up.", where=where, hint="Write it like 5% or 0.5%.")
    return number
