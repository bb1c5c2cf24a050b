"""The part of apportion.yaml about budgets: whose, how much, how long, and whether they hold."""

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Protocol, Self, get_args

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from apportion.allocation.patterns import fits
from apportion.core.settings import Name, Part
from apportion.core.spans import Span, span
from apportion.metering.fields import OWN
from apportion.metering.operation import TREE

Kind = Literal["daily", "weekly", "monthly", "quarterly", "yearly", "custom"]
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS: tuple[Day, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIELDS = (*TREE, "customer", "plan", "feature", "model", "provider", "environment", "region", "operation")
"""Fields of operations that a budget may be for, beside dimensions of one's own."""
BETWEEN = " / "
"""Between the names of an entity that has several, in `amounts`."""
Names = str | list[str]
Amount = Annotated[Decimal, Field(ge=0, le=10**9, max_digits=18, decimal_places=9)]
Threshold = Annotated[Decimal, Field(gt=0, le=1000, decimal_places=2)]
Place = list[int | str]


class Period(Part):
    """How long an amount is for: a day, week, month, quarter or year, or from one day until another."""

    kind: Kind = "custom"
    from_: date | None = Field(default=None, alias="from", description="the first day")
    until: date | None = Field(default=None, description="the day after the last")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "custom" and (self.from_ is None or self.until is None or self.until <= self.from_):
            raise ValueError(_LENGTHS)
        return self


def _period(given: object) -> object:
    if isinstance(given, Period | dict):
        return given
    if given not in get_args(Kind)[:-1]:
        raise ValueError(_LENGTHS)
    return {"kind": given}


_LENGTHS = (
    "say daily, weekly, monthly, quarterly or yearly, or {from: DAY, until: DAY}, where `until` is the day "
    "after the last"
)
_DAYS = {"type": "string", "format": "date"}
_SHAPE = {
    "anyOf": [
        {"enum": ["daily", "weekly", "monthly", "quarterly", "yearly"]},
        {
            "type": "object",
            "properties": {"from": _DAYS, "until": _DAYS},
            "required": ["from", "until"],
            "additionalProperties": False,
        },
    ]
}


class Budget(Part):
    """An amount for a period, for the whole company or for each of those that `for` names."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    title: str = Field(default="", max_length=200, description="what people call it; its name where left out")
    for_: dict[str, Names] = Field(
        default_factory=dict,
        alias="for",
        description="fields and the names, lists or patterns with `*` that have a budget, each its own",
    )
    amount: Amount | None = Field(default=None, description="the limit of each")
    amounts: dict[str, Amount] = Field(
        default_factory=dict, description="limits of those that have another, by name"
    )
    currency: str | None = Field(
        default=None, pattern=r"^[A-Z]{3}$", description="the reporting currency where left out"
    )
    period: Annotated[Period, BeforeValidator(_period), WithJsonSchema(_SHAPE)] = Field(
        default=Period(kind="monthly"),
        description="daily, weekly, monthly, quarterly, yearly, or {from, until}; in the reporting time zone",
    )
    week_starts: Day = Field(default="monday", description="of a weekly period")
    of: Literal["operations", "cost"] = Field(
        default="operations", description="operations as they happen, or allocated cost, day by day"
    )
    perspective: Name | None = Field(
        default=None, description="for cost: whose targets the names are; charges as billed where left out"
    )
    where: dict[str, Names] = Field(
        default_factory=dict, description="only what has these names, lists or patterns with `*`"
    )
    enforced: bool = Field(default=False, description="refuse reservations that there is no room for")
    unpriced: Literal["deny", "allow"] = Field(
        default="deny", description="what becomes of reservations whose cost nobody can estimate"
    )
    estimate: Amount | None = Field(
        default=None, description="what a reservation holds where nothing better is known"
    )
    thresholds: list[Threshold] = Field(
        default_factory=lambda: [Decimal(50), Decimal(80), Decimal(90)],
        max_length=20,
        description="percentages of the amount; reaching one is remembered once in a period",
    )
    hold: Span = Field(default="5m", description="how long a reservation is held that nobody settles")

    @property
    def held(self) -> timedelta:
        """How long a reservation lasts."""
        return span(self.hold)

    @property
    def marks(self) -> Sequence[int]:
        """Thresholds in hundredths of a percent, the smallest first."""
        return sorted({int(t * 100) for t in self.thresholds})

    def limit(self, names: Sequence[str]) -> Decimal | None:
        """What those of these names (in the order of `for`) may spend; None where that has no budget."""
        return self.amounts.get(BETWEEN.join(names), self.amount)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.amount is None and not self.amounts:
            raise ValueError("say how much: `amount`, or `amounts` by name")
        if self.amounts and not self.for_:
            raise ValueError("`amounts` are for names, and `for` says of what")
        if span(self.hold) < timedelta(minutes=1):
            raise ValueError("a reservation has to be held for a minute at least")
        for key in self.amounts:
            names = key.split(BETWEEN) if len(self.for_) > 1 else [key]
            if len(names) != len(self.for_) or not all(map(fits, names, self.for_.values())):
                raise ValueError(f"'{key}' in `amounts` is none of those that `for` names")
        return self

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        if self.of == "cost":
            if self.enforced:
                raise ValueError("cost is known only afterwards, so its budget cannot be enforced")
            return self
        if self.perspective is not None:
            raise ValueError("a perspective is for budgets `of: cost`")
        for name in (*self.for_, *self.where):
            if name not in FIELDS and not (name.startswith(OWN) and len(name) > len(OWN)):
                raise ValueError(
                    f"operations have no field '{name}' that a budget can be for; there are "
                    f"{', '.join(FIELDS)} and dimensions.NAME"
                )
        return self


Budgets = dict[Name, Budget]


class _Perspective(Protocol):
    @property
    def to(self) -> str: ...


def mistakes(
    budgets: Mapping[str, Budget], perspectives: Mapping[str, _Perspective], answers: Container[str]
) -> Iterator[tuple[Place, str]]:
    """What a budget of cost names that is not there: a perspective, or an answer (dimension) of charges."""
    for name, budget in budgets.items():
        if budget.of != "cost":
            continue
        if budget.perspective is not None and budget.perspective not in perspectives:
            yield ["budgets", name, "perspective"], f"there is no perspective '{budget.perspective}'"
        elif budget.perspective is not None and any(
            field != perspectives[budget.perspective].to for field in budget.for_
        ):
            to = perspectives[budget.perspective].to
            yield (
                ["budgets", name, "for"],
                f"the perspective '{budget.perspective}' attributes to '{to}' alone",
            )
        for part, fields in (("for", budget.for_), ("where", budget.where)):
            for field in fields:
                if field not in answers:
                    yield ["budgets", name, part, field], f"there is no dimension '{field}'"


__all__ = ["BETWEEN", "DAYS", "FIELDS", "Budget", "Budgets", "Period", "mistakes"]
