"""The parts of apportion.yaml that say who pays: dimensions, cost classes, perspectives and their rules."""

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

NONE = "(none)"
Patterns = str | list[str]
CostClass = Literal["cost_of_revenue", "research_and_development", "overhead"]
SOURCES_OF_ANSWERS = ("tag", "account", "resource", "column", "dimension", "when", "lookup")


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", text):
        raise ValueError(
            f"'{text}' cannot be a name here: use small letters, digits and '_', beginning with a letter"
        )
    return text


Name = Annotated[str, AfterValidator(_name)]


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


class Rule(Part):
    """Moves the cost of the pools it matches to targets, by a method."""

    name: str = Field(min_length=1, max_length=80)
    match: dict[Name, Patterns] = Field(min_length=1)
    method: Literal["direct", "even", "fixed", "proportional"]
    to: Name | None = None
    measure: Name | None = None
    where: dict[Name, Patterns] | None = None
    shares: dict[str, Decimal] | None = None
    targets: list[str] | None = None
    without_usage: Literal["unallocated", "even", "fail"] | CarryForward = "unallocated"

    @field_validator("shares", mode="before")
    @classmethod
    def _percent(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {k: str(v).removesuffix("%").strip() for k, v in value.items()}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {"proportional": "measure", "fixed": "shares"}.get(self.method)
        if needed and getattr(self, needed) is None:
            raise ValueError(f"method {self.method} needs `{needed}`")
        if self.shares is not None and (
            any(s <= 0 for s in self.shares.values()) or sum(self.shares.values()) > 100
        ):
            raise ValueError("`shares` are percentages above 0 that add up to at most 100")
        if self.targets is not None and not self.targets:
            raise ValueError("`targets` names no target")
        return self


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
