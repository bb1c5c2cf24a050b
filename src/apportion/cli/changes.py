"""What changed and whose cost moves, printed."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format

if TYPE_CHECKING:
    from apportion.analytics.changes import Changes

Days = Annotated[
    str,
    typer.Option(
        "--window", help="all days where left out; else 30d, a month like 2026-09, or 2026-09-01..2026-10-01"
    ),
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="rows of each table to show")]
PERSPECTIVES = [
    "perspective",
    "currency",
    "total_before",
    "total_after",
    "moved",
    "moved_pct",
    "unallocated_before",
    "unallocated_after",
    "idle_before",
    "idle_after",
    "targets_moved",
]
TARGETS = ["perspective", "target", "currency", "before", "after", "change", "change_pct", "state"]
DATA = ["table", "name", "period", "change", "what", "currency", "before", "after", "difference"]


def show(found: "Changes", form: Format, limit: int) -> None:
    """JSON is the whole answer as one object, CSV its targets, a table what a person wants to know first."""
    dumped: dict[str, Any] = found.model_dump(mode="json", by_alias=True)
    if form is Format.json:
        typer.echo(json.dumps(dumped, indent=2))
        return
    if form is Format.csv:
        output.rows(dumped["targets"], form)
        return
    output.out.print(f"[bold]{_plain(found.headline)}[/bold]")
    for r in found.rules:
        shown = (
            "" if r.change == "removed" else f": {'; '.join(_setting(s.model_dump()) for s in r.settings)}"
        )
        output.out.print(_plain(f"• {r.perspective}: rule '{r.rule}' {r.change}{shown}"))
    for s in found.settings:
        output.out.print(_plain(f"• {_setting(s.model_dump())}"))
    _rows(dumped["data"], "Data that has another version", DATA, limit)
    if found.moved:
        moving = [p for p in dumped["perspectives"] if p["change"] != "same"]
        _rows(moving, f"{found.meta.metric}, {found.meta.label}", PERSPECTIVES, limit)
        _rows(dumped["targets"], "Whose cost moves", TARGETS, limit)
    for note in found.notes:
        output.out.print(_plain(note), style="dim")


def _rows(found: list[dict[str, Any]], title: str, columns: list[str], limit: int) -> None:
    if found:
        output.rows(found, Format.table, title=title, columns=columns, most=limit)


def _setting(s: dict[str, Any]) -> str:
    if s["before"] is None:
        return f"{s['setting']} {s['after']}"
    return f"{s['setting']} {s['before']} → {s['after'] if s['after'] is not None else 'not set'}"


def _plain(text: str) -> str:
    return text.replace("[", "\\[")
