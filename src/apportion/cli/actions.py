"""Actions: what may be done about alerts, what was, and taking it back."""

import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app
from apportion.core.errors import BadInput

if TYPE_CHECKING:
    from apportion.alerts.actions.running import ActionRun
    from apportion.alerts.actions.settings import AnyAction

actions = typer.Typer(
    help="Actions: what may be done about alerts besides telling somebody.", no_args_is_help=True
)
LISTED = ("name", "kind", "armed", "covers", "at_most", "when")
LOGGED = ("action_id", "at", "action", "target", "outcome", "said", "reason", "who", "undone")
FAILED = 1


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(actions, name="actions")


@actions.command("list")
def list_actions(ctx: typer.Context, form: Output = Format.table) -> None:
    """What apportion.yaml allows to be done, and whether it is armed."""
    found = open_app(ctx).workspace.alerts.actions
    rows = [_row(name, action) for name, action in found.items()]
    output.rows(rows, form, columns=LISTED)


@actions.command("run")
def run_action(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="as apportion.yaml calls it")],
    armed: Annotated[
        bool, typer.Option("--armed/--dry-run", help="do it; else only say what would be done")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="why; needed with --armed")] = "",
    target: Annotated[str, typer.Option("--target", help="only this of what it covers")] = "",
    form: Output = Format.table,
) -> None:
    """Run an action; without --armed it only says what it would do."""
    app = open_app(ctx)
    if app.workspace.alerts.actions.get(name, None) and app.workspace.alerts.actions[name].kind == "webhook":
        hint = "'apportion alerts test CHANNEL' sends it something."
        raise BadInput("A webhook is run by alerts alone.", where=name, hint=hint)
    with output.progress(f"Running {name}"):
        done = app.run_action(name, getpass.getuser(), armed=armed, only=target, reason=reason)
    output.rows([_logged(ran) for ran in done], form, columns=("target", "outcome", "said", "action_id"))
    if any(ran.outcome == "failed" for ran in done):
        raise typer.Exit(FAILED)


@actions.command("undo")
def undo_action(
    ctx: typer.Context,
    action: Annotated[str, typer.Argument(help="the id of what was done, or its beginning")],
) -> None:
    """Put what an action changed back into the state before."""
    app = open_app(ctx)
    with output.progress("Undoing"):
        ran = app.undo_action(action, getpass.getuser())
    output.out.print(output.plain_text(f"{ran.target}: {ran.said}"))


@actions.command("log")
def log(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="at most so many")] = 50,
    form: Output = Format.table,
) -> None:
    """What was done, and in dry runs would have been, the newest first."""
    output.rows([_logged(ran) for ran in open_app(ctx).action_log(limit)], form, columns=LOGGED)


def _row(name: str, action: "AnyAction") -> dict[str, Any]:
    given = action.model_dump()
    covers = given.get("functions") or given.get("tags") or given.get("channel") or given.get("budgets")
    return {
        "name": name,
        "kind": action.kind,
        "armed": action.armed,
        "covers": _text(covers),
        "at_most": action.at_most,
        "when": _text(action.when) or "people run it",
    }


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(inner)}" for name, inner in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value or "")


def _logged(ran: "ActionRun") -> dict[str, Any]:
    at = f"{ran.at:%Y-%m-%d %H:%M}"
    return {**vars(ran), "at": at, "undone": f"{ran.undone:%Y-%m-%d %H:%M}" if ran.undone else None}
