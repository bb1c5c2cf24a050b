"""Rates of one's own, as apportion.yaml has them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

TokenKind = Literal[
    "input", "cache_read", "cache_write", "cache_write_1h", "input_audio", "cache_audio_read", "input_image",
    "output", "output_reasoning", "output_audio", "output_image",
]  # fmt: skip
Price = Annotated[Decimal, Field(ge=0, le=10**9, max_digits=24, decimal_places=12)]
Percent = Annotated[Decimal, Field(ge=-100, le=100, decimal_places=6)]

Weight = Annotated[Decimal, Field(ge=0, le=10**6, decimal_places=6)]
EVEN = {"input": Decimal(1), "output": Decimal(1)}


class ClusterCost(BaseModel):
    """Whose cost pays for the tokens: what the last run attributes to a target."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    perspective: str = Field(min_length=1, description="one of `perspectives`")
    target: str = Field(min_length=1, description="what that perspective attributes to, by its name")


class OwnRate(BaseModel):
    """What you pay where it is not the list price: a price of your own, or a discount off the list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: str = Field(default="*", min_length=1, description="as operations name it; * is a wildcard")
    model: str = Field(default="*", min_length=1, description="its name or the list's; * is a wildcard")
    discount: Percent | None = Field(default=None, description="percent off every list price; below 0 adds")
    per_million: dict[TokenKind, Price] = Field(default_factory=dict, description="token kind → price")
    per_request: Price | None = None
    per_gpu_hour: Price | None = Field(default=None, description="for gpu_seconds; nothing else is charged")
    cluster_cost: ClusterCost | None = Field(default=None, description="shared out by tokens, month by month")
    weights: dict[TokenKind, Weight] = Field(
        default_factory=dict, description="how much a token of a kind takes of the cluster; else all the same"
    )
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    service_tier: str | None = Field(default=None, description="calls of this tier alone")
    batch: bool | None = Field(default=None, description="batches alone, or calls outside them alone")
    region: str | None = Field(default=None, description="calls in this region alone")
    valid_from: date | None = Field(default=None, description="first day, in UTC")
    valid_to: date | None = Field(default=None, description="first day on which it no longer holds")

    @property
    def absolute(self) -> bool:
        """Whether it names prices of its own."""
        return bool(self.per_million) or self.per_request is not None or self.per_gpu_hour is not None

    @property
    def weighed(self) -> dict[str, Decimal]:
        """The weight of a token by kind; kinds that are left out weigh what their whole does."""
        return EVEN | {str(kind): weight for kind, weight in self.weights.items()}

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if [self.discount is not None, self.absolute, self.cluster_cost is not None].count(True) != 1:
            raise ValueError(
                "give either a discount or prices (per_million, per_request, per_gpu_hour) or a cluster_cost"
            )
        if not self.absolute and "currency" in self.model_fields_set:
            of = (
                "discount has the currency of the list"
                if self.cluster_cost is None
                else "cluster_cost has its own"
            )
            raise ValueError(f"a {of}; leave currency out")
        if self.weights and self.cluster_cost is None:
            raise ValueError("weights divide a cluster_cost; there is none here")
        if self.cluster_cost and not (self.weighed["input"] or self.weighed["output"]):
            raise ValueError("input or output needs a weight above 0")
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError("valid_to is the first day after it, so it lies after valid_from")
        return self
