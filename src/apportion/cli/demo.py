"""Makes the demo company ready, and prints what it shows."""

from pathlib import Path
from typing import TYPE_CHECKING

from apportion.cli import output
from apportion.core.errors import Refused

if TYPE_CHECKING:
    from apportion.app import App

MARK = ".demo-ready"


def prepare(directory: Path) -> None:
    """Generate, load and allocate the demo company, unless that was finished before.

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
    app = App(directory)
    with output.progress("Loading its bills") as said:
        for why in app.ingest_declared(said=said).problems:
            raise why
    with output.progress("Allocating") as said:
        app.allocate(said)
    (directory / MARK).touch()


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
    where = app.directory
    output.out.print(f"\nTry: apportion -w {where} report customers", style="dim")
