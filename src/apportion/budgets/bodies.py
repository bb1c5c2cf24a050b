"""What is sent to reserve and to settle."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from apportion.budgets.settings import FIELDS
from apportion.core.errors import BadInput
from apportion.metering.fields import OWN
from apportion.metering.operation import Text, Tokens

Cost = Annotated[Decimal, Field(ge=0, le=10**9, max_digits=24, decimal_places=12)]
_ABOUT = (
    *("customer", "plan", "feature", "organization", "cost_center", "team", "project", "user", "workflow"),
    *("environment", "region", "operation", "provider", "model", "service_tier", "batch", "dimensions"),
)


_TEXT: TypeAdapter[Any] = TypeAdapter(Text)
_COST: TypeAdapter[Any] = TypeAdapter(Cost)


def call_of(given: Mapping[str, str]) -> dict[str, Any]:
    """Whom and what a call is for, by names of fields and `dimensions.NAME`. Raises BadInput for others."""
    names: dict[str, Any] = {}
    own: dict[str, str] = {}
    for field, name in given.items():
        if field in FIELDS:
            names[field] = _read(_TEXT, name, field)
        elif field.startswith(OWN) and len(field) > len(OWN):
            own[field.removeprefix(OWN)] = _read(_TEXT, name, field)
        else:
            raise BadInput(
                "there is no field of this name", where=field[:200], hint="Dimensions are dimensions.NAME."
            )
    return {**names, "dimensions": own}


def estimate_of(given: str) -> Decimal:
    """What a call may cost. Raises BadInput for what is no such amount."""
    found: Decimal = _read(_COST, given, "estimate")
    return found


def _read(kind: TypeAdapter[Any], given: str, where: str) -> Any:
    try:
        return kind.validate_python(given)
    except ValidationError as why:
        raise BadInput(why.errors(include_url=False)[0]["msg"], where=where[:200]) from None


class ReserveBody(BaseModel):
    """A call to come: for whom and what, by which model, and how large."""

    model_config = ConfigDict(extra="forbid")

    id: Text | None = Field(
        default=None,
        description="Of the operation to come; one is made where left out.",
        examples=["call-8731"],
    )
    customer: Text | None = Field(default=None, examples=["acme"])
    plan: Text | None = None
    feature: Text | None = Field(default=None, examples=["summaries"])
    organization: Text | None = None
    cost_center: Text | None = None
    team: Text | None = Field(default=None, examples=["search"])
    project: Text | None = None
    user: Text | None = None
    workflow: Text | None = None
    environment: Text | None = None
    region: Text | None = None
    operation: Text | None = Field(default=None, description="chat, embeddings, …")
    provider: Text | None = Field(default=None, examples=["openai"])
    model: Text | None = Field(default=None, examples=["gpt-4o"])
    service_tier: Text | None = None
    batch: bool | None = None
    dimensions: dict[Text, Text] | None = Field(default=None, max_length=30)
    input_tokens: Tokens | None = Field(default=None, examples=[1000])
    max_tokens: Tokens | None = Field(
        default=None, description="The most output that is asked for.", examples=[500]
    )
    estimate: Cost | None = Field(default=None, description="What it may cost, where you know better.")
    currency: str | None = Field(
        default=None,
        pattern="^[A-Z]{3}$",
        description="Of the estimate; the reporting currency where left out.",
    )

    @property
    def is_input_alone(self) -> bool:
        """Whether a call of that kind has no output that costs."""
        return self.operation == "embeddings"

    def names(self) -> dict[str, Any]:
        """What is said of the operation itself."""
        given = {name: getattr(self, name) for name in _ABOUT}
        return {name: value for name, value in given.items() if value is not None}

    def told(self) -> Mapping[str, Any]:
        """All that makes it this request and no other."""
        return self.model_dump(mode="json", exclude_none=True)


class SettleBody(BaseModel):
    """What became of a call: its operation, or its cost, or that it was not made."""

    model_config = ConfigDict(extra="forbid")

    id: Text = Field(description="What it was reserved as.", examples=["call-8731"])
    operation: dict[str, Any] | None = Field(
        default=None,
        description="The operation, as for POST /operations; what was said when it was reserved may be left "
        "out. It is recorded, once.",
        examples=[{"input_tokens": 1000, "output_tokens": 200}],
    )
    cost: Cost | None = Field(
        default=None, description="What it cost, in the currency of the estimate, until its operation comes."
    )
    release: bool = Field(default=False, description="Nothing was spent.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.operation is not None) + (self.cost is not None) + self.release != 1:
            raise ValueError("say one of `operation`, `cost` and `release: true`")
        return self
