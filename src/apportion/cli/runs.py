"""Runs: what they were, how two differ, which to keep, and what old ones leave to be cleaned."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from apportion.cli import changes, output
from apportion.cli.context import Format, Metric, Output, open_app

runs = typer.Typer(help="Runs of the allocation: what each was made from, and how two differ.")
COLUMNS = [
    "run_id",
    "finished_at",
    "first_day",
    "last_day",
    "charges",
    "results",
    "standing",
    "pinned",
    "as_of",
]
FACTS = (
    *("run_id", "finished_at", "first_day", "last_day", "charges", "results", "metric", "time_zone"),
    *("software", "rules_hash", "digest", "as_of"),
)
Run = Annotated[str, typer.Argument(help="the id of a run, or its beginning")]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(runs, name="runs")
    app.command()(clean)


@runs.callback(invoke_without_command=True)
def list_runs(ctx: typer.Context, form: Output = Format.table) -> None:
    """All runs of the allocation, newest first."""
    if ctx.invoked_subcommand:
        return
    output.rows(open_app(ctx).runs(), form, columns=COLUMNS)


@runs.command("show")
def show_run(ctx: typer.Context, run: Run, form: Output = Format.table) -> None:
    """All of one run: versions, rules as they stood, what came out, and whether it can be repeated."""
    record = open_app(ctx).run(run)
    if form is not Format.table:
        output.rows([record], form)
        return
    _say(record)


@runs.command("diff")
def diff_runs(
    ctx: typer.Context,
    before: Run,
    after: Annotated[str, typer.Argument(help="another; else the one whose results stand")] = "",
    window: changes.Days = "",
    metric: Metric = "",
    limit: changes.Limit = 20,
    form: Output = Format.table,
) -> None:
    """What differs from one run to another: rules, data, and whose cost moved."""
    changes.show(open_app(ctx).run_diff(before, after, window, metric), form, limit)


@runs.command("pin")
def pin_run(
    ctx: typer.Context,
    run: Run,
    unpin: Annotated[bool, typer.Option("--unpin", help="let its files go when their time is over")] = False,
) -> None:
    """Keep the files of a run, however old it gets, so that it can be repeated and compared."""
    found = open_app(ctx).pin_run(run, pinned=not unpin)
    output.out.print(
        f"Run {found.run_id} is not pinned any more."
        if unpin
        else f"Run {found.run_id} is pinned: 'apportion clean' leaves its files alone."
    )


def clean(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would go, and delete nothing")] = False,
    form: Output = Format.table,
) -> None:
    """Delete data files that no version within the retention and no pinned run needs."""
    app = open_app(ctx)
    with output.progress("Cleaning"):
        done = app.clean(dry_run=dry_run)
    found = [
        {"table": t.table, "versions_kept": t.versions_kept, "files": t.files, "bytes": t.bytes}
        for t in done.tables
    ]
    if form is not Format.table:
        output.rows(found, form)
        return
    days = app.workspace.retention.days
    if not done.files:
        output.out.print(f"There is nothing to clean: every file is needed or younger than {days} days.")
        return
    output.rows(found, form)
    verb = "would go" if dry_run else "are gone"
    output.out.print(
        f"{done.files:,} files of {done.bytes:,} bytes {verb}; kept are {days} days and pinned runs."
    )
    if done.runs:
        output.out.print(
            f"{'These' if dry_run else 'From now on these'} runs can be neither repeated nor compared: "
            f"{', '.join(done.runs)}."
        )


def _say(record: dict[str, Any]) -> None:
    """What a run was, for reading."""
    from apportion.analytics.changes.rules import settings_of

    for name in FACTS:
        output.out.print(f"{name.replace('_', ' '):<14} {output.exact(record[name])}", markup=False)
    stands = "its results stand" if record["standing"] else "a later run stands"
    again = "can be repeated" if record["reproducible"] else f"cannot be repeated: {record['missing']}"
    kept = "pinned" if record["pinned"] else "not pinned"
    output.out.print(f"{'state':<14} {stands}; {kept}; {again}", markup=False)
    versions = [{"table": name, "version": version} for name, version in record["versions"].items()]
    output.rows(versions, Format.table, title="Versions read and written")
    for name, perspective in record["perspectives"].items():
        output.out.print(f"Perspective {name}, to {perspective['to']}", style="bold", markup=False)
        for rule in perspective["rules"]:
            output.out.print(f"• {rule['name']}: {_text(settings_of(rule))}", markup=False)
    for note in record["notes"]:
        output.out.print(f"• {note}", style="dim", markup=False)
    output.out.print("--format json has the rules' text and the SQL of the dimensions, too.", style="dim")


def _text(settings: Mapping[str, object]) -> str:
    """Settings on one line, those that are not plain text as JSON."""
    words = {k: v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for k, v in settings.items()}
    return "; ".join(f"{name} {value}" for name, value in words.items())
