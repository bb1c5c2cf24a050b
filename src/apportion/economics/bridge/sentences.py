"""The answer of a bridge in one sentence, and what else a reader should know."""

from collections.abc import Sequence
from decimal import Decimal

from apportion.analytics.sentences import count, money
from apportion.core.periods import month_of
from apportion.economics.bridge.models import Bridge, Line, Step
from apportion.economics.bridge.reading import AMORTIZED, NO_ACCOUNT, Traits
from apportion.ingestion import LoadRecord

MONTH_START = "01 00:00"

COMMITTED = ("covered", "left_out")
COVERED = "Usage that commitments pay for"
"""The console may list covered usage and take it back on lines of its own: the two are one reason."""


def of_bill(made: Bridge, steps: Sequence[Step], hidden: Sequence[str]) -> str:
    """What console, invoice and report say of one bill, and what makes most of the difference."""
    month = month_of(made.billing_period).label
    account = f", account {made.account}" if made.account is not None else ""
    console, billed, effective = (
        money(amount, made.currency) for amount in (made.console, made.BilledCost, made.EffectiveCost)
    )
    if made.console == made.BilledCost:
        said = f"{made.source} in {month}{account}: console and invoice both say {billed}"
    else:
        gap = signed(made.BilledCost - made.console, made.currency)
        said = f"{made.source} in {month}{account}: the console says {console}, the invoice {billed} ({gap}"
        said += f"{_mostly(steps, made)})"
    said += "." if made.EffectiveCost == made.BilledCost else f"; amortized, it is {effective}."
    if hidden:
        names = " and ".join(filter(None, [", ".join(hidden[:-1]), hidden[-1]])).lower()
        said += f" Without {names} of {money(made.hidden, made.currency)}."
    return said


def of_all(bridges: Sequence[Bridge]) -> str:
    """The sentence of the only bill, or how many differ."""
    if len(bridges) == 1:
        return bridges[0].headline
    differing = [one for one in bridges if one.console != one.BilledCost]
    if not differing:
        return f"In all of {count(len(bridges), 'bill')} the console's number is the invoice's."
    return f"In {len(differing)} of {count(len(bridges), 'bill')} the console's number is not the invoice's."


def _mostly(steps: Sequence[Step], made: Bridge) -> str:
    """What makes the way from console to invoice, or most of it."""
    moves: dict[str, Decimal] = {}
    for step in steps[: [step.step for step in steps].index("billed")]:
        if step.kind == "change":
            label = COVERED if step.step.startswith(COMMITTED) else step.label
            moves[label] = moves.get(label, Decimal(0)) + step.amount
    moves = {label: amount for label, amount in moves.items() if amount}
    gap = made.BilledCost - made.console
    label = max(moves, key=lambda name: moves[name] if gap > 0 else -moves[name])
    return f", {_within(label)}" if len(moves) == 1 else f", mostly {_within(label)}"


def _within(label: str) -> str:
    """A label inside a sentence; a provider's own word keeps its capitals."""
    first = label.split(" ", maxsplit=1)[0]
    return label if first[1:] != first[1:].lower() else label[:1].lower() + label[1:]


def signed(amount: Decimal, currency: str) -> str:
    """A difference for reading, with its sign."""
    return f"{'+' if amount > 0 else ''}{money(amount, currency)}"


def notes(load: LoadRecord, traits: Traits, lines: Sequence[Line], account: str | None) -> list[str]:
    """Why the console may say something else all the same."""
    currency = lines[0].currency
    month = month_of(load.billing_period).label
    found = []
    if load.state == "estimated":
        found.append(f"{month} is not invoiced yet: the provider still adds to it and may change it.")
    if traits.starts and not traits.starts.endswith(MONTH_START):
        found.append(
            f"The provider's month begins at {traits.starts} UTC. Set its console to the same hours, or its "
            "first and last day differ."
        )
    elif traits.provider == "google":
        found.append(
            "Google Cloud's month is one of Pacific time, for invoices and in its console; days here are UTC."
        )
    if traits.outside:
        found.append(
            f"{money(traits.outside, currency)} of EffectiveCost lies on days outside {month} in UTC; "
            "reports by day show it there."
        )
    moving = {line.effective_step for line in lines if line.to_effective}
    if moving & {"covered_in", "unused_in"} and "purchases_out" not in moving:
        found.append(
            "Commitments cover usage here, and no purchase of one is in these charges: they were bought in "
            "another period or account, or are missing in what was exported."
        )
    twice = [
        out
        for out in load.left_out
        if load.connector in AMORTIZED
        and out.currency == currency
        and account in (None, out.account or NO_ACCOUNT)
    ]
    if twice:
        amount = money(sum((out.amount for out in twice), Decimal(0)), currency)
        rows = count(sum(out.rows for out in twice), "line")
        found.append(
            f"The actual-cost export has {rows} of {amount} that the amortized one has, too; it counts once."
        )
    if account is not None and load.rejected_rows:
        rows = count(load.rejected_rows, "row")
        found.append(f"{rows} of the whole bill could not be read; no account is known for them.")
    return found
