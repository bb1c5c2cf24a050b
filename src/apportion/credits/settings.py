"""The part of apportion.yaml about plans: what customers may use, and what it takes of their credits."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from apportion.core.settings import Name, Part

Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Credits = Annotated[Decimal, Field(ge=0, le=10**9, decimal_places=9)]
Where = Annotated[dict[Name, str | list[str]], Field(min_length=1)]
Link = Annotated[str, StringConstraints(max_length=500, pattern=r"^(https?://\S+)?$")]
Threshold = Annotated[int, Field(ge=1, le=1000)]
By = Literal["unit", "call", "tokens", "cost"]
PeriodKind = Literal["daily", "weekly", "monthly", "yearly"]


class Conversion(Part):
    """How many credits a use takes."""

    by: By | None = Field(default=None, description="one unit, one call, a thousand tokens, one of currency")
    unit: Label | None = Field(default=None, description="only what yields this unit")
    credits: Credits
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$", description="of a cost")
    where: Where | None = Field(default=None, description="fields of operations; * stands for any text")

    @property
    def counts(self) -> By:
        """What is counted; a rule that only names a unit counts that."""
        return self.by or "unit"

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.by is None and self.unit is None:
            raise ValueError("say what is counted: a `unit`, or by: call, tokens or cost")
        if self.currency and self.by != "cost":
            raise ValueError("`currency` belongs to by: cost")
        return self


class FeatureLimit(Part):
    """How much of a feature a period has; without any of these, as much as credits allow."""

    units: Credits | None = None
    unit: Label | None = Field(default=None, description="which units count; any where left out")
    calls: int | None = Field(default=None, ge=0, le=10**12)
    credits: Credits | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        given = [name for name in ("units", "calls", "credits") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"one limit for a feature, not {' and '.join(given)}")
        if self.unit and self.units is None:
            raise ValueError("`unit` says which `units` count; give how many")
        return self


class Overage(Part):
    """Beyond the credits, each has a price."""

    price: Decimal = Field(ge=0, le=10**6, decimal_places=12, description="of one credit")
    cap: Decimal | None = Field(default=None, ge=0, le=10**9, decimal_places=12, description="money a period")


class Throttle(Part):
    """Beyond the credits, slower."""

    calls_per_minute: int = Field(ge=1, le=10**6)


def _by_feature(given: Any) -> Any:
    """A list, and true or false, as limits: what is false is left out, what is true has none."""
    if isinstance(given, list):
        return {str(name): {} for name in given}
    if isinstance(given, dict):
        return {name: {} if limit is True else limit for name, limit in given.items() if limit is not False}
    return given


Features = Annotated[
    dict[Label, FeatureLimit],
    BeforeValidator(_by_feature, json_schema_input_type=list[str] | dict[str, bool | FeatureLimit]),
]


class Plan(Part):
    """What a customer may use, and what happens beyond it."""

    title: str = ""
    features: Features | None = None
    included: Credits | None = Field(default=None, description="credits a period; unlimited where left out")
    period: PeriodKind = "monthly"
    starts: Literal["subscription", "calendar"] = "subscription"
    rollover: Credits | None = Field(default=None, description="of what is left, so much for one period more")
    usage: list[Conversion] | None = None
    overage: Overage | None = None
    throttle: Throttle | None = None
    stop: bool = False
    buy: Link = ""
    thresholds: list[Threshold] | None = None

    @model_validator(mode="after")
    def _one_consequence(self) -> Self:
        said = [name for name in ("overage", "throttle", "stop") if getattr(self, name)]
        if len(said) > 1:
            raise ValueError(f"beyond its credits a plan has one of overage, throttle and stop, not {said}")
        if self.included is None and (said or self.rollover):
            raise ValueError(f"without `included` nothing is ever beyond it: {said or 'rollover'}")
        return self

    @property
    def beyond(self) -> Literal["overage", "throttle", "stop", "none"]:
        """What happens to a customer whose credits are used up."""
        if self.included is None:
            return "none"
        return "overage" if self.overage else "throttle" if self.throttle else "stop"


class Plans(Part):
    """Plans, and what they have in common."""

    default: Label | None = Field(default=None, description="of customers that have none")
    without_plan: Literal["allow", "deny"] = "allow"
    buy: Link = Field(default="", description="where more is bought; {customer} stands for who asks")
    thresholds: list[Threshold] = Field(default_factory=lambda: [80, 100], max_length=20)
    usage: list[Conversion] = Field(default_factory=list)
    offered: dict[Label, Plan] = Field(default_factory=dict)

    def mistakes(self) -> Iterator[tuple[list[int | str], str]]:
        """What each part alone cannot know."""
        known = ", ".join(self.offered) or "none"
        if self.default is not None and self.named(self.default) is None:
            yield ["default"], f"there is no plan '{self.default}' (offered: {known})"
        seen: set[str] = set()
        for name in self.offered:
            if name.casefold() in seen:
                yield ["offered", name], "another plan has this name but for capitals; names ignore them"
            seen.add(name.casefold())

    def named(self, name: str | None) -> str | None:
        """The plan as it is written here; capitals do not matter."""
        if name is None or name in self.offered:
            return name
        wanted = name.strip().casefold()
        return next((known for known in self.offered if known.casefold() == wanted), None)

    def conversions(self, plan: str) -> list[Conversion]:
        """How use becomes credits: the plan's own rules, or those of all."""
        own = self.offered[plan].usage
        return self.usage if own is None else own

    def warns_at(self, plan: str) -> list[int]:
        """Percentages of what is included at which somebody is told."""
        own = self.offered[plan].thresholds
        return sorted(self.thresholds if own is None else own)

    def link_to_buy(self, plan: str | None) -> str:
        """Where more can be bought, as it is written; '' for nowhere."""
        return (self.offered[plan].buy if plan else "") or self.buy
