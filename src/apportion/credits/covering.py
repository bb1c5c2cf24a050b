"""How much the included credits of one period cover together, by whatever plans its days had.

Each plan is worth its days, so a change moves credits from one grant to the next and creates none. What was
covered once stays covered, and is taken off what comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from apportion.credits.grant import Grant


@dataclass
class Cover:
    """Included grants of one period, by their starts; `before` are those that reach into it, if any."""

    before: "Cover | None" = None
    grants: list[Grant] = field(default_factory=list)
    ends: int = 0
    reach: int = 0
    holds: bool = False

    def add(self, grant: Grant) -> None:
        """Count a grant in. The period ends with the newest one that holds."""
        expires = grant.expires or 0
        if not grant.void:
            self.ends, self.holds = expires, True
        elif not self.holds:
            self.ends = max(self.ends, expires)
        self.reach = max(self.reach, expires)
        self.grants.append(grant)

    @property
    def used(self) -> int:
        """What it covers."""
        return sum(grant.used for grant in self.grants)

    @property
    def owed(self) -> int:
        """What was covered beyond what the days before are worth, as long as those would have lasted."""
        return 0 if self.before is None else self.before.beyond

    @property
    def beyond(self) -> int:
        """What is covered beyond what the days are worth."""
        return max(0, self.owed + self.used - sum(grant.worth for grant in self.grants))

    def room(self, when: int) -> int:
        """What it may cover more for what happens at a moment, whatever single grants have left.

        The days up to then are worth what their plans include, and those after it what the plan of that day
        does, or what came later where that is more.
        """
        passed, most = 0, 0
        for place, grant in enumerate(self.grants):
            gone = grant.cut_at is not None and when >= grant.cut_at
            last = not any(not later.void and later.starts <= when for later in self.grants[place + 1 :])
            if not grant.void and last:
                most = max(most, passed + (grant.worth if gone else grant.amount))
            passed += grant.worth
        return max(0, most - self.owed - self.used)


def covers(included: Iterable[Grant]) -> list[Cover]:
    """The covers of grants in the order of their starts; the next begins where the last of one has ended."""
    found: list[Cover] = []
    reaching: Cover | None = None
    for grant in included:
        if not found or grant.starts >= found[-1].ends:
            reaching = found[-1] if found and _reach(found[-1]) > grant.starts else None
            found.append(Cover(reaching))
        found[-1].add(grant)
    return found


def _reach(cover: Cover) -> int:
    return max(cover.reach, _reach(cover.before) if cover.before else 0)
