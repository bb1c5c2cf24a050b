"""Bring in bills, usage, customers and revenue; see what was loaded."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app
from apportion.core.errors import BadInput


class Kind(StrEnum):
    """What a load brought."""

    all = "all"
    bill = "bill"
    usage = "usage"
    customers = "customers"
    revenue = "revenue"
    identities = "identities"


TABLES = {
    "totals": "Totals",
    "controls": "The bill's own sums, by kind of line",
    "left_out": "Lines that are no charges",
    "repairs": "Repairs",
    "rejects": "Rejected rows",
}
_NO_REPAIR = ("filled from", "missing in the bill")

loads = typer.Typer(help="What was loaded, when, and what was repaired or rejected in it.")


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(ingest)
    app.add_typer(loads, name="loads")


def ingest(
    ctx: typer.Context,
    connector: Annotated[
        str, typer.Argument(help="aws, azure, focus, …; left out: what apportion.yaml names")
    ] = "",
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="a file, folder, pattern or s3://, az://, gs:// place; or several files"),
    ] = None,
    source: Annotated[
        str, typer.Option("--source", help="what to call where the bill comes from; alone: just that source")
    ] = "",
    replace: Annotated[bool, typer.Option("--replace", help="even if a period shrinks by over half")] = False,
    form: Output = Format.table,
) -> None:
    """Load what is new or changed: each billing period of a source replaces what was loaded for it before."""
    app = open_app(ctx)
    if not connector and source:
        with output.progress(f"Loading {source}") as said:
            found = app.ingest_source(source, replace=replace, said=said)
    elif not connector:
        if not app.names_anything():
            raise BadInput(
                "apportion.yaml names no source.",
                hint="Name one under 'sources', or: apportion ingest focus PATH --source NAME",
            )
        with output.progress("Loading") as said:
            found = app.ingest_declared(replace=replace, said=said)
    else:
        if not paths or not source:
            raise BadInput(
                "Say what to load and what to call it.", hint="apportion ingest focus PATH --source NAME"
            )
        with output.progress(f"Loading {source}") as said:
            found = app.ingest_bill(source, paths, connector=connector, replace=replace, said=said)
    if form is not Format.table:
        output.rows(found.records, form)
    else:
        for record in found.records:
            _say(record)
    for why in found.problems[:-1]:
        output.problem(why)
    if found.problems:
        raise found.problems[-1]


@loads.callback(invoke_without_command=True)
def list_loads(
    ctx: typer.Context,
    kind: Annotated[Kind, typer.Option("--kind", help="one kind of load alone")] = Kind.all,
    form: Output = Format.table,
) -> None:
    """All loads, newest first."""
    if ctx.invoked_subcommand:
        return
    found = open_app(ctx).loads("" if kind is Kind.all else kind.value)
    columns = [
        "load_id",
        "kind",
        "source",
        "billing_period",
        "loaded_at",
        "status",
        "state",
        "rows",
        "rejected_rows",
    ]
    output.rows(found, form, columns=columns)


@loads.command("show")
def show_load(ctx: typer.Context, load_id: str, form: Output = Format.table) -> None:
    """One load: totals, repairs, rejected rows, and what changed against the load before."""
    record = open_app(ctx).load(load_id)
    if form is not Format.table:
        output.rows([record], form)
        return
    _say(record)
    for key, title in TABLES.items():
        if record.get(key):
            output.rows(record[key], form, title=title)
    for note in record["notes"]:
        output.out.print(f"• {note}", style="dim")
    restatement = record.get("restatement")
    if restatement:
        output.rows(restatement["changes"], form, title="Changes against the load before")


def _say(record: dict[str, Any]) -> None:
    rejected = f", {record['rejected_rows']:,} rejected" if record["rejected_rows"] else ""
    repaired = sum(r["rows"] for r in record["repairs"] if not r["repair"].startswith(_NO_REPAIR))
    repairs = f", {repaired:,} values put in FOCUS form" if repaired else ""
    output.out.print(
        f"{' '.join(filter(None, (record['source'], record['billing_period'])))}: "
        f"{record['rows']:,} rows{rejected}{repairs} ({_status(record)}). Load {record['load_id']}."
    )


def _status(record: dict[str, Any]) -> str:
    return ", ".join(filter(None, (record["status"], record["state"])))
