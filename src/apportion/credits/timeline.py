"""Which plan a customer has on which day: subscriptions, else the list of customers, else the default."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from apportion.credits.periods import Period, period_of
from apportion.credits.settings import Plan, Plans

Source = Literal["subscription", "list", "default"]


@dataclass(frozen=True)
class Subscription:
    """A plan from a day on, until another one begins or this one ends (that day not included)."""

    plan: str
    since: date
    until: date | None = None
    contact: str = ""


@dataclass(frozen=True)
class Spell:
    """Days on which one plan holds without a break; None is no end, or no beginning.

    Periods count from `anchor`, or by the calendar.
    """

    plan: str
    since: date | None
    until: date | None
    anchor: date | None
    source: Source

    def has(self, day: date) -> bool:
        """Whether the plan holds on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def period(self, settings: Plan, day: date) -> Period:
        """The period of the plan that a day is in."""
        return period_of(settings.period, day, self.anchor)


class Timeline:
    """The plans of one customer. `listed` is what the list of customers says now."""

    def __init__(self, plans: Plans, subscriptions: Sequence[Subscription], listed: str | None) -> None:
        self._plans = plans
        self.spells = self._merged(sorted(subscriptions, key=lambda one: one.since))
        otherwise = plans.named(listed)
        source: Source = "list"
        if otherwise not in plans.offered:
            otherwise, source = plans.named(plans.default), "default"
        self._otherwise = Spell(otherwise, None, None, None, source) if otherwise else None

    def on(self, day: date) -> Spell | None:
        """What holds on a day; None without any plan."""
        found = next((spell for spell in self.spells if spell.has(day)), None)
        if found or self._otherwise is None:
            return found
        ended = [spell.until for spell in self.spells if spell.until and spell.until <= day]
        begins = [spell.since for spell in self.spells if spell.since and spell.since > day]
        return replace(self._otherwise, since=max(ended, default=None), until=min(begins, default=None))

    def settings(self, spell: Spell) -> Plan:
        """The plan of a spell."""
        return self._plans.offered[spell.plan]

    def _merged(self, given: Sequence[Subscription]) -> list[Spell]:
        """Subscriptions end where the next begins; the same plan again goes on, and so do like periods."""
        spells: list[Spell] = []
        for place, one in enumerate(given):
            following = [later.since for later in given[place + 1 :]][:1]
            ends = [day for day in (one.until, *following) if day is not None]
            until = min(ends) if ends else None
            name = self._plans.named(one.plan)
            if name not in self._plans.offered or (until is not None and until <= one.since):
                continue
            before = spells[-1] if spells and spells[-1].until == one.since else None
            if before and before.plan == name:
                spells[-1] = replace(before, until=until)
                continue
            spells.append(
                Spell(name, one.since, until, self._anchor(name, one.since, before), "subscription")
            )
        return spells

    def _anchor(self, name: str, since: date, before: Spell | None) -> date | None:
        plan = self._plans.offered[name]
        if plan.starts == "calendar":
            return None
        if before and before.anchor and self._plans.offered[before.plan].period == plan.period:
            return before.anchor
        return since
