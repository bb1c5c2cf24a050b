"""Revenue less cost: the gross margin carries the cost of revenue alone, the loaded margin all cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent
from apportion.core.money import percent
from apportion.economics.evidence import CostEvidence, Evidence, Known


class Earning(Known, Protocol):
    """Anything with revenue and cost in one currency, and how the cost is known."""

    @property
    def currency(self) -> str: ...
    @property
    def revenue(self) -> Decimal: ...
    @property
    def cost(self) -> Decimal: ...
    @property
    def cost_of_revenue(self) -> Decimal: ...


class MarginFigures(Part):
    """Revenue, cost and margin in one currency."""

    currency: str
    revenue: Amount
    cost: Amount
    cost_of_revenue: Amount
    gross_margin: Amount
    gross_margin_pct: Percent | None = Field(description="Null where there is no revenue.")
    loaded_margin: Amount
    loaded_margin_pct: Percent | None


class MarginTotals(Evidence, MarginFigures):
    """Revenue, cost and margin of several customers in one currency, and how their cost is known."""


@dataclass(frozen=True)
class Margin:
    """Gross and loaded margin, in money and in percent of revenue (None where there is none)."""

    revenue: Decimal
    cost: Decimal
    cost_of_revenue: Decimal

    @property
    def figures(self) -> dict[str, Decimal | None]:
        gross, loaded = self.revenue - self.cost_of_revenue, self.revenue - self.cost
        return {
            "revenue": self.revenue,
            "cost": self.cost,
            "cost_of_revenue": self.cost_of_revenue,
            "gross_margin": gross,
            "gross_margin_pct": percent(gross, self.revenue),
            "loaded_margin": loaded,
            "loaded_margin_pct": percent(loaded, self.revenue),
        }


def total(rows: Iterable[Earning], currency: str) -> MarginTotals:
    """The sum of the rows in `currency`."""
    mine = [row for row in rows if row.currency == currency]
    zero = Decimal(0).scaleb(-12)
    margin = Margin(
        sum((row.revenue for row in mine), zero),
        sum((row.cost for row in mine), zero),
        sum((row.cost_of_revenue for row in mine), zero),
    )
    known = CostEvidence.of(mine)
    return MarginTotals.model_validate({"currency": currency, **margin.figures, **known.figures})
