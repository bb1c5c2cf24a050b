"""What every report knows of the run it reads, and how amounts are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from apportion.core.errors import NotFound
from apportion.core.money import plain

METRICS = ("EffectiveCost", "BilledCost", "ContractedCost", "ListCost")
ALLOCATED_METRICS = METRICS[:2]
NONE = "(none)"
Row = dict[str, Any]

Amount = Annotated[
    Decimal,
    PlainSerializer(plain, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["1234.560000000000"]},
        mode="serialization",
    ),
]
Percent = Annotated[
    Decimal,
    PlainSerializer(plain, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^-?\d+\.\d{2}$", "examples": ["12.50"]}, mode="serialization"
    ),
]


class Part(BaseModel):
    """Base of everything a report is made of: written once, then only read."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True)
class RuleFacts:
    """A rule as the run applied it: its version, and which usage of each of its measures counted."""

    perspective: str
    name: str
    version: str = ""
    where: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Claims:
    """How a run told pools of equal answers apart, as SQL over a charge.

    `chain` is the numbers of the `rules` that took it; `label`, the node it began at, takes that from
    a column `x_chain`. Both need `columns`. `alone` are rules at which equal answers are always one node.
    """

    chain: str
    label: str
    rules: tuple[str, ...]
    columns: tuple[str, ...]
    alone: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """What is true of a run's results as a whole.

    `perspectives` gives each perspective's target dimension. `last_day` is the last complete day of the
    data; every window that is counted in days ends with it. `estimated` are billing periods ("2026-09") of
    which a standing bill is not invoiced yet. `rules_version` changes when any rule or dimension does;
    `claims` are those of the perspectives whose rules look at more than dimensions. `own` is what a tenant's
    charges answer, and nothing for those who see everything: only of these are line items there.
    """

    run_id: str
    loaded_at: datetime
    first_day: date
    last_day: date
    dimensions: tuple[str, ...]
    perspectives: Mapping[str, str]
    currencies: tuple[str, ...]
    currency: str
    metric: str = "EffectiveCost"
    time_zone: str = "UTC"
    estimated: frozenset[str] = frozenset()
    measures: tuple[str, ...] = ()
    rules: tuple[RuleFacts, ...] = ()
    rules_version: str = ""
    claims: Mapping[str, Claims] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)

    @property
    def data_through(self) -> date:
        return self.last_day

    @property
    def main_currency(self) -> str:
        """The reporting currency where the data has it, else the first of the data's currencies."""
        if self.currency in self.currencies or not self.currencies:
            return self.currency
        return self.currencies[0]

    def rule(self, perspective: str, name: str) -> RuleFacts | None:
        """The rule of that name, where the run has it."""
        return next((r for r in self.rules if (r.perspective, r.name) == (perspective, name)), None)

    def perspective_to(self, dimension: str) -> str | None:
        """The perspective that attributes all cost to `dimension`: the one named like it, else the first."""
        if self.perspectives.get(dimension) == dimension:
            return dimension
        return next((name for name, to in self.perspectives.items() if to == dimension), None)

    def need_perspective(self, dimension: str) -> str:
        """Like `perspective_to`; raises NotFound where there is none."""
        name = self.perspective_to(dimension)
        if name is None:
            raise NotFound(
                f"No perspective attributes cost to '{dimension}'.",
                where="apportion.yaml",
                hint=f"Add one under 'perspectives' with 'to: {dimension}', then run 'apportion allocate'.",
            )
        return name

    def need_dimension(self, name: str) -> str:
        """`name` where it is a declared dimension; raises NotFound otherwise."""
        if name not in self.dimensions:
            known = ", ".join(self.dimensions) or "none"
            raise NotFound(
                f"No dimension is named '{name}'.",
                where="apportion.yaml",
                hint=f"Declared dimensions: {known}.",
            )
        return name
