"""What is asked before and after a call, and what is answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from apportion.core.money import plain

Basis = Literal["given", "rates", "learned", "output", "default", "none"]
Money = Annotated[
    Decimal,
    PlainSerializer(plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}, mode="serialization"),
]
"""An amount as text with all its digits."""
State = Literal["held", "settled", "released", "expired"]


@dataclass(frozen=True)
class Estimate:
    """What a call may cost, in 10⁻⁹ of `currency`, as far as rates say.

    `cost` None: nothing says. `unpriced`: the model is named, and no rate is known for it. `least` is what
    its input alone costs.
    """

    basis: Basis
    cost: int | None
    currency: str
    unpriced: bool = False
    least: int = 0


@dataclass(frozen=True)
class Reserve:
    """Hold what the operation `id` may cost, in every budget that it concerns."""

    id: str
    fields: Mapping[str, Any]
    estimate: Estimate
    at: datetime
    asked: str = ""

    @staticmethod
    def hashed(told: Mapping[str, Any]) -> str:
        """What tells a request from another one under the same id."""
        text = json.dumps(told, sort_keys=True, default=str)
        return blake2b(text.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Settle:
    """What became of the operation `id`: told by its `cost`, released, or (neither) by its operation."""

    id: str
    at: datetime
    cost: Decimal | None = None
    release: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)


class BudgetRoom(BaseModel):
    """A budget of one entity in one period, and the room in it."""

    model_config = ConfigDict(frozen=True)

    budget: str = Field(examples=["team_ai"])
    entity: dict[str, str] = Field(
        description="Fields and names; empty for the whole company.", examples=[{"team": "search"}]
    )
    title: str = Field(examples=["AI of teams"])
    enforced: bool = Field(description="Whether reservations that there is no room for are refused.")
    currency: str = Field(examples=["USD"])
    limit: Money = Field(examples=["8000"])
    spent: Money = Field(examples=["5120.25"])
    reserved: Money = Field(description="Held for calls that have begun.", examples=["1.25"])
    remaining: Money = Field(
        description="Limit − spent − reserved; less than 0 where more was spent.", examples=["2878.50"]
    )
    over: Money = Field(description="What was spent beyond the limit.", examples=["0"])
    resets_at: datetime = Field(description="When its period ends, UTC.")


class Reserved(BaseModel):
    """A reservation that holds. A refused one is an error, 402."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="The id that the operation has to have.", examples=["call-8731"])
    allowed: Literal[True] = True
    state: State = Field(description="held, or what became of it since, where it is asked for again.")
    estimate: Money = Field(description="What is held in each budget, rounded up to 10⁻⁹.")
    currency: str = Field(examples=["USD"])
    basis: Basis = Field(
        description="given; rates: by input and most output tokens; learned: what 99 of 100 calls of its "
        "feature and model cost at most; output: by the most output tokens alone; default: the budget's "
        "`estimate`; none: nothing is known, and nothing held."
    )
    expires_at: datetime = Field(description="When what nobody settled comes back, UTC.")
    budgets: list[BudgetRoom] = Field(description="Those that it concerns, after it.")


class Settled(BaseModel):
    """What became of a reservation."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(examples=["call-8731"])
    state: State | None = Field(description="Null where nothing was reserved under this id.")
    estimate: Money | None = Field(description="What was held.")
    cost: Money | None = Field(description="What it cost; null where that is not known.")
    currency: str = Field(examples=["USD"])
    above_estimate: Money = Field(description="What it cost more than was held.")
    over: Money = Field(description="The most that any of its budgets is spent beyond its limit now.")
    budgets: list[BudgetRoom] = Field(description="Those that it counts in, after it.")
