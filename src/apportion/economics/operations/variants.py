"""Variants of a prompt: what each costs, how good it is, and what better costs."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal

import duckdb
from pydantic import Field

from apportion.analytics.models import NONE, Amount, Part, Percent, Row
from apportion.analytics.scope import trend_pct
from apportion.analytics.sentences import count, money, share
from apportion.core.errors import BadInput, NotFound
from apportion.core.money import per_unit
from apportion.economics.operations.asked import Asked, OperationsMeta, keys_of
from apportion.economics.operations.figures import Figures, each, figures
from apportion.economics.operations.frontier import Choice, better_than, efficient, proven
from apportion.economics.operations.intervals import Interval, mean, wilson

Quality = Literal["success", "value"]
MOST, NO_VARIANT = 200, "no variant"
COST_WHOLE, VALUE_WHOLE = 9, 4
"""Places of the whole numbers that `sql/variants.sql` squares."""


class Bounds(Part):
    """A 95 % interval."""

    low: Amount
    high: Amount


class Variant(Figures):
    """One variant, or one variant on one model."""

    name: str
    key: dict[str, str]
    cost_bounds: Bounds | None = Field(description="Of the cost per request; null below two operations.")
    success_bounds: Bounds | None = Field(description="Of the success rate in percent, by Wilson's score.")
    mean_value: Amount | None
    valued: int = Field(description="Operations that have a value.")
    value_bounds: Bounds | None = Field(description="Of the mean value; null below two.")
    quality: Amount | None = Field(description="Success in percent, or the mean value.")
    efficient: bool | None = Field(description="No other is as good for less. Null where it is not known.")
    instead: str | None = Field(description="What is as good or better, and costs no more.")


class Step(Part):
    """From one efficient variant to the next better one."""

    cheaper: str
    better: str
    extra_cost: Amount = Field(description="For each request.")
    extra_cost_pct: Percent | None
    extra_quality: Amount = Field(description="Percentage points of success, or value.")
    cost_per_point: Amount | None = Field(description="Extra cost of a request for one point of quality.")
    proven: bool = Field(description="False where the intervals overlap: the difference may be chance.")
    sentence: str


class OperationsVariants(Part):
    """Is the dearer prompt worth it?"""

    meta: OperationsMeta
    headline: str
    prompt: str
    quality: Quality
    variants: list[Variant] = Field(description="The cheapest request first.")
    steps: list[Step] = Field(description="Along the efficient frontier, the cheapest first.")


def operations_variants(
    con: duckdb.DuckDBPyConnection,
    asked: Asked,
    by: Sequence[str] = (),
    quality: Quality | None = None,
) -> OperationsVariants:
    """Variants of the prompt that the filters name, apart by `by` (`model`) where given.

    Quality is success where any is known, else value. Raises BadInput without a prompt, NotFound where no
    operation names it.
    """
    prompt = asked.filters.get("prompt", "")
    if not prompt:
        raise BadInput("Name a prompt.", where="prompt", hint="'apportion ai by prompt' lists them.")
    keys = list(dict.fromkeys(["variant", *by]))
    rows = asked.fetch(con, "variants", keys, most=MOST)
    if not rows:
        raise NotFound(
            f"No operation names the prompt '{prompt}' {asked.phrase}.",
            hint="'apportion ai by prompt' lists those that are there.",
        )
    judged = any(row["judged"] for row in rows)
    measure: Quality = quality or ("success" if judged else "value")
    known = {n: choice for n, row in enumerate(rows) if (choice := _choice(row, keys, measure))}
    frontier = efficient(list(known.values()))
    steps = [_step(a, b, measure, asked.currency) for a, b in pairwise(frontier)]
    return OperationsVariants(
        meta=asked.meta(),
        headline=_headline(prompt, asked, frontier, steps, len(rows), len(known)),
        prompt=prompt,
        quality=measure,
        variants=[_variant(row, keys, known.get(n), frontier) for n, row in enumerate(rows)],
        steps=steps,
    )


def _variant(row: Row, keys: Sequence[str], choice: Choice | None, frontier: list[Choice]) -> Variant:
    cost = mean(row["priced"], row["paid_sum"], row["paid_squares"])
    value = mean(row["valued"], row["value_sum"], row["value_squares"])
    instead = better_than(choice, frontier) if choice else None
    return Variant(
        **figures(row),
        name=_name(row, keys),
        key={name: row[key] for name, key in zip(keys, keys_of(keys), strict=True)},
        cost_bounds=_bounds(cost, -COST_WHOLE, "1e-12"),
        success_bounds=_bounds(wilson(row["successes"], row["judged"]), 2, "0.01"),
        mean_value=each(row["value"], row["valued"]),
        valued=row["valued"],
        value_bounds=_bounds(value, -VALUE_WHOLE, "0.000001"),
        quality=choice.quality if choice else None,
        efficient=instead is None if choice else None,
        instead=instead.name if instead else None,
    )


def _name(row: Row, keys: Sequence[str]) -> str:
    """As sentences call it: terse on gpt-4o; what names no variant has no variant."""
    first, *others = (row[key] for key in keys_of(keys))
    return " on ".join([NO_VARIANT if first == NONE else first, *others])


def _choice(row: Row, keys: Sequence[str], measure: Quality) -> Choice | None:
    """The variant as it is judged; None where its cost or its quality is not known."""
    cost = each(row["cost"], row["priced"])
    bounds: Interval | None
    if measure == "success":
        quality = each(100 * row["successes"], row["judged"])
        bounds = wilson(row["successes"], row["judged"])
    else:
        quality = each(row["value"], row["valued"])
        bounds = mean(row["valued"], row["value_sum"], row["value_squares"])
    if cost is None or quality is None:
        return None
    return Choice(_name(row, keys), cost, quality, bounds)


def _step(cheaper: Choice, better: Choice, measure: Quality, currency: str) -> Step:
    cost, quality = better.cost - cheaper.cost, better.quality - cheaper.quality
    sure, point = proven(cheaper, better), per_unit(cost, quality)
    known: dict[str, Any] = {
        "extra_cost": cost,
        "extra_cost_pct": trend_pct(better.cost, cheaper.cost),
        "extra_quality": quality,
        "cost_per_point": point,
    }
    points = f"{quality:.1f} points more success" if measure == "success" else f"{quality:.3f} more value"
    pct = f" ({share(known['extra_cost_pct'])})" if known["extra_cost_pct"] is not None else ""
    said = (
        f"{better.name} costs {money(cost, currency)}{pct} more a request than {cheaper.name}, for {points}"
    )
    if point is not None:
        said += f": {money(point, currency)} for each point"
    if not sure:
        said += "; their intervals overlap, so the difference may be chance"
    return Step(cheaper=cheaper.name, better=better.name, proven=sure, sentence=f"{said}.", **known)


def _headline(
    prompt: str, asked: Asked, frontier: list[Choice], steps: list[Step], number: int, known: int
) -> str:
    what = f"{prompt} has {count(number, 'variant')} {asked.phrase}"
    if not frontier:
        return f"{what}; of none are both cost and quality known."
    without = f" Of {number - known} cost or quality is not known." if known < number else ""
    if steps:
        return f"{steps[-1].sentence}{without}"
    best = frontier[0]
    each_one = f"{money(best.cost, asked.currency)} a request"
    if known == 1:
        return f"{what}; {best.name} costs {each_one}.{without}"
    return f"{best.name} is the cheapest variant of {prompt} and none is better: {each_one}.{without}"


def _bounds(found: Interval | None, places: int, digits: str) -> Bounds | None:
    """An interval of whole numbers, or of shares, with the point moved by `places`."""
    if found is None:
        return None
    low, high = (bound.scaleb(places).quantize(Decimal(digits)) for bound in found)
    return Bounds(low=low, high=high)
