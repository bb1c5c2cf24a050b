"""The company's own books: whose each charge was, decided when it was made, in units of 10⁻¹² dollars."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from apportion.demo.ai_prices import Asked
from apportion.demo.bearers import Bearers, Customers, Features, Models, Pair, Place, Teams, split
from apportion.demo.charges import Charges, Line, hours_since_epoch
from apportion.demo.company import AWS_PAYER, FEATURES, NONE
from apportion.demo.usage import Usage

BILLED, EFFECTIVE = 0, 1
METRICS = ("BilledCost", "EffectiveCost")


@dataclass(frozen=True)
class Entry:
    """One place in the books: who carries cost of which service, theirs alone (`direct`) or shared."""

    target: str
    service: str
    direct: bool
    research: bool


Entries = dict[tuple[Entry, date], Pair]


def _entries() -> Entries:
    return defaultdict(lambda: [0, 0])


@dataclass
class Books:
    """`day_costs` are the charges by day and place, the others what each customer, feature or team bears."""

    days: tuple[date, ...]
    day_costs: dict[tuple[date, Place], Pair] = field(default_factory=dict)
    customers: Entries = field(default_factory=_entries)
    features: Entries = field(default_factory=_entries)
    teams: Entries = field(default_factory=_entries)


def between(entries: Entries, first: date, end: date) -> dict[Entry, Pair]:
    """What each entry carries from `first` up to but not including `end`."""
    sums: dict[Entry, Pair] = defaultdict(lambda: [0, 0])
    for (entry, day), pair in entries.items():
        if first <= day < end:
            _add(sums[entry], pair)
    return sums


def keep(charges: Charges, usage: Usage, asked: Asked) -> Books:
    """Close the books over all charges, once each for customers, features and teams."""
    books = Books(charges.days, _day_costs(charges))
    followed = _followed(books)
    by_day: dict[date, dict[Place, Pair]] = {day: {} for day in charges.days}
    for (day, place), pair in books.day_costs.items():
        by_day[day][place] = pair
    models = {name: _by_day(asked, name, charges.days) for name in asked.costs}
    for day, costs in by_day.items():
        customers = Customers(usage, models["customer"][day], day)
        _close(books.customers, day, costs, customers, followed)
        _close(books.features, day, costs, Features(costs, models["feature"][day]), followed)
        _close(books.teams, day, costs, Teams(models["team"][day]), None)
    return books


def _by_day(asked: Asked, dimension: str, days: Iterable[date]) -> dict[date, Models]:
    found: dict[date, dict[str, Mapping[str, int]]] = {day: {} for day in days}
    for (day, model), costs in asked.costs[dimension].items():
        found[day][model] = costs
    return {**found}


def _day_costs(charges: Charges) -> dict[tuple[date, Place], Pair]:
    days = {hours_since_epoch(day) // 24: day for day in charges.days}
    sums: dict[tuple[date, Place], Pair] = defaultdict(lambda: [0, 0])
    places: dict[tuple[int, int], Place] = {}
    for (index, number), billed in charges.billed.items():
        line, start = charges.lines[index], 24 * number
        key = (index, line.period(start))
        if key not in places:
            places[key] = _place(line, start)
        _add(sums[days[number], places[key]], [billed, charges.effective[index, number]])
    return sums


def _place(line: Line, start: int) -> Place:
    purchase = line.charge_category == "Purchase" and line.commitment != ""
    idle = line.commitment_status == "Unused"
    return Place(
        owner=line.owner,
        provider=line.provider,
        period=line.period(start),
        feature=line.tags.get("feature", FEATURES.get(line.owner.service, NONE)),
        commitment=line.commitment,
        idle=idle,
        purchase=purchase,
        fee=line.account == AWS_PAYER and not purchase and not idle,
        model=line.model,
    )


Followed = Mapping[tuple[str, int], Iterable[tuple[Place, int]]]
"""What others follow, by commitment or provider and billing period: places and what each cost."""


def _followed(books: Books) -> Followed:
    """Places that cost something in a period. What nobody used of a commitment has no one to go to."""
    sums: dict[Place, int] = defaultdict(int)
    for (_, place), pair in books.day_costs.items():
        if not place.follows and not place.idle:
            sums[place] += pair[EFFECTIVE]
    found: dict[tuple[str, int], list[tuple[Place, int]]] = defaultdict(list)
    for place, cost in sums.items():
        if cost > 0:
            for name in {place.provider, place.commitment}:
                found[name, place.period].append((place, cost))
    return found


def _close(
    entries: Entries, day: date, costs: Mapping[Place, Pair], bearers: Bearers, followed: Followed | None
) -> None:
    """Enter one day: what stands for itself goes to its bearers, the rest to those of what it follows.

    Without `followed` everything stands for itself.
    """
    for place, pair in costs.items():
        if followed is None or not place.follows:
            _enter(entries, day, place, bearers.bear(bearers.destination(place), pair))
            continue
        weights: dict[str, int] = defaultdict(int)
        for other, cost in followed[place.follows, place.period]:
            weights[bearers.destination(other)] += cost
        for destination, part in split(pair, weights):
            _enter(entries, day, place, bearers.bear(destination, part))


def _enter(entries: Entries, day: date, place: Place, parts: Iterable[tuple[str, Pair]]) -> None:
    owner = place.owner
    for target, part in parts:
        entry = Entry(target, owner.service, owner.customer == target, owner.research)
        _add(entries[entry, day], part)


def _add(pair: Pair, more: Pair) -> None:
    pair[BILLED] += more[BILLED]
    pair[EFFECTIVE] += more[EFFECTIVE]
