"""Hold FOCUS files to the specification; write the ledger as FOCUS files."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app

if TYPE_CHECKING:
    from apportion.conformance import Finding, Report

VIOLATED = 1
MOST = 8

export = typer.Typer(help="Write what the ledger holds for other tools.", no_args_is_help=True)


class Kind(StrEnum):
    """What an export is written as."""

    parquet = "parquet"
    csv = "csv"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(validate)
    app.add_typer(export, name="export")


@export.command("focus")
def export_focus(
    ctx: typer.Context,
    to: Annotated[Path, typer.Option("--to", help="folder to write below; made where it is missing")],
    version: Annotated[str, typer.Option("--focus-version", help="1.2, 1.3 or 1.4")] = "1.3",
    form: Annotated[
        Kind, typer.Option("--format", "-f", help="parquet (typed) or csv (text)")
    ] = Kind.parquet,
    period: Annotated[str, typer.Option("--period", help="a month like 2026-09; else every one")] = "",
    source: Annotated[str, typer.Option("--source", help="one source; else every one")] = "",
    allocated: Annotated[
        bool, typer.Option("--allocated", help="what was attributed, not what was billed")
    ] = False,
    perspective: Annotated[
        str, typer.Option("--perspective", help="whose attribution; else the customers'")
    ] = "",
    plain: Annotated[
        bool, typer.Option("--plain", help="without x_ columns, but for x_FilledColumns")
    ] = False,
) -> None:
    """Write the charges as FOCUS files, one for each source and billing period, and check each."""
    from apportion.conformance import Order

    chosen = perspective if allocated or perspective else None
    order = Order(version, form.value, source, period, chosen, plain)
    with output.progress("Writing") as said:
        found = open_app(ctx).export_focus(to, order, said)
    for record in found:
        output.out.print(f"{record['path']}: {record['rows']:,} rows{_filled(record)}.")
        for broken in record["broken"]:
            output.out.print(
                f"  MUST {broken['rule']}: {broken['violations']:,} rows. {broken['description']}.",
                style="yellow",
            )


def _filled(record: Mapping[str, Any]) -> str:
    """The columns that were filled, those of most rows first."""
    filled = list(record["filled"].items())
    if not filled:
        return ""
    named = ", ".join(f"{column} ({rows:,})" for column, rows in filled[:MOST])
    more = f" and {len(filled) - MOST} more columns" if len(filled) > MOST else ""
    return f"; filled: {named}{more}"


def validate(
    paths: Annotated[
        list[str], typer.Argument(help="FOCUS files, folders or patterns; together one data set")
    ],
    version: Annotated[
        str, typer.Option("--focus-version", help="1.0 to 1.4; else the one that the columns fit best")
    ] = "",
    samples: Annotated[
        int, typer.Option("--samples", min=0, max=1000, help="rows to show for each rule")
    ] = 3,
    every: Annotated[bool, typer.Option("--all", help="show the rules that are met, too")] = False,
    form: Output = Format.table,
) -> None:
    """Check files against the FOCUS specification, rule by rule; exit code 1 where a MUST is broken."""
    from apportion.conformance import validate as judge

    with output.progress("Checking") as said:
        report = judge(paths, version, samples=samples, said=said)
    if form is Format.table:
        _say(report, every=every)
    else:
        output.rows([_row(f, form) for f in report.findings], form)
    if not report.passed:
        raise typer.Exit(VIOLATED)


def _row(finding: "Finding", form: Format) -> dict[str, Any]:
    row = finding.to_dict()
    return row if form is Format.json else {**row, "samples": _places(finding)}


def _say(report: "Report", *, every: bool) -> None:
    shown = [f for f in report.findings if f.violations or every]
    if shown:
        output.rows([_line(f) for f in shown], Format.table, columns=["level", "rule", "rows", "violations"])
    for finding in shown:
        if finding.violations:
            output.out.print(
                f"[bold]{finding.rule.level} {finding.rule.id}[/bold]: {finding.rule.description}."
            )
            for sample in _places(finding):
                output.out.print(f"  {sample.replace('[', chr(92) + '[')}", style="dim")
    output.out.print(("\n" if shown else "") + _summary(report))


def _line(finding: "Finding") -> dict[str, Any]:
    row = finding.to_dict()
    return row if finding.judged else {**row, "rows": None, "violations": None}


def _places(finding: "Finding") -> list[str]:
    return [
        f"{' '.join(filter(None, (s.file, f'line {s.line}' if s.line else '')))}: "
        + ", ".join(name if value is None and s.line == 1 and finding.rule.check == "header"
                    else f"{name} = {'null' if value is None else value}" for name, value in s.values.items())
        for s in finding.samples
    ]  # fmt: skip


def _summary(report: "Report") -> str:
    judged = sum(f.judged for f in report.findings)
    left = len(report.findings) - judged
    skipped = f", {left} could not be judged for want of columns" if left else ""
    failed, warned = len(report.failures), len(report.warnings)
    verdict = "conforms to" if report.passed else "does not conform to"
    files = report.files[0] if len(report.files) == 1 else f"This data set of {len(report.files)} files"
    return (
        f"{files} {verdict} FOCUS {report.version}: {report.rows:,} rows, {judged} rules checked{skipped}; "
        f"{failed} MUST broken, {warned} SHOULD broken."
    )
