"""Which operations a cluster's rate takes, and how much of the cluster their tokens take, day by day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from apportion.core.errors import BadInput
from apportion.engine import statement
from apportion.pricing import COSTED, RateCard, conditions
from apportion.pricing.prices import Prices
from apportion.pricing.rate import Rate


@dataclass
class Taken:
    """Operations of a rate on a day: `units` are weighted tokens in 10⁻⁶ of one.

    `uncounted` operations lack counts that a price needs; `rated` is what the others cost now, by currency.
    """

    operations: int = 0
    uncounted: int = 0
    units: int = 0
    rated: dict[str, Decimal] = field(default_factory=dict)


def taken(
    con: duckdb.DuckDBPyConnection,
    card: RateCard,
    weights: Mapping[int, Mapping[str, Decimal]],
    first: date,
    last: date,
) -> dict[int, dict[date, Taken]]:
    """By number of the rate, as `card` gives operations to rates; `weights` are those of a token by kind."""
    weighing = {number: _weighing(of) for number, of in weights.items()}
    span = {"start": first.isoformat(), "until": (last + timedelta(days=1)).isoformat()}
    result = con.execute(statement("apportion.metering", "tokens_by_day"), span)
    names = [column[0] for column in result.description or []]
    found: dict[int, dict[date, Taken]] = {}
    for values in result.fetchall():
        row = dict(zip(names, values, strict=True))
        if weighs := weighing.get(number := _number(card, row)):
            _add(found.setdefault(number, {}).setdefault(row["day"], Taken()), row, weighs)
    return found


def _weighing(weights: Mapping[str, Decimal]) -> Prices:
    """Weights as prices for a million tokens, so that parts of a count are weighed as they are priced."""
    rates = {kind: Rate(provider="", model="", kind=kind, price=weight) for kind, weight in weights.items()}
    return Prices(rates, "", "")


def _number(card: RateCard, row: Mapping[str, Any]) -> int:
    """Of one's own rates the one that takes these operations; 0 where the price list does, or nobody."""
    when = conditions(row["service_tier"], row["batch"], row["region"])
    rates = card.find(row["provider"] or "", row["model"] or "", row["day"], when).rates
    return rates[0].override if rates else 0


def _add(day: Taken, row: Mapping[str, Any], weighing: Prices) -> None:
    day.operations += row["operations"]
    if row["cost"] is not None:
        day.rated[row["currency"]] = day.rated.get(row["currency"], Decimal(0)) + row["cost"]
    weighed = weighing.of(row)
    if not row["contradicts"] and weighed.state in COSTED:
        day.units += weighed.cost
    elif row["no_input"] or row["no_output"] or row["contradicts"]:
        day.uncounted += row["operations"]
    else:
        raise BadInput(
            "tokens of a day weigh more than can be counted",
            where="apportion.yaml, rates, weights",
            hint="What counts is how weights compare, so smaller ones will do.",
        )
