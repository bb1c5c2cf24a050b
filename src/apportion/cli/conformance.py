"""Hold FOCUS files to the specification; write the ledger as FOCUS files."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output

if TYPE_CHECKING:
    from apportion.conformance import Finding, Report

VIOLATED = 1


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(validate)


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
