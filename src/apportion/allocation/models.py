"""The parts of apportion.yaml that say who pays: dimensions, cost classes, perspectives and their rules."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from apportion.allocation.match import checked
from apportion.allocation.patterns import Patterns

IDLE, UNALLOCATED, REST = "(idle)", "(unallocated)", "(rest)"
CostClass = Literal["cost_of_revenue", "research_and_development", "overhead"]
SOURCES_OF_ANSWERS = ("tag", "account", "resource", "column", "dimension", "when", "lookup")
COST, ATTRIBUTED = "cost", "attributed"
"""Measures that are always there: cost as it was charged, and cost that the other rules attribute."""


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", text):
        raise ValueError(
            f"'{text}' cannot be a name here: use small letters, digits and '_', beginning with a letter"
        )
    return text


Name = Annotated[str, AfterValidator(_name)]
Match = Annotated[dict[str, Any], Field(min_length=1), AfterValidator(checked)]


class Part(BaseModel):
    """A part of the workspace file: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(Part):
    """One way to answer a dimension's question. Exactly one of the first seven says where the answer is."""

    tag: list[str] | str | None = Field(default=None, description="tag keys, the first with a value wins")
    account: dict[str, str] | None = Field(default=None, description="SubAccountId → value")
    resource: dict[str, str] | None = Field(default=None, description="pattern of ResourceId → value")
    column: str | None = Field(default=None, description="the value of a FOCUS column")
    dimension: str | None = Field(default=None, description="the answer of a dimension declared before")
    when: dict[str, Patterns] | None = Field(
        default=None, description="columns or dimensions and their patterns"
    )
    lookup: str | None = Field(default=None, description="a CSV file that holds the answers")
    value: str | None = Field(default=None, description="the answer of `when`; the column of `lookup`")
    key: str | None = Field(
        default=None, description="what `lookup` looks up: a column, tag:KEY, or a dimension"
    )
    map: dict[str, str] = Field(default_factory=dict, description="values to replace, compared without case")
    case: Literal["keep", "lower", "upper"] = "keep"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in SOURCES_OF_ANSWERS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"say exactly one of {', '.join(SOURCES_OF_ANSWERS)}; this says {given or 'none'}"
            )
        if self.when is not None and self.value is None:
            raise ValueError("`when` needs a `value`")
        if self.lookup is not None and not (self.key and self.value):
            raise ValueError("`lookup` needs a `key` (what to look up) and a `value` (the column to take)")
        return self


class CarryForward(Part):
    """Use the shares of the nearest earlier day with usage, up to so many days back."""

    carry_forward: int = Field(gt=0, le=366)


class Days(Part):
    """Usage of so many days that end with the day, added up."""

    days: int = Field(gt=1, le=366)


class Tier(Part):
    """Each unit of use up to `up_to` (the last tier has none) counts `weight` times."""

    up_to: Decimal | None = Field(default=None, gt=0)
    weight: Decimal = Field(ge=0, max_digits=18, decimal_places=6)


class Driver(Part):
    """One measure of a mixture, with its weight in percent."""

    measure: Name
    weight: Decimal = Field(gt=0, le=100, decimal_places=6)
    where: dict[Name, Patterns] | None = None


NEEDS: Mapping[str, tuple[str, ...]] = {
    "direct": (),
    "even": (),
    "fixed": ("shares", "amounts"),
    "proportional": ("measure", "measures"),
    "tiered": ("measure",),
    "follow": ("by",),
}
"""What each method needs: one of these settings."""
ONLY_FOR: Mapping[str, tuple[str, ...]] = {
    "shares": ("fixed",),
    "amounts": ("fixed",),
    "measure": ("proportional", "tiered"),
    "measures": ("proportional",),
    "where": ("proportional", "tiered"),
    "tiers": ("tiered",),
    "by": ("follow",),
    "over": ("proportional", "tiered"),
    "targets": ("even",),
}
"""Settings that mean nothing to other methods."""


class Rule(Part):
    """Moves the cost of the pools it matches to targets, by a method."""

    name: str = Field(min_length=1, max_length=80)
    match: Match = Field(description="dimensions or FOCUS columns and what they are; any, all, not")
    method: Literal["direct", "even", "fixed", "proportional", "tiered", "follow"]
    to: Name | None = Field(default=None, description="dimension it moves cost to; default the perspective's")
    measure: Name | None = Field(default=None, description="a measure, 'cost' or 'attributed'")
    measures: list[Driver] | None = Field(default=None, description="a mixture of measures")
    where: dict[Name, Patterns] | None = Field(default=None, description="which usage counts")
    over: Literal["day", "month"] | Days = Field(default="day", description="days whose usage is added up")
    shares: dict[str, Decimal] | None = Field(default=None, description="percent; what they leave goes on")
    amounts: dict[str, Decimal] | None = Field(default=None, description="a month's; what is left goes on")
    tiers: list[Tier] | None = None
    tiering: Literal["graduated", "volume"] = "graduated"
    targets: list[str] | None = None
    by: list[str] | None = Field(default=None, description="what a charge shares with those it follows")
    idle: Literal["visible", "shared"] = Field(
        default="visible", description="what becomes of use that the measure calls idle"
    )
    without_usage: Literal["unallocated", "even", "fail"] | CarryForward = "unallocated"

    @field_validator("shares", mode="before")
    @classmethod
    def _percent(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {k: str(v).removesuffix("%").strip() for k, v in value.items()}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = NEEDS[self.method]
        given = [name for name in needed if getattr(self, name) is not None]
        if needed and len(given) != 1:
            wanted = " or ".join(f"`{name}`" for name in needed)
            raise ValueError(f"method {self.method} needs {wanted}{', not both' if given else ''}")
        for name, methods in ONLY_FOR.items():
            if name in self.model_fields_set and self.method not in methods:
                raise ValueError(
                    f"`{name}` means nothing to method {self.method}, only to {' and '.join(methods)}"
                )
        if self.method == "tiered":
            _check_tiers(self.tiers)
        for name in ("targets", "measures", "by", "shares", "amounts"):
            if getattr(self, name) is not None and not getattr(self, name):
                raise ValueError(f"`{name}` is empty")
        self._check_parts()
        self._check_drivers()
        return self

    def _check_parts(self) -> None:
        """Raises ValueError for shares and amounts that divide nothing."""
        if self.shares is not None and (
            any(s <= 0 for s in self.shares.values()) or sum(self.shares.values()) > 100
        ):
            raise ValueError("`shares` are percentages above 0 that add up to at most 100")
        if REST in {**(self.shares or {}), **(self.amounts or {})}:
            raise ValueError(f"'{REST}' is no target: what a rule leaves goes on to the rules that follow")
        if self.amounts is not None and any(a <= 0 for a in self.amounts.values()):
            raise ValueError("`amounts` are amounts of a month above 0")

    def _check_drivers(self) -> None:
        """Raises ValueError for measures that do not add up, or are asked for what they have not."""
        if self.measures is not None and sum(d.weight for d in self.measures) != 100:
            raise ValueError("the weights of `measures` are percentages that add up to 100")
        if self.measures is not None and self.where is not None:
            raise ValueError("`where` beside `measures` stands with each of them")
        for driver in self.drivers:
            about_use = [n for n, set_ in (("where", driver.where), ("tiers", self.tiers),
                                           ("over", self.over != "day")) if set_]  # fmt: skip
            if driver.measure in (COST, ATTRIBUTED) and about_use:
                raise ValueError(f"`{about_use[0]}` is about usage; measure '{driver.measure}' is none")

    @property
    def drivers(self) -> list[Driver]:
        """The measures it divides by, with their weights in percent; none for other methods."""
        if self.measures is not None:
            return self.measures
        if self.measure is None:
            return []
        return [Driver(measure=self.measure, weight=Decimal(100), where=self.where)]


def _check_tiers(tiers: list[Tier] | None) -> None:
    if not tiers:
        raise ValueError("method tiered needs `tiers`")
    bounds = [tier.up_to for tier in tiers]
    known = [bound for bound in bounds[:-1] if bound is not None]
    if len(known) < len(bounds) - 1 or known != sorted(set(known)) or bounds[-1] is not None:
        raise ValueError("`tiers` go up by `up_to`, and only the last has none")
    if not any(tier.weight for tier in tiers):
        raise ValueError("`tiers` need a weight above 0")


class Perspective(Part):
    """One complete way to attribute all cost to the values of one dimension."""

    to: Name
    rules: list[Rule] = Field(default_factory=list)

    @field_validator("rules")
    @classmethod
    def _distinct(cls, rules: list[Rule]) -> list[Rule]:
        names = [rule.name for rule in rules]
        if twice := sorted({n for n in names if names.count(n) > 1}):
            raise ValueError(f"two rules have the name '{twice[0]}'")
        return rules


class Rules(Part):
    """Everything an allocation follows."""

    dimensions: dict[Name, list[Answer]] = Field(default_factory=dict)
    cost_class: list[Answer] = Field(default_factory=list)
    perspectives: dict[Name, Perspective] = Field(default_factory=dict)
