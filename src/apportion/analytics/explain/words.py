"""The sentences of a step and of a chain of steps."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from apportion.analytics.explain.labels import REST
from apportion.analytics.explain.models import Step, StepDriver
from apportion.analytics.explain.steps import Driven, Way
from apportion.analytics.sentences import money

MONEY = ("cost", "attributed")
WORDS = {"cost": "cost", "attributed": "attributed cost"}
SAID = {"direct": "it carries the name", "fixed": "fixed", "follow": "as the cost it follows"}
FIXED = {"fixed": "as rule '{rule}' fixes it", "follow": "as the cost that it follows"}
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


def percent_of(share: Fraction, places: int = 2) -> Decimal:
    """A share in percent, rounded half away from zero."""
    exact = _WIDE.divide(Decimal(100 * share.numerator), Decimal(share.denominator))
    return _WIDE.quantize(exact, Decimal(1).scaleb(-places))


def step_sentence(way: Way, day: date, names: tuple[str, str], currency: str, *, first: bool) -> str:
    """Why a step gave its share; `names` are those of its node and of where it leads."""
    if not way.edge.rule:
        return f"No rule takes cost from {names[0]}."
    if way.method == "direct":
        return _carried(way, names[1], first=first)
    part = f"{percent_of(way.edge.share)} %"
    if names[1] == REST:
        return f"{part} is left to {REST} by rule '{way.edge.rule}'."
    follows = way.method == "follow"
    used = [
        _used(driven, day, currency, follows=follows) for driven in way.driven if driven.quantity is not None
    ]
    if not used:
        return _unused(way, day, part)
    fixed = f", as rule '{way.edge.rule}' fixes it" if way.method == "fixed" else ""
    together = ", together" if len(used) > 1 else ""
    return f"{', and '.join(used)}{fixed} ({part}{together})."


def _carried(way: Way, target: str, *, first: bool) -> str:
    if way.kind == "unallocated":
        return f"These charges carry no {way.to}."
    return f"All of it: {'these charges carry' if first else 'it came with'} the {way.to} {target}."


def _unused(way: Way, day: date, part: str) -> str:
    """Why a step gave its share where nothing was measured."""
    share, even = way.edge.share, way.method == "even"
    measures = " and ".join(each.measure for each in way.driven if each.measure)
    if way.kind == "unallocated":
        return f"There is no use{f' of {measures}' if measures else ''} on {day} ({part})."
    if way.method in FIXED:
        return f"{part}, {FIXED[way.method].format(rule=way.edge.rule)}."
    because = "" if even else f", as there is no use on {day}"
    if share.numerator == 1:
        return f"One of {share.denominator:,} equal shares ({part}){because}."
    return f"{part}{because}."


def _used(driven: Driven, day: date, currency: str, *, follows: bool) -> str:
    quantity, total = driven.quantity or Decimal(0), driven.total or Decimal(0)
    if driven.measure in MONEY:
        amounts = f"{money(quantity, currency)} of {money(total, currency)}"
        word = "the cost it follows" if follows else WORDS[driven.measure]
        return f"{amounts} of {word} {_days(driven, day)}"
    of = f" to {', '.join(driven.keys.values())}" if driven.keys else ""
    return f"{_number(quantity)} of {_number(total)} {driven.measure}{of} {_days(driven, day)}"


def _days(driven: Driven, day: date) -> str:
    start, to = driven.basis_from, driven.basis_to
    if start is None or to is None:
        return f"on {day}"
    days = f"on {to}" if start == to else f"from {start} to {to}"
    if to >= day:
        return days
    nearest = "the nearest day with use before" if start == to else "the nearest days with use before"
    return f"{days}, {nearest} {day}"


def _number(quantity: Decimal) -> str:
    return f"{quantity.normalize():,f}"


def chain_sentence(steps: Sequence[Step]) -> str:
    """The steps of a chain in one sentence; of a single step its own."""
    if len(steps) == 1:
        return steps[0].sentence
    first = steps[0]
    said = [f"{first.name} passed {first.share_pct} % of it to {first.target_name} ({by(first)})"]
    said += [f"which passed {s.share_pct} % to {s.target_name} ({by(s)})" for s in steps[1:]]
    return ", ".join(said) + "."


def by(step: Step) -> str:
    """By what a step was divided, in two or three words."""
    measures = [_measured(driver) for driver in step.drivers if driver.quantity is not None]
    if not step.rule:
        return "no rule takes it"
    if step.method in SAID:
        return SAID[step.method]
    if measures:
        return "by " + " and ".join(measures)
    return "in equal shares"


def _measured(driver: StepDriver) -> str:
    return WORDS.get(driver.measure, driver.measure)
