"""What runs on a schedule: all of it once, from cron or by hand, and how it went."""

from typing import Annotated

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app
from apportion.core.errors import BadInput

jobs = typer.Typer(help="Jobs: bring in, allocate, look for anomalies, alert. 'serve' runs them by itself.")
SHOWN = ("job", "outcome", "said", "seconds")
LISTED = ("job", "what", "every_minutes", "started", "outcome", "said", "seconds")


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(jobs, name="jobs", no_args_is_help=True)


@jobs.command()
def run(
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="only these; else all, in their order")] = None,
    form: Output = Format.table,
) -> None:
    """Run all jobs once, one after the other. Exit code 1 where one failed; the others have run."""
    from apportion.jobs import JOBS, run_jobs

    known = [job.name for job in JOBS]
    if wrong := [name for name in names or [] if name not in known]:
        raise BadInput(f"No job is called '{wrong[0]}'.", hint=f"There are: {', '.join(known)}.")
    app = open_app(ctx)
    with output.progress("Running") as said:
        done = list(run_jobs(app, [job for job in JOBS if not names or job.name in names], said))
    rows = [{**vars(ran), "seconds": round(ran.seconds, 1)} for ran in done]
    output.rows(rows, form, columns=SHOWN)
    if any(ran.outcome == "failed" for ran in done):
        raise typer.Exit(1)


@jobs.command("list")
def list_jobs(ctx: typer.Context, form: Output = Format.table) -> None:
    """Every job, how often 'serve' runs it, and how its last run went."""
    from apportion.jobs import JOBS

    last = {row["job"]: row for row in open_app(ctx).last_jobs()}
    rows = [
        {
            "job": job.name,
            "what": job.what,
            "every_minutes": int(job.every.total_seconds()) // 60,
            **{name: last.get(job.name, {}).get(name) for name in ("started", "outcome", "said", "seconds")},
        }
        for job in JOBS
    ]
    output.rows(rows, form, columns=LISTED)
