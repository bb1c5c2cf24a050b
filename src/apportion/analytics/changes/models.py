"""What differs between two runs, or between a run and what the next one would be."""

from collections.abc import Container
from datetime import date
from typing import Literal

from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent

Change = Literal["added", "removed", "changed"]
State = Literal["new", "gone", "changed"]


def change_of(name: object, old: Container[object], new: Container[object]) -> Change:
    """What became of something that one side or both have."""
    return "added" if name not in old else "removed" if name not in new else "changed"


class Side(Part):
    """One of the two: a finished run, or what an allocation would make now (no `run_id`)."""

    run_id: str | None
    finished_at: str | None
    first_day: date
    last_day: date
    as_of: str = Field(description="The run that this one repeats; empty for most.")


class Setting(Part):
    """A setting and what it was and is, as text; null where it was or is not set."""

    setting: str
    before: str | None
    after: str | None


class RuleChange(Part):
    """A rule that came, went or has other settings."""

    perspective: str
    rule: str
    change: Change
    settings: list[Setting] = Field(description="Those that differ; `position` counts the rules from 1.")


class DataChange(Part):
    """A part of the facts that has another version: a bill, a month of usage, a whole table."""

    table: str
    name: str = Field(description="The source, the measure, or the table.")
    period: str
    change: Change
    what: str = Field(description="What `before` and `after` add up.")
    currency: str | None
    rows_before: int | None = Field(description="Null where the files of that version are gone.")
    rows_after: int | None
    before: Amount | None
    after: Amount | None
    difference: Amount | None


class PerspectiveChange(Part):
    """All of one perspective in one currency."""

    perspective: str
    to: str
    currency: str
    change: Literal["added", "removed", "changed", "same"]
    total_before: Amount
    total_after: Amount
    gained: Amount = Field(description="By how much targets cost more, added up.")
    lost: Amount = Field(description="By how much targets cost less, added up.")
    moved: Amount = Field(description="The larger of `gained` and `lost`.")
    moved_pct: Percent | None = Field(description="Of `total_before`.")
    unallocated_before: Amount
    unallocated_after: Amount
    idle_before: Amount
    idle_after: Amount
    targets_before: int
    targets_after: int
    targets_moved: int
    targets_new: int
    targets_gone: int
    largest_pct: Percent | None = Field(
        description="By how much the target that moves most does; new and gone ones count as 100."
    )


class TargetChange(Part):
    """A target whose cost differs."""

    perspective: str
    currency: str
    target_kind: str
    target: str
    state: State
    before: Amount
    after: Amount
    change: Amount
    change_pct: Percent | None = Field(description="Of `before`; null where that is 0.")


class ChangesMeta(Part):
    """Metric and days of the amounts."""

    metric: str
    currencies: list[str]
    start: date = Field(serialization_alias="from")
    to: date = Field(
        description="The day after the last one; of all days, after the last complete one of the data."
    )
    label: str


class Changes(Part):
    """What changed in rules and data, and whose cost moves by how much."""

    kind: Literal["plan", "diff"]
    headline: str
    changed: bool = Field(description="Whether rules, settings or data differ.")
    moved: bool = Field(description="Whether a target's cost differs.")
    meta: ChangesMeta
    before: Side
    after: Side
    rules: list[RuleChange]
    settings: list[Setting]
    data: list[DataChange]
    data_more: int = 0
    perspectives: list[PerspectiveChange]
    targets: list[TargetChange] = Field(description="Those that move, the largest change first.")
    targets_more: int = 0
    notes: list[str]

    def limited(self, rows: int) -> "Changes":
        """The same with at most `rows` targets and parts of the data."""
        return self.model_copy(
            update={
                "data": self.data[:rows],
                "data_more": max(0, len(self.data) - rows),
                "targets": self.targets[:rows],
                "targets_more": max(0, len(self.targets) - rows),
            }
        )
