"""Options that many commands share, and the workspace they speak of."""

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from apportion.app import App

VARIABLE = "APPORTION_WORKSPACE"


class Format(StrEnum):
    """How a command prints its rows."""

    table = "table"
    json = "json"
    csv = "csv"


Workspace = Annotated[
    Path | None,
    typer.Option("-w", "--workspace", help=f"Workspace folder; else {VARIABLE}, else the current folder."),
]
Output = Annotated[Format, typer.Option("--format", "-f", help="table, json (all digits, as text) or csv.")]
Window = Annotated[
    str, typer.Option("--window", help="7d, 30d, 90d, a month like 2026-09, or 2026-09-01..2026-10-01.")
]
Metric = Annotated[
    str, typer.Option("--metric", help="EffectiveCost or BilledCost; default from apportion.yaml.")
]


def directory(ctx: typer.Context) -> Path:
    """The workspace folder that the command line means."""
    chosen: Path | None = ctx.obj
    return chosen or Path(os.environ.get(VARIABLE) or ".")


def open_app(ctx: typer.Context) -> "App":
    """The workspace, its file checked. Raises NotFound or BadInput where there is none that can be used."""
    from apportion.app import App

    found = App(directory(ctx))
    _ = found.workspace  # a mistake in the file should be the first thing said
    return found
