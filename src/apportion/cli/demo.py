"""Makes the demo company ready, and prints what it shows."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from apportion.cli import output
from apportion.core.errors import Refused

if TYPE_CHECKING:
    from apportion.app import App

MARK = ".demo-ready"
FIRST = datetime(2026, 8, 1, tzinfo=UTC)
"""From when on the demo's budgets count."""


def prepare(directory: Path) -> None:
    """Generate, meter, load, allocate and look at the demo company, unless that was finished before.

    Raises Refused where the folder holds something else.
    """
    if (directory / MARK).exists():
        return
    if directory.exists() and any(directory.iterdir()) and not (directory / "truth.json").exists():
        raise Refused(f"{directory} is not empty.", hint="Give another folder with --workspace DIR.")
    from apportion.app import App
    from apportion.demo import generate

    with output.progress("Making the demo company") as said:
        generate(directory, progress=said)
    with output.progress("Metering its AI operations") as said:
        meter(App(directory), said)
    app = App(directory)  # operations divide the bills of models, so they come first
    with output.progress("Loading its bills") as said:
        for why in app.ingest_declared(said=said).problems:
            raise why
    with output.progress("Allocating") as said:
        app.allocate(said)
        app.keep_budgets()
    with output.progress("Looking for anomalies") as said:
        app.look_for_anomalies(said)
        app.keep_forecasts()
        app.watch_alerts()
    (directory / MARK).touch()


def meter(app: "App", said: Callable[[str], None] = lambda _: None) -> None:
    """Post the operations as a service would, at the end of their last day; then archive them.

    The clock of this machine does not matter: budgets and credits count them when they happened. What was
    posted before counts once.
    """
    from apportion.demo import END
    from apportion.metering.batch import MOST, read_batch

    app.ingest_customers()
    clock = [FIRST]
    app.clock = lambda: clock[0]
    for path in sorted(app.directory.glob("operations/*.jsonl")):
        said(path.stem)
        lines = path.read_bytes().splitlines()
        for first in range(0, len(lines), MOST):
            body = b'{"operations": [' + b",".join(lines[first : first + MOST]) + b"]}"
            batch = read_batch(body, END)
            meter = app.meter  # budgets begin to count with the first operation
            clock[0] = max(operation["time"] for operation in batch.operations)
            meter.keep(batch.operations, "api", END, batch.rejected)
    app.archive_operations(said)
    app.stop()


def limits(app: "App") -> Iterator[tuple[str, str]]:
    """Budgets and credits that are nearly used, or more than used, where the data ends."""
    from apportion.analytics.sentences import money, share

    for row in app.list_budgets().budgets:
        if row.state != "within":
            whose = " ".join(row.entity.values()) or "Everything"
            title = f"{whose} has used {share(row.percent)} of its budget"
            spent, limit = (money(amount, row.currency) for amount in (row.spent, row.limit))
            yield title, f"{row.title}: {spent} of {limit} since {row.start:%-d %B}."
    for used in app.credits().credits:
        if used.state == "over" and used.percent is not None and used.included is not None:
            beyond = used.used - used.included
            cost = used.over.cost if used.over else None
            paid = f", which cost {money(cost, used.over.currency or '')}" if used.over and cost else ""
            title = f"{used.name} has used {share(used.percent)} of its credits"
            yield title, f"{beyond:,.0f} beyond the {used.included:,.0f} of its plan{paid}."


def findings(app: "App") -> None:
    """Print the overview's headline and findings."""
    from apportion.analytics.scope import Scope
    from apportion.economics import overview

    with app.reader() as (con, facts):
        seen = overview(con, Scope.of(facts)).model_dump(mode="json", by_alias=True)
    output.out.print(f"\n[bold]{app.workspace.company}: {seen['headline']}[/bold]")
    for finding in seen["findings"]:
        output.out.print(f"  • {finding['title']}")
        if finding["detail"]:
            output.out.print(f"    {finding['detail']}", style="dim")
    for title, detail in limits(app):
        output.out.print(f"  • {title}")
        output.out.print(f"    {detail}", style="dim")
    where = app.directory
    output.out.print(f"\nTry: apportion -w {where} report customers", style="dim")
