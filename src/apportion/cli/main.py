"""All commands under one name, and what a mistake looks like."""

import sys

import typer

from apportion.cli import (
    access,
    actions,
    ai,
    ai_value,
    alert_channels,
    alerts,
    allocating,
    anomalies,
    bills,
    budgets,
    conformance,
    explaining,
    forecasting,
    ingesting,
    jobs,
    operation_export,
    operations,
    planning,
    rates,
    reading,
    reports,
    repricing,
    runs,
    setup,
    suggesting,
    usage,
)
from apportion.cli import credits as credit_commands
from apportion.cli.context import Workspace
from apportion.cli.output import problem
from apportion.core.errors import ApportionError

INTERRUPTED = 130

app = typer.Typer(
    name="apportion",
    help="What every customer, feature and team costs: to the cent, with the reason.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

for module in (
    *(setup, ingesting, usage, suggesting, planning, allocating, runs),
    *(reports, forecasting, bills, explaining, reading, rates, repricing, ai, ai_value),
    credit_commands,
    *(
        budgets,
        anomalies,
        alerts,
        alert_channels,
        actions,
        jobs,
        access,
        operations,
        operation_export,
        conformance,
    ),
):
    module.add_to(app)


@app.callback()
def _options(ctx: typer.Context, workspace: Workspace = None) -> None:
    ctx.obj = workspace


def main() -> None:
    """Run the command line; the exit code says how it ended (see docs/reference/cli.md)."""
    try:
        app()
    except ApportionError as why:
        problem(why)
        sys.exit(why.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            sys.stderr.write("\nStopped. What was committed before stands; nothing else was changed.\n")
        raise
