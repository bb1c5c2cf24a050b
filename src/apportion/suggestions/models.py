"""What `suggest` answers: proposals in the order in which they bring out most, and what is left."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pydantic import Field

from apportion.analytics.models import Amount, Part
from apportion.suggestions.edits import Edit

Certainty = Literal["stated", "likely", "assumed"]
"""What a proposal rests on: tags and usage that say so; what most of the bill says; a convention."""


@dataclass(frozen=True)
class Draft:
    """A proposal before it was tried.

    `needs` are the keys of drafts that must be accepted before it, `after` of those that only go before it.
    `reports`: it is of use in reports, even where it moves nothing. `last`: it takes what all others leave.
    """

    key: str
    title: str
    certainty: Certainty
    edits: tuple[Edit, ...]
    reach: Decimal
    evidence: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    reports: bool = False
    last: bool = False


class Coverage(Part):
    """How much of a perspective's cost has a target: not idle, not unallocated."""

    perspective: str
    attributed: Amount
    charged: Amount
    percent: Decimal | None = Field(description="Of what was charged; null where nothing was.")


class Proposal(Part):
    """One change to apportion.yaml that a person may accept."""

    number: int
    title: str
    certainty: Certainty = Field(
        description="stated: tags or usage say so. likely: most of the bill says so. assumed: a convention."
    )
    evidence: list[str]
    needs: list[int] = Field(description="Proposals that are accepted with it.")
    moves: Amount = Field(description="EffectiveCost that it brings out of unallocated, all perspectives.")
    moves_by: dict[str, Amount] = Field(description="The same by perspective.")
    before: list[Coverage]
    after: list[Coverage]
    diff: str = Field(description="The change to apportion.yaml, after those before it, as a unified diff.")


class MissingMeasure(Part):
    """Cost that nothing divides, and what would."""

    service: str
    cost: Amount
    wanted: str = Field(description="What to count, by day, service and customer.")


class Offender(Part):
    """Untagged cost that no rule reaches, and who may own it."""

    account: str
    service: str
    resource: str
    cost: Amount
    likely_owner: str = Field(description="Empty where nothing points to one.")
    why: str


class Suggestions(Part):
    """Everything that was found, and the coverage that accepting all of it gives."""

    currency: str
    charged: Amount
    before: list[Coverage]
    after: list[Coverage]
    proposals: list[Proposal]
    missing_measures: list[MissingMeasure]
    offenders: list[Offender]
    notes: list[str]
