"""The rules of `alerts`: one model for each kind, and those that hold unless something else is said."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from apportion.alerts.signals import Severity
from apportion.core.settings import Part
from apportion.core.spans import Span, span

Patterns = str | list[str]
Reminders = Literal["rarer", "steady", "never"]
Change = Literal["rise", "fall", "launch"]
CHANGES: tuple[Change, ...] = ("rise", "fall")
"""What is told of; that something new runs which somebody owns is no alarm."""
Above0 = Annotated[Decimal, Field(gt=0)]
ONE_DAY = timedelta(days=1)
MOST_BETWEEN = timedelta(days=7)
"""Reminders that come ever more rarely still come so often."""


class Cooldown(Part):
    """How long a channel hears nothing more of an alert that it was told of, by severity."""

    warning: Span = "24h"
    critical: Span = "1h"

    def of(self, severity: Severity) -> timedelta:
        return span(self.critical if severity == "critical" else self.warning)


class Watched(Part):
    """What all kinds of rules have in common."""

    off: bool = False
    where: dict[str, Patterns] = Field(default_factory=dict)
    cooldown: Cooldown = Cooldown()
    reminders: Reminders = "rarer"
    resolve_after: Span = "30m"
    to: list[str] = Field(default_factory=list)

    @property
    def hold(self) -> timedelta:
        """How long a rule must have found nothing before an alert of it is over."""
        return span(self.resolve_after)

    def wait(self, severity: Severity, reminders: int, *, paged: bool) -> timedelta | None:
        """How long after a message the next reminder comes; None for never. Never less than the cooldown.

        A pager is for what cannot wait. Elsewhere nobody needs to read the same again on the same day, and
        of a warning not in the same week.
        """
        cooldown = self.cooldown.of(severity)
        if self.reminders == "never":
            return None
        if self.reminders == "steady":
            return cooldown
        if not paged:
            cooldown = max(cooldown, ONE_DAY if severity == "critical" else MOST_BETWEEN)
        return max(cooldown, min(cooldown * (1 << min(reminders, 16)), MOST_BETWEEN))


class MarginRule(Watched):
    """The gross margin of a customer or feature is below so many percent."""

    kind: Literal["margin"]
    of: Literal["customer", "feature"] = "customer"
    warning: Decimal | None = Decimal(30)
    critical: Decimal | None = Decimal(10)
    window: str = Field(default="30d", pattern=r"^([1-9]\d{0,2}d)$")
    at_least: Decimal = Field(default=Decimal(500), ge=0)
    without_revenue: Literal["ignore", "warning", "critical"] = "ignore"
    resolve_after: Span = "2d"


class CostJumpRule(Watched):
    """The cost of a day is above so many times the average of the seven days before."""

    kind: Literal["cost_jump"]
    by: Patterns = "service"
    warning: Above0 | None = Decimal(3)
    critical: Above0 | None = Decimal(10)
    at_least: Decimal = Field(default=Decimal(100), ge=0)
    critical_at_least: Decimal = Field(default=Decimal(1000), ge=0)
    charges: Literal["usage", "all"] = "usage"
    unless_seen: int = Field(default=35, ge=0, le=90)


class AnomalyRule(Watched):
    """An anomaly of at least that severity is open."""

    kind: Literal["anomaly"]
    severity: Severity = "warning"
    kinds: list[Change] = Field(default_factory=lambda: list(CHANGES))
    at_least: Decimal = Field(default=Decimal(50), ge=0)


class UnallocatedRule(Watched):
    """More than so many percent of the cost reaches nobody."""

    kind: Literal["unallocated"]
    perspective: str = ""
    warning: Above0 | None = Decimal(10)
    critical: Above0 | None = None
    window: str = Field(default="30d", pattern=r"^([1-9]\d{0,2}d)$")
    at_least: Decimal = Field(default=Decimal(500), ge=0)
    cooldown: Cooldown = Cooldown(warning="7d", critical="24h")
    resolve_after: Span = "2d"


class StaleSourceRule(Watched):
    """A source has had no new charge for so many days."""

    kind: Literal["stale_source"]
    warning: int | None = Field(default=3, ge=1)
    critical: int | None = Field(default=None, ge=1)
    ended_after: int = Field(default=45, ge=1)


class ReconciliationRule(Watched):
    """What came in is not what was allocated, or a job that feeds the figures or looks at them failed."""

    kind: Literal["reconciliation"]
    failures: bool = True


class ForecastRule(Watched):
    """The month will cost more than an amount."""

    kind: Literal["forecast"]
    above: Above0
    perspective: str = ""
    bound: Literal["expected", "lower"] = "expected"
    severity: Severity = "warning"
    from_day: int = Field(default=5, ge=1, le=28)
    resolve_after: Span = "2d"


class BudgetRule(Watched):
    """A threshold of a budget was reached, or the budget will not last: each told once in a period."""

    kind: Literal["budget"]
    critical: Above0 = Decimal(100)
    forecast: Literal["expected", "lower", "off"] = "expected"
    from_share: int = Field(default=20, ge=0, le=99)
    reminders: Reminders = "never"


class PlanRule(Watched):
    """A customer has used so much of what the plan includes: each threshold told once in a period."""

    kind: Literal["plan"]
    critical: Above0 | None = None
    contacts: str = ""
    reminders: Reminders = "never"


AnyRule = Annotated[
    MarginRule
    | CostJumpRule
    | AnomalyRule
    | UnallocatedRule
    | StaleSourceRule
    | ReconciliationRule
    | ForecastRule
    | BudgetRule
    | PlanRule,
    Field(discriminator="kind"),
]
DEFAULTS: Mapping[str, AnyRule] = {
    "margin": MarginRule(kind="margin"),
    "cost_jump": CostJumpRule(kind="cost_jump"),
    "anomaly": AnomalyRule(kind="anomaly"),
    "unallocated": UnallocatedRule(kind="unallocated"),
    "stale_source": StaleSourceRule(kind="stale_source"),
    "reconciliation": ReconciliationRule(kind="reconciliation"),
}
"""They hold unless they are changed or switched off by name."""
DECLARED: Mapping[str, AnyRule] = {"budget": BudgetRule(kind="budget"), "plan": PlanRule(kind="plan")}
"""The same, where there are budgets or plans."""
SHIPPED: Mapping[str, AnyRule] = {**DEFAULTS, **DECLARED}


def completed(given: Any) -> Any:
    """Rules as they were written, with those that hold by default: `False` switches one off by its name."""
    if not isinstance(given, dict):
        return given
    own = {name: _own(name, written) for name, written in given.items()}
    return {**{name: rule for name, rule in DEFAULTS.items() if name not in own}, **own}


def _own(name: str, written: Any) -> Any:
    default = SHIPPED.get(name)
    if default is None and isinstance(written, bool):
        raise ValueError(f"there is no rule '{name}' to switch on or off; there are {', '.join(SHIPPED)}")
    if default is None:
        return written
    if isinstance(written, bool):
        return default.model_copy(update={"off": not written})
    if isinstance(written, dict):
        return {"kind": default.kind, **written}
    return written


__all__ = [
    "DECLARED",
    "DEFAULTS",
    "SHIPPED",
    "AnomalyRule",
    "AnyRule",
    "BudgetRule",
    "Cooldown",
    "CostJumpRule",
    "ForecastRule",
    "MarginRule",
    "PlanRule",
    "ReconciliationRule",
    "StaleSourceRule",
    "UnallocatedRule",
    "Watched",
    "completed",
]
