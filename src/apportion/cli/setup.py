"""Start a workspace, try the demo, serve, and check that all is well."""

import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from apportion.cli import output
from apportion.cli.context import open_app
from apportion.core.errors import BadInput, Refused

if TYPE_CHECKING:
    from apportion.app import App
    from apportion.app.delivering import Outgoing
    from apportion.jobs import Schedule
    from apportion.metering.sinks.following import Follower

LOOPBACK = ("127.0.0.1", "localhost", "::1")
Port = Annotated[int, typer.Option("--port", min=0, max=65535)]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    for command in (init, demo, serve, doctor, schema):
        app.command()(command)


def init(directory: Annotated[Path, typer.Argument(help="a new or empty folder")]) -> None:
    """Write a commented starter apportion.yaml."""
    from importlib.resources import files

    from apportion.workspace import FILE

    target = directory / FILE
    if target.exists():
        raise Refused(f"{target} is there already.", hint="Edit it, or choose another folder.")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        target.write_text(files("apportion").joinpath("starter.yaml").read_text("utf-8"), encoding="utf-8")
    except OSError as why:
        raise BadInput(f"cannot be written: {why}", where=str(target)) from None
    output.out.print(f"Wrote {target}.")
    output.out.print(
        f"Next: apportion -w {directory} ingest focus PATH --source NAME, then … allocate.",
        style="dim",
    )


def demo(
    ctx: typer.Context,
    workspace: Annotated[Path, typer.Option("--workspace", help="where to make it")] = Path(".demo"),
    serving: Annotated[bool, typer.Option("--serve/--no-serve", help="open the dashboard after")] = True,
    port: Port = 8080,
) -> None:
    """Make the demo company, meter, load and allocate it, say what stands out, and serve it."""
    from apportion.app import App
    from apportion.cli.demo import findings, prepare

    directory = ctx.obj or workspace
    prepare(directory)
    app = App(directory)
    findings(app)
    if serving:
        _run(app, "127.0.0.1", port)


def serve(
    ctx: typer.Context,
    host: Annotated[
        str, typer.Option("--host", help="only loopback until there is an owner who logs in")
    ] = "127.0.0.1",
    port: Port = 8080,
    jobs: Annotated[bool, typer.Option("--jobs/--no-jobs", help="run what 'jobs list' shows, too")] = True,
    proxies: Annotated[
        str,
        typer.Option(
            "--forwarded-allow-ips", help="addresses of proxies whose X-Forwarded headers are believed"
        ),
    ] = "",
) -> None:
    """Serve the dashboard and the API of the workspace, and run its jobs beside."""
    _run(open_app(ctx), host, port, jobs=jobs, proxies=proxies)


def doctor(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Option("--source", help="look at one source: access, freshness, columns")
    ] = "",
    measure: Annotated[
        str, typer.Option("--measure", help="look at one measure: access, columns, days")
    ] = "",
) -> None:
    """Check the workspace: file, ledger, freshness, reconciliation. Exit code 1 where something is wrong."""
    from apportion.cli.doctor import checks

    app = open_app(ctx)
    found = list(
        app.examine_source(source) if source else app.examine_measure(measure) if measure else checks(app)
    )
    for check in found:
        mark = {"ok": "[green]ok[/green]  ", "note": "[yellow]note[/yellow]", "bad": "[red]bad[/red] "}[
            check.state
        ]
        output.out.print(f"{mark}  {check.what}")
        if check.next:
            output.out.print(f"      {check.next}", style="dim")
    if any(check.state == "bad" for check in found):
        raise typer.Exit(1)


def schema() -> None:
    """Print the JSON Schema of apportion.yaml, for editors and checks."""
    import json

    from apportion.workspace import schema as of_workspace

    output.out.print_json(json.dumps(of_workspace()))


def _run(app: "App", host: str, port: int, *, jobs: bool = False, proxies: str = "") -> None:
    import uvicorn

    from apportion.api import create_app
    from apportion.jobs import JOBS
    from apportion.jobs import Schedule as Jobs

    known = app.access.configured
    _may_listen(host, known=known, proxies=proxies)
    told = logging.getLogger("apportion.alerts")  # what alerts say, where no channel is named
    told.setLevel(logging.INFO)
    told.addHandler(logging.StreamHandler())
    output.out.print(f"Serving at [bold]http://{host}:{port}[/bold] (Ctrl+C stops)")
    beside: list[Follower | Schedule | Outgoing] = [*app.sinks(rest=True)]
    if jobs:
        beside += [Jobs(app, JOBS), app.outgoing()]
    for one in beside:
        one.start()
    before = signal.signal(signal.SIGTERM, _end)  # after its own shutdown uvicorn raises it again
    try:
        uvicorn.run(
            create_app(app, loopback=not known),  # who logs in may come by any name of this machine
            host=host,
            port=port,
            log_level="warning",
            proxy_headers=bool(proxies),
            forwarded_allow_ips=proxies or None,
        )
    finally:
        signal.signal(signal.SIGTERM, before)
        for one in beside:
            one.stop()
        app.access.close()


def _end(number: int, _: object) -> None:
    """End as if the program had come to its end, so that what waits is written."""
    raise SystemExit(128 + number)


def _may_listen(host: str, *, known: bool, proxies: str) -> None:
    """Refuse to be reached by others while anybody may do anything; warn where it can be overheard."""
    if host in LOOPBACK:
        return
    if not known:
        raise Refused(
            f"{host} can be reached by others, and nobody has to log in yet.",
            hint="Let an owner in first, 'apportion access people add LOGIN --role owner', or use 127.0.0.1.",
        )
    if not proxies:
        output.err.print(
            f"[yellow]Others can reach {host}, and passwords and keys go there in the clear.[/yellow] "
            "Put a proxy with TLS before it, and name the proxy's address with --forwarded-allow-ips."
        )
