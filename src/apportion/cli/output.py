"""How rows and errors are printed."""

import csv
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from apportion.cli.context import Format
from apportion.core.errors import ApportionError
from apportion.core.money import plain

WIDEST, FEW = 16, 20
# A table that goes elsewhere than to a terminal need not fit one.
_width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160
out = Console(highlight=False, soft_wrap=True, width=_width)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Rows = Sequence[Mapping[str, Any]]


def rows(
    found: Rows, form: Format, *, title: str = "", columns: Sequence[str] | None = None, most: int = 0
) -> None:
    """Print rows as a table for reading, or as JSON or CSV with every row, column and digit for machines.

    `columns` and `most` choose what of them the table shows.
    """
    if form is Format.json:
        print(json.dumps([{k: exact(v) for k, v in row.items()} for row in found], indent=2))  # noqa: T201
        return
    if form is Format.csv:
        _csv(found)
        return
    if not found:
        out.print("[dim]Nothing to show.[/dim]")
        return
    shown = list(columns or found[0])
    if len(shown) > WIDEST:
        _records(found[:FEW], len(found))
        return
    hidden = 0
    table = _table(found[: most or None], shown, title, plain_names=columns is None)
    while len(shown) > 2 and _natural_width(table) > out.width:
        shown.pop()
        hidden += 1
        table = _table(found[: most or None], shown, title, plain_names=columns is None)
    out.print(table, soft_wrap=False)
    if hidden:
        out.print(f"{hidden} columns do not fit here; --format json or csv has all of them.", style="dim")
    if most and len(found) > most:
        out.print(f"and {len(found) - most:,} more rows; --format json or csv has all of them.", style="dim")


def _natural_width(table: Table) -> int:
    return Measurement.get(out, out.options.update(max_width=10_000), table).maximum


def _table(found: Rows, shown: Sequence[str], title: str, *, plain_names: bool) -> Table:
    table = Table(title=title or None, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for column in shown:
        name = column.removesuffix("_pct").replace("_", " ") + (" %" if column.endswith("_pct") else "")
        table.add_column(
            column if plain_names or not column.islower() else name,
            justify="right" if any(_is_number(row.get(column)) for row in found) else "left",
            no_wrap=True,
        )
    for row in found:
        table.add_row(*(_cell(column, row.get(column)) for column in shown))
    return table


def _records(found: Rows, count: int) -> None:
    """Rows too wide for a table, one value a line; values that are missing are left out."""
    for i, row in enumerate(found, start=1):
        out.print(f"[bold]row {i} of {count:,}[/bold]")
        for column, value in row.items():
            if value is not None:
                out.print(f"  {column:<32} {_cell(column, value)}")


def exact(value: Any) -> Any:
    """A value as JSON has it: amounts and times as text, maps and lists as they are."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): exact(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [exact(v) for v in value]
    if isinstance(value, bytes):
        return value.hex()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def guarded(text: str) -> str:
    """Text that a spreadsheet will not run as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "=", "+", "-", "@") else text


def problem(why: ApportionError) -> None:
    """An error as a person can use it: where, what, what next."""
    place = f"{why.where}: " if why.where else ""
    err.print(f"[bold red]Error:[/bold red] {_plain(place + why.message)}")
    if why.hint:
        err.print(_plain(why.hint), style="dim")


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """A line on the terminal that says what is being done; nothing where there is no terminal."""
    with err.status(f"{what} …") as status:
        yield lambda step: status.update(f"{what}: {_plain(step)} …")


def _csv(found: Rows) -> None:
    if not found:
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(found[0])
    for row in found:
        writer.writerow([_csv_cell(v) for v in row.values()])


def _csv_cell(value: Any) -> Any:
    value = exact(value)
    if isinstance(value, dict | list):
        value = json.dumps(value)
    return guarded(value) if isinstance(value, str) and not _is_number(value) else value


def _cell(column: str, value: Any) -> str:
    if value is None:
        return "[dim]–[/dim]"
    if column.endswith("_pct") and _is_number(value):
        return f"{Decimal(str(value)):,.1f}".replace("-", "−")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, Decimal) or (_is_number(value) and "." in value):
        return _amount(Decimal(str(value)))
    return _plain(str(exact(value)))


def _amount(amount: Decimal) -> str:
    """Two places, or as many as a small amount needs to show three digits of itself."""
    places = 2 if amount == 0 or abs(amount) >= 1 else min(12, 2 - amount.adjusted())
    text = f"{amount:,.{places}f}".replace("-", "−")
    return f"[red]{text}[/red]" if amount < 0 else text


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | Decimal):
        return True
    if not isinstance(value, str):
        return False
    return value.lstrip("-").replace(".", "", 1).isascii() and value.lstrip("-").replace(".", "", 1).isdigit()


def plain_text(text: str) -> str:
    """Text that is printed as it is, whatever brackets it has."""
    return _plain(text)


def _plain(text: str) -> str:
    return text.replace("[", "\\[")
