"""A month of a cluster's cost, divided by its tokens: a price and a row for each rate that shares it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pydantic import BaseModel, ConfigDict

from apportion.core.money import from_units, largest_remainder
from apportion.metering.taken import Taken
from apportion.pricing import DerivedPrice, OwnRate
from apportion.pricing.derived import Derived
from apportion.pricing.overrides import said
from apportion.pricing.settings import ClusterCost

PLACES = 18
"""Decimal places of a price for a million tokens: all that are kept of it."""


class DerivedMonth(BaseModel):
    """A month of a cluster's cost, as the tokens of one rate bear it.

    `cost` is this rate's part of what the run attributes to the target; `rated` what its operations cost as
    they are priced now, and `difference` what is left to them. `idle` is capacity of the target that the run
    calls idle, which no price holds; `quiet_cost` that of days without a token, which the others bear. Both
    are in the first row of a month. `uncounted` operations have no price: they lack counts.
    """

    model_config = ConfigDict(frozen=True)

    rate: int
    provider: str
    model: str
    perspective: str
    target: str
    month: str
    start: date
    end: date
    status: str
    cost: Decimal
    currency: str
    operations: int
    uncounted: int
    weighted_tokens: Decimal
    prices: dict[str, Decimal]
    before: dict[str, Decimal] | None
    rated: Decimal
    difference: Decimal
    note: str | None
    idle: Decimal | None = None
    quiet_days: int | None = None
    quiet_cost: Decimal | None = None


@dataclass(frozen=True)
class DayCost:
    """A target's cost and idle cost on one day, in 10⁻¹² of the currency."""

    day: date
    currency: str
    cost: int
    idle: int


@dataclass(frozen=True)
class Month:
    """A month of a cluster, from `start` up to but not including `end`, of which `run` has the costs.

    `pool` has the rates that share it, `taken` what each of them takes on each day, both by number.
    """

    run: str
    cluster: ClusterCost
    pool: Mapping[int, OwnRate]
    start: date
    end: date
    final: bool
    currency: str
    costs: Sequence[DayCost]
    taken: Mapping[int, Mapping[date, Taken]]

    def divided(self, kept: Derived) -> Iterator[tuple[DerivedMonth, DerivedPrice | None]]:
        """A row for each rate, with its price; None where there is no cost or no token to divide it by.

        `kept` are the prices that hold so far.
        """
        first = min(self.pool)
        parts = {first: self.cost} if self.note else self._parts()
        for number, own in self.pool.items():
            price = None if self.note else self._price(own)
            row = self._row(number, parts.get(number, 0), price, _same(kept, own, self.start))
            if number == first:
                quiet = self._quiet()
                more = {"idle": from_units(sum(c.idle for c in self.costs)), "quiet_days": len(quiet)}
                row = row.model_copy(update={**more, "quiet_cost": from_units(sum(quiet))})
            yield row, price

    @property
    def cost(self) -> int:
        return sum(c.cost for c in self.costs)

    @property
    def note(self) -> str:
        """Why there is no price; '' where there is one."""
        if self.cost <= 0:
            return "no cost in this month"
        return "" if any(self._units().values()) else "no operations with tokens: nobody bears this cost"

    def _units(self) -> dict[int, int]:
        return {number: sum(day.units for day in self._days(number)) for number in self.pool}

    def _days(self, number: int) -> list[Taken]:
        days = self.taken.get(number, {})
        return [day for when, day in days.items() if self.start <= when < self.end]

    def _parts(self) -> dict[int, int]:
        units = self._units()
        names = [f"{number:09}" for number in units]
        return dict(zip(units, largest_remainder(self.cost, list(units.values()), names), strict=True))

    def _quiet(self) -> list[int]:
        """Costs of days on which nobody took a token."""
        busy = {when for days in self.taken.values() for when, day in days.items() if day.units}
        return [c.cost for c in self.costs if c.cost and c.day not in busy]

    def _price(self, own: OwnRate) -> DerivedPrice:
        """Cost in 10⁻¹² over tokens in 10⁻⁶ of one: that is what a million tokens of weight 1 cost."""
        each = Fraction(self.cost, sum(self._units().values()))
        prices = {kind: _rounded(each * Fraction(weight)) for kind, weight in own.weighed.items()}
        return DerivedPrice(said(own), self.start, self.end, self.final, prices, self.currency, self.run)

    def _row(
        self, number: int, cost: int, price: DerivedPrice | None, before: DerivedPrice | None
    ) -> DerivedMonth:
        days = self._days(number)
        rated = sum((day.rated.get(self.currency, Decimal(0)) for day in days), Decimal(0))
        return DerivedMonth(
            rate=number,
            provider=self.pool[number].provider,
            model=self.pool[number].model,
            perspective=self.cluster.perspective,
            target=self.cluster.target,
            month=f"{self.start:%Y-%m}",
            start=self.start,
            end=self.end,
            status="final" if self.final else "so far",
            cost=from_units(cost),
            currency=self.currency,
            operations=sum(day.operations for day in days),
            uncounted=sum(day.uncounted for day in days),
            weighted_tokens=Decimal(sum(day.units for day in days)).scaleb(-6),
            prices=dict(price.prices) if price else {},
            before=dict(before.prices) if before else None,
            rated=rated,
            difference=from_units(cost) - rated,
            note=self.note or None,
        )


def _same(kept: Derived, own: OwnRate, start: date) -> DerivedPrice | None:
    """The price that is kept for the month of `start`."""
    month = f"{start:%Y-%m}"
    return next((price for price in kept.get(said(own), ()) if f"{price.start:%Y-%m}" == month), None)


def _rounded(price: Fraction) -> Decimal:
    """Half up to `PLACES` decimal places, without zeros at the end."""
    exact = price * 10**PLACES
    whole = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    digits = str(whole)
    zeros = min(len(digits) - len(digits.rstrip("0")), PLACES) if whole else PLACES
    return Decimal(f"{whole // 10**zeros}E-{PLACES - zeros}")
