"""The one query model: what may be asked, checked, with its window resolved."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from apportion.analytics.filters import Filter, matches, parse_filter
from apportion.analytics.models import Facts
from apportion.analytics.scope import DEFAULT_WINDOW, read_window, window_before
from apportion.core.errors import BadInput
from apportion.core.periods import Window

Grain = Literal["total", "month", "week", "day", "hour"]
Compare = Literal["previous_period", "previous_year", "none"]
Metric = Literal["EffectiveCost", "BilledCost", "ContractedCost", "ListCost"]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Query(BaseModel):
    """A question to the ledger: a metric, grouped, filtered, over time, compared."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    metric: Metric | None = Field(
        default=None, description="Which cost; the workspace's default where left out."
    )
    perspective: Name | None = Field(
        default=None,
        description="Ask about attributed cost, with `target` as a field; left out: cost as charged.",
    )
    group_by: list[Name] = Field(
        default=[], max_length=3, description="Up to three fields.", examples=[["team"]]
    )
    filter: dict[str, Any] | None = Field(
        default=None,
        description="Fields and the values they may have (`*` is a wildcard), joined by and, or, not.",
        examples=[{"and": [{"team": ["payments"]}, {"not": {"environment": ["staging"]}}]}],
    )
    grain: Grain = "total"
    window: str | None = Field(
        default=None, max_length=30, description="30d, 2026-09 or 2026-09-01..2026-10-01."
    )
    start: date | None = Field(default=None, alias="from", description="First day, instead of a window.")
    to: date | None = Field(default=None, description="The day after the last.")
    compare: Compare = "none"
    limit: int = Field(default=20, ge=1, le=1000, description="Groups to show; the rest is summed as others.")

    def resolve_window(self, facts: Facts) -> Window:
        """The days asked for; raises BadInput where `window` and `from`/`to` contradict each other."""
        if (self.start is None) != (self.to is None):
            raise BadInput("'from' and 'to' come together.", where="from")
        if self.start is None or self.to is None:
            return read_window(self.window or DEFAULT_WINDOW, facts.last_day)
        if self.window is not None:
            raise BadInput("Give 'window', or 'from' and 'to', not both.", where="window")
        return read_window(f"{self.start}..{self.to}", facts.last_day)


@dataclass(frozen=True)
class Question:
    """A query whose window, metric and filter are resolved against a run."""

    metric: str
    perspective: str | None
    group_by: tuple[str, ...]
    where: Filter | None
    grain: Grain
    window: Window
    before: Window | None
    compare: Compare
    limit: int

    @property
    def fields(self) -> list[str]:
        """Every field the question names."""
        return (
            [*self.group_by, *(match.field for match in matches(self.where))]
            if self.where
            else [*self.group_by]
        )

    @property
    def read_from(self) -> date:
        return self.before.start if self.before else self.window.start


def resolve(query: Query, facts: Facts) -> Question:
    """Check a query against a run; raises BadInput. A window before that lacks data is not compared."""
    window = query.resolve_window(facts)
    group_by = tuple(dict.fromkeys(query.group_by))
    return Question(
        metric=query.metric or facts.metric,
        perspective=query.perspective,
        group_by=group_by,
        where=parse_filter(query.filter),
        grain=query.grain,
        window=window,
        before=_before(query.compare, window, facts),
        compare=query.compare,
        limit=query.limit,
    )


def _before(compare: Compare, window: Window, facts: Facts) -> Window | None:
    if compare == "none":
        return None
    before = window_before(window) if compare == "previous_period" else window.year_before()
    known = facts.first_day <= before.start and before.end <= facts.last_day + timedelta(days=1)
    return before if known else None
