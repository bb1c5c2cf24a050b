"""A grant: credits that a customer got at once, and how much of them is left at a moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

GrantKind = Literal["included", "top_up", "promotion", "refund", "adjustment"]
PRIORITIES: Mapping[str, int] = {
    "promotion": 10,
    "refund": 10,
    "included": 20,
    "adjustment": 30,
    "top_up": 40,
}
"""What is used up first where nothing else is said: what was given, what is included, what was bought."""
NEVER = 2**63
"""After every moment, in microseconds."""


@dataclass
class Grant:
    """Credits that a customer got; `used` and `expired` are sums of entries. Units of 10⁻⁹, times in µs.

    From `expires` on at most `keeps` of what is left goes on until `ends`, when all of it is over. From
    `cut_at` on, when another plan began, what is used and what is left are no more than `cut_to`. `taken` is
    what was taken back, a sum of entries, too; None where the grant stands.
    """

    grant_id: str
    kind: GrantKind
    amount: int
    priority: int
    starts: int
    expires: int | None = None
    ends: int | None = None
    keeps: int = 0
    plan: str = ""
    reason: str = ""
    who: str = ""
    at: int = 0
    number: int = 0
    used: int = 0
    expired: int = 0
    taken: int | None = None
    cut_at: int | None = None
    cut_to: int = 0

    @property
    def void(self) -> bool:
        """Whether it is of a plan that never held: another one was given its first day afterwards."""
        return self.cut_at == self.starts

    @property
    def worth(self) -> int:
        """What the days are worth that its plan had."""
        return self.amount if self.cut_at is None else self.cut_to

    @property
    def left(self) -> int:
        """What can still be used, or has expired since somebody looked."""
        return self.amount - self.used - self.expired - (self.taken or 0)

    def may_keep(self, when: int) -> int:
        """How much of it may be left at a moment."""
        if self.taken is not None:
            return 0
        if self.ends is not None and when >= self.ends:
            return 0
        if self.expires is not None and when >= self.expires:
            return self.keeps if self.cut_at is None else 0
        if self.cut_at is not None and when >= self.cut_at:
            return max(0, self.cut_to - self.used)
        return self.amount

    def over_from(self, when: int) -> int:
        """When it expires next, as seen at a moment."""
        if self.expires is None or self.ends is None:
            return NEVER
        return self.expires if when < self.expires else self.ends

    def room(self, when: int) -> int:
        """What an operation of a moment may take: what is left, and what has expired after that moment."""
        if when < self.starts:
            return 0
        return max(0, min(self.left, self.may_keep(when))) + self.restorable(when)

    def restorable(self, when: int) -> int:
        """What has expired, but had not at that moment of the grant's own period."""
        if self.taken is not None or (self.expires is not None and when >= self.expires):
            return 0
        if self.cut_at is None or when < self.cut_at:
            return self.expired
        return max(0, self.expired - max(0, self.amount - max(self.cut_to, self.used)))
