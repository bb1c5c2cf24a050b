"""How proposals look in a terminal, and how a person is asked about each."""

from collections.abc import Sequence
from decimal import Decimal

import typer

from apportion.analytics.sentences import count, money, share
from apportion.cli import output
from apportion.suggestions import Coverage, Found, Proposal, Suggestions

CERTAINTY = {
    "stated": "[green]stated[/green]",
    "likely": "[cyan]likely[/cyan]",
    "assumed": "[yellow]assumed[/yellow]",
}
MEANINGS = (
    "stated: tags or usage say so. likely: most of the bill says so. assumed: a convention, for you to judge."
)
SHOWN = 8


def headline(company: str, found: Suggestions) -> None:
    """How much is attributed now, and how much with all proposals."""
    if not found.proposals:
        now = _moved([], found.after) or "no perspective yet"
        output.out.print(f"[bold]Nothing to propose[/bold] beyond what the file says. Attributed: {now}.")
        return
    bill = money(found.charged, found.currency)
    name = f"{output.plain_text(company)}: " if company else ""
    output.out.print(
        f"\n[bold]{name}{count(len(found.proposals), 'proposal')} for a bill of {bill}. "
        f"Attributed: {_moved(found.before, found.after)}.[/bold]"
    )
    output.out.print(f"{MEANINGS} Percentages are after all proposals above.", style="dim")


def show(found: Suggestions, proposal: Proposal) -> None:
    """One proposal: what, how sure, how much, and why."""
    needs = f", with {listed([str(n) for n in sorted(proposal.needs)])}" if proposal.needs else ""
    title = output.plain_text(proposal.title)
    output.out.print(f"\n[bold]{proposal.number:>3}  {title}[/bold]")
    output.out.print(f"     {_effect(found, proposal)} ({CERTAINTY[proposal.certainty]}{needs})")
    for line in proposal.evidence:
        output.out.print(f"     {output.plain_text(line)}", style="dim")


def ask(found: Found) -> list[int]:
    """Ask about each proposal; returns the numbers that were accepted."""
    accepted: list[int] = []
    for proposal in found.suggestions.proposals:
        if missing := [n for n in proposal.needs if n not in accepted]:
            left_out = (
                f"{proposal.number:>3}  {output.plain_text(proposal.title)}: left out, as {missing[0]} was."
            )
            output.out.print(f"\n{left_out}", style="dim")
            continue
        show(found.suggestions, proposal)
        _diff(proposal.diff)
        answer = ""
        while answer not in ("y", "n", "q"):
            answer = (
                typer.prompt("     Accept? y(es), n(o), q(uit asking)", prompt_suffix=" ").strip().lower()[:1]
            )
        if answer == "q":
            break
        if answer == "y":
            accepted.append(proposal.number)
    return accepted


def leftovers(found: Suggestions) -> None:
    """What no proposal brings in: measures to find, and charges without an owner."""
    if found.missing_measures:
        output.out.print(
            "\n[bold]Measures that are missing[/bold] (nothing counts, by day and customer, who used these)"
        )
        for missing in found.missing_measures[:SHOWN]:
            cost = money(missing.cost, found.currency)
            output.out.print(
                f"  {cost:>10}  {output.plain_text(missing.service)}: {output.plain_text(missing.wanted)}"
            )
    if found.offenders:
        output.out.print("\n[bold]Cost that names no team[/bold], the largest first; a tag would settle it")
        for offender in found.offenders[:SHOWN]:
            _offender(found, offender.account, offender.service, offender.resource, offender.cost)
            owner = f"perhaps {offender.likely_owner}: " if offender.likely_owner else ""
            if offender.why:
                output.out.print(f"              {output.plain_text(owner + offender.why)}", style="dim")
    for note in found.notes:
        output.out.print(f"\n[yellow]Note:[/yellow] {output.plain_text(note)}")
    output.out.print()


def _offender(found: Suggestions, account: str, service: str, resource: str, cost: Decimal) -> None:
    where = ", ".join(part for part in (service, resource, account) if part)
    output.out.print(f"  {money(cost, found.currency):>10}  {output.plain_text(where)}")


def _effect(found: Suggestions, proposal: Proposal) -> str:
    moved = _moved(proposal.before, proposal.after)
    if moved:
        return f"{money(proposal.moves, found.currency)}: {moved}"
    dependent = [str(p.number) for p in found.proposals if proposal.number in p.needs]
    if not dependent:
        return "moves nothing: for reports"
    return f"moves nothing by itself; {listed(dependent)} {'needs' if len(dependent) == 1 else 'need'} it"


def listed(words: Sequence[str]) -> str:
    """1, 2 and 3."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _moved(before: Sequence[Coverage], after: Sequence[Coverage]) -> str:
    """Each perspective whose coverage changes, with its share before and after."""
    was = {c.perspective: c for c in before}
    return ", ".join(
        f"{c.perspective} {_share(was.get(c.perspective))} → {_share(c)}"
        for c in after
        if c.attributed != (was[c.perspective].attributed if c.perspective in was else 0)
    )


def _share(coverage: Coverage | None) -> str:
    return share(coverage.percent) if coverage and coverage.percent is not None else share(Decimal(0))


def _diff(text: str) -> None:
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in text.splitlines()[2:]:
        output.out.print(f"     {output.plain_text(line)}", style=styles.get(line[:1], "dim"))
