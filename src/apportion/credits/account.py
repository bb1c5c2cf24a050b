"""The credits of one customer in memory: grants, what is taken from them, and what follows from the clock.

Nothing here reads a clock or a database. Every change is an entry; what grants have left is their sum.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from apportion.core.errors import Refused
from apportion.credits.covering import Cover, covers
from apportion.credits.grant import NEVER, Grant

EntryKind = Literal["grant", "use", "return", "refund", "expire", "restore", "take_back"]
OVERAGE = ""
"""Stands for the grant of what no grant covers."""


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
        return next((cover.room(when) for cover in mine), NEVER)

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
