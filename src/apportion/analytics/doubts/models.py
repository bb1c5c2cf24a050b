"""What a report of doubtful usage is made of."""

from datetime import date
from typing import Literal

from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent

Kind = Literal["missing_days", "missing_hours", "unusual_day", "fell_silent", "unknown_name", "new_name"]


class Doubt(Part):
    """One thing about usage that may be wrong. Nothing was changed because of it."""

    measure: str
    kind: Kind
    day: date = Field(description="The day, or the first of several.")
    until: date = Field(description="The last of them.")
    dimension: str | None = Field(description="What `target` is a value of.")
    target: str | None = Field(description="Whose usage; null for the measure as a whole.")
    quantity: Amount | None = Field(description="How much was used.")
    usual: Amount | None = Field(description="What the same weekdays around it had; rounded.")
    share_pct: Percent | None = Field(description="The part of the measure's usage that it concerns.")
    sentence: str = Field(examples=["requests has no rows on 2026-09-14, while other measures have."])


class DoubtsReport(Part):
    """Doubtful usage of a window, what concerns most of a measure first."""

    headline: str
    start: date = Field(serialization_alias="from")
    to: date
    measures: list[str] = Field(description="The measures that were looked at.")
    more: int = Field(description="Doubts beyond those listed.")
    doubts: list[Doubt]
