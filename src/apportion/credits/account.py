"""The credits of one customer in memory: grants, what is taken from them, and what follows from the clock.

Nothing here reads a clock or a database. Every change is an entry; what grants have left is their sum.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from apportion.core.errors import Refused
from apportion.credits.covering import Cover, covers

GrantKind = Literal["included", "top_up", "promotion", "refund", "adjustment"]
EntryKind = Literal["grant", "use", "return", "refund", "expire", "restore", "take_back"]
PRIORITIES: Mapping[str, int] = {
    "promotion": 10,
    "refund": 10,
    "included": 20,
    "adjustment": 30,
    "top_up": 40,
}
"""What is used up first where nothing else is said: what was given, what is included, what was bought."""
OVERAGE = ""
"""Stands for the grant of what no grant covers."""
_NEVER = 2**63


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
            return _NEVER
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


@dataclass(frozen=True)
class Entry:
    """A movement: `amount` is what a grant gains; for OVERAGE, what is owed less."""

    number: int
    kind: EntryKind
    grant_id: str
    amount: int
    at: int
    operation_id: str = ""
    feature: str = ""
    day: str = ""
    reference: str = ""
    reason: str = ""
    who: str = ""


@dataclass(frozen=True)
class About:
    """What entries say of the operation they are about, and of who made them."""

    operation_id: str = ""
    feature: str = ""
    day: str = ""
    reference: str = ""
    reason: str = ""
    who: str = ""


NOTHING = About()


@dataclass
class Account:
    """The credits of a customer; `entries` are new ones, numbered on from `number`."""

    customer: str
    number: int = 0
    created: int = 0
    grants: dict[str, Grant] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    covers: list[Cover] = field(default_factory=list)

    def cover(self) -> None:
        """See anew which included grants are of one period, once it is known which days they had."""
        self.covers = covers([grant for grant in self._oldest_first() if grant.kind == "included"])

    def grant(self, new: Grant, now: int) -> None:
        """Add credits. What they are for is checked before."""
        self.number += 1
        new.number, new.at = self.number, now
        self.grants[new.grant_id] = new
        self.fresh.add(new.grant_id)
        self.changed.add(new.grant_id)
        about = About(reason=new.reason, who=new.who)
        self.entries.append(self._entry("grant", new.grant_id, new.amount, now, about))

    def settle(self, now: int) -> None:
        """Let expire what is over; what came back to a grant that was taken back goes, too."""
        for grant in self._oldest_first():
            if (excess := grant.left - grant.may_keep(now)) > 0:
                kind: EntryKind = "expire" if grant.taken is None else "take_back"
                self._post(kind, grant.grant_id, -excess, now, NOTHING)
        for cover in self.covers:
            excess = sum(grant.left for grant in cover.grants) - cover.room(now)
            for grant in cover.grants[::-1]:
                if (part := min(excess, grant.left)) > 0:
                    excess -= part
                    self._post("expire", grant.grant_id, -part, now, NOTHING)

    def take_back(self, grant_id: str, now: int, about: About) -> int:
        """Take what is left of a grant, which may be nothing. What was used of it stays used."""
        left = self.grants[grant_id].left
        self._post("take_back", grant_id, -left, now, about)
        return left

    def use(self, when: int, amount: int, now: int, about: About) -> int:
        """Take credits for what happened at `when`: by priority, then earliest expiry, then oldest.

        Returns what no grant covers, which is overage.
        """
        missing = amount
        usable = [g for g in self.grants.values() if g.starts <= when and (g.ends is None or when < g.ends)]
        usable.sort(key=lambda g: (g.priority, g.over_from(when), g.starts, g.number))
        for grant in usable:
            if missing == 0:
                break
            taken = min(missing, grant.room(when), self._covered(grant, when))
            if taken == 0:
                continue
            ready = max(0, min(grant.left, grant.may_keep(when)))
            if taken > ready:
                self._post("restore", grant.grant_id, taken - ready, now, about)
            self._post("use", grant.grant_id, -taken, now, about)
            missing -= taken
        if missing:
            self._post("use", OVERAGE, -missing, now, about)
        return missing

    def give_back(
        self, parts: Sequence[tuple[str, int]], amount: int, now: int, kind: EntryKind, about: About
    ) -> list[tuple[str, int]]:
        """Undo `amount` of what an operation took: its overage first, then grants, the last one first.

        `parts` are grants and what it has of them, in order. What comes back to a grant that is over expires
        at once. Returns what came back, by grant.
        """
        if amount > sum(part for _, part in parts):
            raise Refused(f"{about.operation_id} has not taken so many credits.")
        back = []
        latest = [*parts][::-1]
        for grant_id, part in sorted(latest, key=lambda one: one[0] != OVERAGE):
            returned = min(part, amount)
            if returned > 0:
                amount -= returned
                self._post(kind, grant_id, returned, now, about)
                back.append((grant_id, returned))
        self.settle(now)
        return back

    def balance(self, now: int) -> int:
        """What can be used at a moment, once the account is settled; what expired later, it could be then."""
        return self.usable(self.grants.values(), now)

    def usable(self, grants: Iterable[Grant], now: int) -> int:
        """What some of the grants have at a moment, once the account is settled."""
        mine = {g.grant_id: g.left + g.restorable(now) for g in grants if g.starts <= now}
        found = 0
        for cover in self.covers:
            found += min(sum(mine.pop(g.grant_id, 0) for g in cover.grants), cover.room(now))
        return found + sum(mine.values())

    def _covered(self, grant: Grant, when: int) -> int:
        """What may still be taken of a grant by what the days of its period are worth."""
        mine = (cover for cover in self.covers if any(one is grant for one in cover.grants))
        return next((cover.room(when) for cover in mine), _NEVER)

    def _oldest_first(self) -> list[Grant]:
        return sorted(self.grants.values(), key=lambda g: (g.starts, g.number))

    def _post(self, kind: EntryKind, grant_id: str, amount: int, now: int, about: About) -> None:
        self.number += 1
        self.entries.append(self._entry(kind, grant_id, amount, now, about))
        if grant_id == OVERAGE:
            return
        grant = self.grants[grant_id]
        if kind in ("expire", "restore"):
            grant.expired -= amount
        elif kind == "take_back":
            grant.taken = (grant.taken or 0) - amount
        else:
            grant.used -= amount
        self.changed.add(grant_id)

    def _entry(self, kind: EntryKind, grant_id: str, amount: int, now: int, about: About) -> Entry:
        said = (about.operation_id, about.feature, about.day, about.reference, about.reason, about.who)
        return Entry(self.number, kind, grant_id, amount, now, *said)


def parts_of(entries: Iterator[Entry]) -> list[tuple[str, int]]:
    """What an operation has of each grant, by its entries in order; without those it has nothing of."""
    found: dict[str, int] = {}
    for entry in entries:
        if entry.kind in ("use", "return", "refund"):
            found[entry.grant_id] = found.get(entry.grant_id, 0) - entry.amount
            if not found[entry.grant_id]:
                del found[entry.grant_id]  # what comes back from nothing comes anew, after the others
    return list(found.items())
