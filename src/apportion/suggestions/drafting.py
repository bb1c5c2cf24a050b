"""What every draft of a rule is made with: the perspective it is for, and the cost that is open there."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from apportion.analytics.sentences import money, share
from apportion.core.money import percent
from apportion.suggestions.edits import Edit, Insert, Put
from apportion.suggestions.models import Certainty, Draft
from apportion.suggestions.open_cost import OpenCost, among
from apportion.suggestions.state import State
from apportion.suggestions.vocabulary import RESEARCH

SMALLEST = Decimal("0.0005")
"""Of all cost; less is not worth a rule."""
Amounts = Sequence[tuple[str, Decimal]]


class Drafting:
    """Makes drafts for the perspective that attributes to one dimension; `made` are their keys."""

    def __init__(self, state: State, to: str, open_cost: OpenCost) -> None:
        self.state, self.to, self.open = state, to, open_cost
        self.name = state.perspective(to) or to
        given = state.rules.perspectives.get(self.name)
        self._taken = {rule.name for rule in given.rules} if given else set()
        self._new = given is None
        self.made: list[str] = []

    def rule(self, name: str, match: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A rule as apportion.yaml has it, under a name that is free."""
        free = next(n for n in (name, *(f"{name} {i}" for i in range(2, 99))) if n not in self._taken)
        self._taken.add(free)
        return {"name": free, "match": match, **more}

    def draft(
        self,
        key: str,
        title: str,
        certainty: Certainty,
        rule: dict[str, Any],
        reach: Decimal,
        evidence: Sequence[str],
        needs: Sequence[str] = (),
        *,
        first: bool = False,
        later: bool = False,
        last: bool = False,
    ) -> Draft:
        """A draft that adds one rule, at the end of the perspective's unless it has to be the `first`.

        `needs` are keys of dimensions' drafts, or of this perspective's; one that comes
        `later` or `last` stands after those made before.
        """
        change: Edit = Insert(("perspectives", self.name, "rules"), rule, first=first)
        if self._new and not self.made:
            change = Put(("perspectives",), self.name, {"to": self.to, "rules": [rule]})
        wanted = [f"{self.to}: {n}" for n in needs] + (self.made[:1] if self._new else [])
        found = (*self.state.needs(self.to, *needs), *(k for k in self.made if k in wanted))
        after = tuple(self.made) if later or last else ()
        self.made.append(f"{self.to}: {key}")
        return Draft(
            f"{self.to}: {key}",
            f"{self.name}: {title}",
            certainty,
            (change,),
            reach,
            tuple(evidence),
            found,
            after,
            last=last,
        )

    def begun(self, start: str) -> list[str]:
        """Keys of this perspective's drafts that begin so."""
        keys = [k.removeprefix(f"{self.to}: ") for k in self.made]
        return [k for k in keys if k.startswith(start)]

    def running(self) -> str:
        """SQL: in use, and not in an environment that no customer uses."""
        research = f" AND NOT {among('environment', RESEARCH)}" if self.state.has("environment") else ""
        return f"NOT unused{research}"

    def money(self, amount: Decimal) -> str:
        return money(amount, self.state.bill.currency)

    def least(self) -> Decimal:
        """The smallest cost that is worth a rule."""
        return SMALLEST * self.state.bill.charged()


def one(values: Sequence[str]) -> Any:
    """One value as such, several as a list."""
    return values[0] if len(values) == 1 else list(values)


def part(amount: Decimal, whole: Decimal) -> str:
    """A share for reading."""
    return share(percent(amount, whole) or Decimal(0))


def summed(found: Amounts) -> Decimal:
    return sum((cost for _, cost in found), Decimal(0))
