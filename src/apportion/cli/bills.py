"""Bills as their providers see them: from the console's number to the invoice."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli import output, sources
from apportion.cli.context import Format, Output, open_app

if TYPE_CHECKING:
    from apportion.economics import BehindReport

STEP = {"start": "", "change": "  ", "total": "= "}


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(bridge)
    sources.add_to(app)


def bridge(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Option("--source", help="one source; else each of them")] = None,
    period: Annotated[
        str | None,
        typer.Option("--period", help="a billing period like 2026-09; else each source's newest"),
    ] = None,
    account: Annotated[str | None, typer.Option("--account", help="one account of the bill")] = None,
    without: Annotated[
        str, typer.Option("--without", help="parts to hide: credits,refunds,tax,support,marketplace")
    ] = "",
    charges: Annotated[
        str,
        typer.Option("--charges", help="list the charges of one step of the first bill instead, by its key"),
    ] = "",
    form: Output = Format.table,
) -> None:
    """Why is this not the number in the provider's console? Step by step to the invoice and to the report."""
    from apportion.economics import BehindRequest, BridgeRequest

    hidden = frozenset(part.strip() for part in without.split(",") if part.strip())
    request = BridgeRequest(source, period, account, hidden)
    if charges:
        _charges(open_app(ctx).bridge_charges(request, BehindRequest(charges, limit=1000)), form)
        return
    report = open_app(ctx).bridge(request)
    dumped: dict[str, Any] = report.model_dump(mode="json")
    if form is not Format.table:
        output.rows(dumped["steps"], form)
        return
    for bill in dumped["bridges"]:
        _say(bill, dumped)


def _charges(report: "BehindReport", form: Format) -> None:
    """The charges of a step, those that move most first."""
    dumped: dict[str, Any] = report.model_dump(mode="json")
    if form is not Format.table:
        output.rows(dumped["charges"], form)
        return
    output.out.print(f"[bold]{report.label}, {report.source} {report.billing_period}[/bold]")
    columns = ["x_SourceFile", "x_SourceLine", "amount", "console", "BilledCost", "EffectiveCost"]
    columns += ["line_item_type", "ServiceName", "ChargeDescription"]
    output.rows(dumped["charges"], form, columns=columns, most=50)
    output.out.print(f"All of them: {report.amount:f} {report.currency}.", style="dim")


def _say(bill: dict[str, Any], dumped: dict[str, Any]) -> None:
    """One bill: the sentence, the steps, what BilledCost consists of, the invoices."""

    def of_bill(name: str) -> list[dict[str, Any]]:
        keys = ("source", "billing_period", "currency")
        return [row for row in dumped[name] if all(row[key] == bill[key] for key in keys)]

    output.out.print(f"[bold]{bill['headline']}[/bold]")
    steps = [
        {**row, "step": STEP[row["kind"]] + row["label"], "why": row["sentence"]} for row in of_bill("steps")
    ]
    output.rows(steps, Format.table, columns=["step", "amount", "rows", "why"])
    parts = [
        {**row, "part": row["label"] + ("" if row["shown"] else " (hidden)")} for row in of_bill("parts")
    ]
    output.rows(
        parts,
        Format.table,
        title="What BilledCost consists of",
        columns=["part", "BilledCost", "console", "rows"],
    )
    invoices = [{**row, "invoice": row["invoice_id"] or "no invoice yet"} for row in of_bill("invoices")]
    output.rows(invoices, Format.table, title="Invoices", columns=["invoice", "BilledCost", "issuer", "rows"])
    for note in bill["notes"]:
        output.out.print(f"• {note}", style="dim")
    output.out.print(
        f"{bill['currency']}, {bill['state']}, loaded {bill['loaded_at']}. The steps add up exactly.",
        style="dim",
    )
