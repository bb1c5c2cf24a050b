"""The company's own books: whose each charge was, decided when it was made, in units of 10⁻¹² dollars."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from apportion.core.money import largest_remainder
from apportion.demo.charges import Charges, hours_since_epoch
from apportion.demo.company import INTERNAL_TEAM, NONE, PRODUCT, PRODUCTION, Owner
from apportion.demo.usage import Usage

BILLED, EFFECTIVE = 0, 1
METRICS = ("BilledCost", "EffectiveCost")
IDLE, UNALLOCATED = "(idle)", "(unallocated)"
Pair = list[int]


@dataclass(frozen=True)
class Entry:
    """One place in the books: who carries cost of which service, theirs alone (`direct`) or shared."""

    target: str
    service: str
    direct: bool
    research: bool


def _pairs() -> dict[tuple[Entry, date], Pair]:
    return defaultdict(lambda: [0, 0])


@dataclass
class Books:
    """`day_costs` are the charges by day, owner and idleness; `entries` what each target carries by day."""

    days: tuple[date, ...]
    day_costs: dict[tuple[date, Owner, bool], Pair] = field(default_factory=dict)
    entries: dict[tuple[Entry, date], Pair] = field(default_factory=_pairs)

    def between(self, first: date, end: date) -> dict[Entry, Pair]:
        """What each place carries from `first` up to but not including `end`."""
        sums: dict[Entry, Pair] = defaultdict(lambda: [0, 0])
        for (entry, day), pair in self.entries.items():
            if first <= day < end:
                sums[entry][BILLED] += pair[BILLED]
                sums[entry][EFFECTIVE] += pair[EFFECTIVE]
        return sums


def keep(charges: Charges, usage: Usage) -> Books:
    """Close the books over all charges, with shared cost divided by the requests that customers made."""
    books = Books(charges.days, _day_costs(charges))
    weights = _service_weights(books)
    for (day, owner, idle), pair in books.day_costs.items():
        if idle:
            _carry(books, day, Entry(IDLE, owner.service, direct=False, research=False), pair)
        elif owner.customer != NONE:
            entry = Entry(owner.customer, owner.service, direct=True, research=owner.research)
            _carry(books, day, entry, pair)
        else:
            _share(books, usage, day, owner, pair, weights[day])
    return books


def _day_costs(charges: Charges) -> dict[tuple[date, Owner, bool], Pair]:
    days = {hours_since_epoch(day) // 24: day for day in charges.days}
    sums: dict[tuple[date, Owner, bool], Pair] = defaultdict(lambda: [0, 0])
    for (index, number), billed in charges.billed.items():
        line = charges.lines[index]
        pair = sums[days[number], line.owner, line.commitment_status == "Unused"]
        pair[BILLED] += billed
        pair[EFFECTIVE] += charges.effective[index, number]
    return sums


def _service_weights(books: Books) -> dict[date, dict[str, int]]:
    """EffectiveCost by day of each service that the internal team serves; a credit balance counts as 0."""
    sums: dict[date, dict[str, int]] = {day: defaultdict(int) for day in books.days}
    for (day, owner, idle), pair in books.day_costs.items():
        if not idle and owner.service != NONE and not _internal(owner):
            sums[day][owner.service] += pair[EFFECTIVE]
    return {day: {name: max(0, cost) for name, cost in by_name.items()} for day, by_name in sums.items()}


def _internal(owner: Owner) -> bool:
    return owner.team == INTERNAL_TEAM and owner.customer == NONE


def _share(books: Books, usage: Usage, day: date, owner: Owner, pair: Pair, weights: dict[str, int]) -> None:
    """Cost that belongs to no single customer: by requests, evenly where it is engineering, or to nobody."""
    if owner.research:
        _divide(books, day, owner, pair, dict.fromkeys(usage.active[day], 1))
    elif owner.environment == PRODUCTION and owner.service in PRODUCT:
        _divide(books, day, owner, pair, usage.requests[day, owner.service])
    elif _internal(owner):
        names = list(weights)
        parts = [largest_remainder(amount, [weights[n] for n in names], names) for amount in pair]
        for name, billed, effective in zip(names, *parts, strict=True):
            _divide(books, day, owner, [billed, effective], usage.requests[day, name])
    else:
        _carry(books, day, Entry(UNALLOCATED, owner.service, direct=False, research=False), pair)


def _divide(books: Books, day: date, owner: Owner, pair: Pair, weights: dict[str, int]) -> None:
    names = list(weights)
    numbers = [weights[name] for name in names]
    parts = [largest_remainder(amount, numbers, names) for amount in pair]
    for name, billed, effective in zip(names, *parts, strict=True):
        entry = Entry(name, owner.service, direct=False, research=owner.research)
        _carry(books, day, entry, [billed, effective])


def _carry(books: Books, day: date, entry: Entry, pair: Pair) -> None:
    place = books.entries[entry, day]
    place[BILLED] += pair[BILLED]
    place[EFFECTIVE] += pair[EFFECTIVE]
