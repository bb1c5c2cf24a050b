"""From a bill to rules: proposals that a person accepts one by one."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app
from apportion.core.errors import BadInput

if TYPE_CHECKING:
    from apportion.app import App
    from apportion.suggestions import Found

ACCEPT, DIFF = "--accept", "--diff"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(suggest)


def suggest(
    ctx: typer.Context,
    accept: Annotated[
        str, typer.Option(ACCEPT, help="numbers to accept, like 1,3,5, and what they need")
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="accept all")] = False,
    diff: Annotated[
        bool, typer.Option(DIFF, help="print the change as a unified diff, and write nothing")
    ] = False,
    form: Output = Format.table,
) -> None:
    """Propose dimensions, rules and measures from the bill, ranked by the cost that they attribute.

    In a terminal, it asks for each; what is accepted is written into apportion.yaml at the end.
    """
    app = open_app(ctx)
    with output.progress("Reading the bill") as said:
        found = app.suggest(said)
    everyone = [p.number for p in found.suggestions.proposals]
    chosen = found.with_needs(_numbers(accept)) if accept else everyone
    if diff:
        print(found.diff(chosen), end="")  # noqa: T201  for `patch`, as it is
    elif accept or everything:
        _accept(app, found, chosen)
    elif form is not Format.table:
        _machine(found, form)
    else:
        _show(app, found)


def in_terminal() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _numbers(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise BadInput(f"'{text}' should be numbers like 1,3,5", where=ACCEPT) from None


def _machine(found: "Found", form: Format) -> None:
    import json

    dumped = found.suggestions.model_dump(mode="json")
    if form is Format.json:
        print(json.dumps(dumped, indent=2))  # noqa: T201
        return
    output.rows(
        [{k: v for k, v in p.items() if k not in ("before", "after")} for p in dumped["proposals"]], form
    )


def _show(app: "App", found: "Found") -> None:
    from apportion.cli import proposals

    proposals.headline(app.workspace.company, found.suggestions)
    if in_terminal() and found.suggestions.proposals:
        accepted = proposals.ask(found)
        proposals.leftovers(found.suggestions)
        if accepted:
            _write(app, found, accepted)
        else:
            output.out.print("Nothing was accepted, nothing was written.")
        return
    for proposal in found.suggestions.proposals:
        proposals.show(found.suggestions, proposal)
    proposals.leftovers(found.suggestions)
    if found.suggestions.proposals:
        output.out.print(
            "Accept with 'apportion suggest --accept 1,2' or --all; see the change to the file with --diff.",
            style="dim",
        )


def _accept(app: "App", found: "Found", numbers: list[int]) -> None:
    from apportion.cli import proposals

    for proposal in found.suggestions.proposals:
        if proposal.number in numbers:
            proposals.show(found.suggestions, proposal)
    proposals.leftovers(found.suggestions)
    _write(app, found, numbers)


def _write(app: "App", found: "Found", numbers: list[int]) -> None:
    app.accept(found, numbers)
    listed = ", ".join(map(str, numbers)) or "none"
    output.out.print(f"Wrote {app.directory / 'apportion.yaml'} with proposals {listed}.")
    output.out.print("Next: apportion allocate, then apportion suggest for what is left.", style="dim")
