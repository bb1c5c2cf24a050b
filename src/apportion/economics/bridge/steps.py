"""Adds the lines of one bill up to the steps of its bridge."""

from collections.abc import Sequence
from decimal import Decimal

from apportion.core.money import from_units
from apportion.economics.bridge import words
from apportion.economics.bridge.models import BilledPart, Line, Step
from apportion.economics.bridge.words import Words

ZERO = from_units(0)


def steps(lines: Sequence[Line], start: Words, reasons: dict[str, Words]) -> list[Step]:
    """From the console to BilledCost and on to EffectiveCost, over the lines shown.

    `reasons` says of lines that are no charges, by step, why. Steps in which no row moves are left out.
    """
    shown = [line for line in lines if line.shown]
    charges = sum(line.rows for line in shown if line.part)
    to_billed = [(line.billed_step, line.to_billed, line.rows) for line in shown]
    to_effective = [(line.effective_step, line.to_effective, line.rows) for line in shown]
    known = {**reasons, **words.STEPS, **_spread()}
    return [
        _step(lines, "console", "start", start, sum((x.console for x in shown), ZERO), charges),
        *_changes(lines, to_billed, known),
        _step(lines, "billed", "total", words.BILLED, sum((x.BilledCost for x in shown), ZERO), charges),
        *_changes(lines, to_effective, known),
        _step(
            lines, "effective", "total", words.EFFECTIVE, sum((x.EffectiveCost for x in shown), ZERO), charges
        ),
    ]


def parts(lines: Sequence[Line]) -> list[BilledPart]:
    """What BilledCost consists of, hidden parts named with their sums."""
    found = []
    for part, said in words.PARTS.items():
        mine = [line for line in lines if line.part == part]
        if mine:
            found.append(
                BilledPart(
                    **of_bill(mine),
                    part=part,
                    label=said.label,
                    shown=mine[0].shown,
                    rows=sum(line.rows for line in mine),
                    console=sum((line.console for line in mine), ZERO),
                    BilledCost=sum((line.BilledCost for line in mine), ZERO),
                    EffectiveCost=sum((line.EffectiveCost for line in mine), ZERO),
                    sentence=said.sentence,
                )
            )
    return found


def of_bill(lines: Sequence[Line]) -> dict[str, str]:
    """The bill that lines belong to, as the fields of a row."""
    first = lines[0]
    return {"source": first.source, "billing_period": first.billing_period, "currency": first.currency}


def _changes(
    lines: Sequence[Line], moves: Sequence[tuple[str, Decimal, int]], known: dict[str, Words]
) -> list[Step]:
    """One step for each name that has a row which moves, in the order of `known`."""
    moving = [move for move in moves if move[1]]
    return [
        _step(
            lines,
            name,
            "change",
            said,
            sum((amount for at, amount, _ in moving if at == name), ZERO),
            sum(rows for at, _, rows in moving if at == name),
        )
        for name, said in known.items()
        if any(at == name for at, _, _ in moving)
    ]


def _step(lines: Sequence[Line], name: str, kind: str, said: Words, amount: Decimal, rows: int) -> Step:
    return Step.model_validate(
        {
            **of_bill(lines),
            "step": name,
            "kind": kind,
            "label": said.label,
            "amount": amount,
            "rows": rows,
            "sentence": said.sentence,
        }
    )


def _spread() -> dict[str, Words]:
    spread = words.SPREAD
    return {
        f"effective_{part}": Words(spread.label.format(part=said.label), spread.sentence)
        for part, said in words.PARTS.items()
    }
