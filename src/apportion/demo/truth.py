"""The truth file, read only by tests: what everyone costs by the company's own books."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from apportion.core.money import from_units, plain
from apportion.demo.bearers import IDLE, UNALLOCATED, Pair
from apportion.demo.books import BILLED, EFFECTIVE, METRICS, Books, Entry, between
from apportion.demo.charges import month_end
from apportion.demo.company import Owner
from apportion.demo.customers import CUSTOMERS
from apportion.demo.revenue import sum_between

Daily = dict[tuple[str, date], int]
Span = tuple[date, date]
Costs = dict[str, dict[str, str]]


def text(units: int) -> str:
    """An amount of 10⁻¹² dollars with all its digits."""
    return plain(from_units(units))


def both(pair: Iterable[int]) -> dict[str, str]:
    """BilledCost and EffectiveCost as text."""
    return {metric: text(amount) for metric, amount in zip(METRICS, pair, strict=True)}


def total(pairs: Iterable[Pair]) -> Pair:
    """The sum of BilledCost and EffectiveCost pairs."""
    result = [0, 0]
    for pair in pairs:
        result[BILLED] += pair[BILLED]
        result[EFFECTIVE] += pair[EFFECTIVE]
    return result


def windows(days: tuple[date, ...]) -> dict[str, Span]:
    """What the truth is told for: all days, the last and the previous thirty, and each month's part."""
    first, end = days[0], days[-1] + timedelta(days=1)
    last = max(first, end - timedelta(days=30))
    spans = {"all": (first, end), "last_30_days": (last, end)}
    if last - timedelta(days=30) >= first:
        spans["previous_30_days"] = (last - timedelta(days=30), last)
    start = first
    while start < end:
        stop = min(end, month_end(start))
        spans[f"{start:%Y-%m}"] = (start, stop)
        start = stop
    return spans


def customer_truth(entries: dict[Entry, Pair], daily: Daily, span: Span) -> dict[str, Any]:
    """Each customer's revenue, cost and margin of one window, by service, direct and shared."""
    by_target: dict[str, dict[Entry, Pair]] = defaultdict(dict)
    for entry, pair in entries.items():
        by_target[entry.target][entry] = pair
    return {c.id: _customer(by_target[c.id], sum_between(daily, c.id, *span)) for c in CUSTOMERS}


def _customer(entries: dict[Entry, Pair], revenue: int) -> dict[str, Any]:
    cost = total(entries.values())
    of_revenue = total(pair for entry, pair in entries.items() if not entry.research)
    services: dict[str, dict[str, Pair]] = defaultdict(lambda: {"direct": [0, 0], "shared": [0, 0]})
    for entry, pair in entries.items():
        kind = "direct" if entry.direct else "shared"
        services[entry.service][kind] = total((services[entry.service][kind], pair))
    return {
        "revenue": text(revenue),
        "cost": both(cost),
        "cost_of_revenue": both(of_revenue),
        "gross_margin": both(revenue - amount for amount in of_revenue),
        "services": {
            name: {kind: both(pair) for kind, pair in kinds.items()}
            for name, kinds in sorted(services.items())
        },
    }


def statement(books: Books, entries: dict[Entry, Pair], span: Span) -> dict[str, Any]:
    """Charged = customers + idle + unallocated of one window; the parts add up to the charges exactly."""

    def parts(which: Callable[[str], bool]) -> Pair:
        return total(pair for entry, pair in entries.items() if which(entry.target))

    charged = total(pair for (day, _), pair in books.day_costs.items() if span[0] <= day < span[1])
    return {
        "charged": both(charged),
        "customers": both(parts(lambda target: target not in (IDLE, UNALLOCATED))),
        "idle": both(parts(lambda target: target == IDLE)),
        "unallocated": both(parts(lambda target: target == UNALLOCATED)),
    }


def by_answer(books: Books, span: Span, answer: Callable[[Owner], str], *, idle: bool) -> Costs:
    """Cost by one answer of its owner, such as the team, with or without what nobody used of commitments."""
    sums: dict[str, list[Pair]] = defaultdict(list)
    for (day, place), pair in books.day_costs.items():
        if span[0] <= day < span[1] and (idle or not place.idle):
            sums[answer(place.owner)].append(pair)
    return {name: both(total(pairs)) for name, pairs in sorted(sums.items())}


def by_target(entries: dict[Entry, Pair]) -> Costs:
    """Cost by who carries it, idle and unallocated among them."""
    sums: dict[str, list[Pair]] = defaultdict(list)
    for entry, pair in entries.items():
        sums[entry.target].append(pair)
    return {name: both(total(pairs)) for name, pairs in sorted(sums.items())}


def told(books: Books, daily: Daily) -> dict[str, Any]:
    """The truth of every window, as the truth file holds it."""
    return {name: _window(books, daily, span) for name, span in windows(books.days).items()}


def _window(books: Books, daily: Daily, span: Span) -> dict[str, Any]:
    entries = between(books.customers, *span)
    return {
        "from": str(span[0]),
        "to": str(span[1]),
        "statement": statement(books, entries, span),
        "customers": customer_truth(entries, daily, span),
        "teams": by_target(between(books.teams, *span)),
        "features": by_target(between(books.features, *span)),
        "services": by_answer(books, span, lambda owner: owner.service, idle=False),
        "environments": by_answer(books, span, lambda owner: owner.environment, idle=False),
        "team_environments": by_answer(
            books, span, lambda owner: f"{owner.team}/{owner.environment}", idle=False
        ),
    }
