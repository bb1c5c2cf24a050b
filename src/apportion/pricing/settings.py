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


class OwnRate(BaseModel):
    """What you pay where it is not the list price: a price of your own, or a discount off the list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: str = Field(default="*", min_length=1, description="as operations name it; * is a wildcard")
    model: str = Field(default="*", min_length=1, description="its name or the list's; * is a wildcard")
    discount: Percent | None = Field(default=None, description="percent off every list price; below 0 adds")
    per_million: dict[TokenKind, Price] = Field(default_factory=dict, description="token kind → price")
    per_request: Price | None = None
    per_gpu_hour: Price | None = Field(default=None, description="for gpu_seconds; nothing else is charged")
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

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.discount is None) == (not self.absolute):
            raise ValueError("give either a discount or prices: per_million, per_request or per_gpu_hour")
        if self.discount is not None and "currency" in self.model_fields_set:
            raise ValueError("a discount has the currency of the list; leave currency out")
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError("valid_to is the first day after it, so it lies after valid_from")
        return self
