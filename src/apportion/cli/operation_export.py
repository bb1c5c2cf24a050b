"""Operations on their way out: one of them explained, many of them written."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app
from apportion.cli.operations import operations
from apportion.core.errors import BadInput, NotFound

if TYPE_CHECKING:
    from apportion.app.exporting import Export
    from apportion.economics.operations import SingleOperation

LINES = ("kind", "quantity", "unit", "price", "cost", "source")


def add_to(_: typer.Typer) -> None:
    """Register the commands of this file in the group of operations."""
    operations.command()(show)
    operations.command()(export)
    operations.command("sinks")(list_sinks)
    operations.command()(follow)


def show(
    ctx: typer.Context,
    operation_id: Annotated[str, typer.Argument(metavar="ID", help="the id it was sent under")],
    form: Output = Format.table,
) -> None:
    """One operation: all that is known of it, and its price line by line."""
    made = open_app(ctx).operation(operation_id)
    found: dict[str, Any] = made.model_dump(mode="json", by_alias=True)
    if form is Format.json:
        output.rows([found], form)
    elif form is Format.csv:
        output.rows(found["price"]["lines"], form)
    else:
        _say(made, found)


def _say(made: "SingleOperation", found: dict[str, Any]) -> None:
    price = made.price
    output.out.print(f"[bold]{output.plain_text(made.headline)}[/bold]")
    output.out.print(output.plain_text(" ".join(filter(None, (price.sentence, price.note)))))
    if price.lines:
        output.rows(found["price"]["lines"], Format.table, columns=LINES)
    rows = {"rate": price.rate, "card": price.card, "lines_card": price.lines_card}
    if price.lines_card == price.card:
        del rows["lines_card"]
    told = {"reported_cost": found["price"]["reported_cost"]}
    told["reported_difference"] = found["price"]["reported_difference"]
    known = {k: v for k, v in {**found["operation"], **rows, **told}.items() if v not in (None, {})}
    width = max(map(len, known))
    for name, value in known.items():
        output.out.print(f"  {name:<{width}}  {output.plain_text(str(value))}")


class Written(StrEnum):
    """What operations are written as."""

    focus = "focus"
    csv = "csv"
    influx = "influx"
    json = "json"


def export(
    ctx: typer.Context,
    only: Annotated[
        list[str] | None, typer.Argument(metavar="[FILTER]...", help="only operations of, like customer=acme")
    ] = None,
    form: Annotated[
        Written, typer.Option("--format", "-f", help="focus, csv, influx (line protocol) or json (lines)")
    ] = Written.csv,
    window: Annotated[
        str, typer.Option("--window", help="30d, a month, or 2026-09-01..2026-10-01; 30d if nothing is said")
    ] = "",
    since: Annotated[str, typer.Option("--since", help="the first day, instead of a window")] = "",
    until: Annotated[str, typer.Option("--until", help="the first day that is left out")] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="a file, which appears whole or not at all; else standard output"),
    ] = None,
    version: Annotated[
        str, typer.Option("--focus-version", help="1.2, 1.3 or 1.4; 1.3 if nothing is said")
    ] = "",
) -> None:
    """Write operations for other tools, the oldest first; FOCUS has one row for each kind of token."""
    from apportion.app.exporting import ExportOrder
    from apportion.cli.ai import filters_of

    order = ExportOrder(form.value, window, since, until, filters_of(only or []), version)
    made = open_app(ctx).export_operations(order)
    try:
        with output.progress("Writing") as said, _target(out) as write:
            for text in made.chunks(said):
                write(text)
    finally:
        made.close()
    for line in _left_to_say(made, order.form, out):
        output.err.print(line, style="dim")


def _left_to_say(made: "Export", form: str, out: Path | None) -> Iterator[str]:
    counts = made.counted
    yield f"{counts.operations:,} operations{f' in {output.plain_text(str(out))}' if out else ''}."
    if form == "focus" and counts.without_cost:
        yield f"{counts.without_cost:,} have no cost and are left out: see 'apportion rates unpriced'."
    if divided := getattr(made.encoder, "divided", 0):
        yield f"{divided:,} were priced by a card that is not kept: their cost is divided by today's prices."


@contextmanager
def _target(out: Path | None) -> Iterator[Callable[[str], object]]:
    """Where the text goes. A file has its name once all of it is on the disk."""
    if out is None:
        yield sys.stdout.write
        sys.stdout.flush()
        return
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file.write
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as why:
        raise BadInput(
            f"It cannot be written: {why.strerror}.", where=str(out), hint="Check the folder."
        ) from why
    finally:
        part.unlink(missing_ok=True)


def list_sinks(ctx: typer.Context, form: Output = Format.table) -> None:
    """Live sinks: what was sent, what waits, and what stands in the way."""
    from dataclasses import asdict

    output.rows([asdict(follower.state()) for follower in open_app(ctx).sinks()], form)


def follow(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="send what waits, then end")] = False,
) -> None:
    """Send operations to the sinks of apportion.yaml as they come in, as `serve` does; Ctrl+C ends it."""
    from apportion.cli.following import follow_all, send_waiting

    followers = open_app(ctx).sinks()
    if not followers:
        raise NotFound("apportion.yaml has no sinks.", hint="See docs/guides/export-operations.md.")
    if once:
        send_waiting(followers)
    else:
        follow_all(followers)
