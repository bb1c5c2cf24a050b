"""What calls of a feature and model have cost, for the estimate of the next one.

Costs are counted in bins whose edges lie a tenth apart. When a feature and model have more than a thousand
calls' weight, all of it is halved, so that what was long ago weighs less and less.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, or_, select

from apportion.budgets.amounts import MOST
from apportion.budgets.writing import Writes
from apportion.database import learned_costs

ONE = 1_024
"""The weight of a call that has just been seen."""
FULL = 1_000 * ONE
ENOUGH = 10 * ONE
"""So many calls make an estimate that goes before others."""
ANY = ""
"""Instead of a feature: of all calls of a model."""
Key = tuple[str, str]
Bins = dict[int, int]


@dataclass(frozen=True)
class Learned:
    """The cost (10⁻⁹) that 99 of 100 calls did not exceed, at most a tenth too high; `sure` after ten."""

    cost: int
    sure: bool


@cache
def edges() -> list[int]:
    """The upper edge of each bin, in 10⁻⁹."""
    found = [0, 1]
    while found[-1] < MOST:
        found.append(max(found[-1] + 1, found[-1] * 11 // 10))
    return [*found[:-1], MOST]


def keys(feature: str | None, model: str | None) -> list[Key]:
    """Under what a call is learned, and looked up: the nearest first."""
    if not model:
        return []
    return [(feature, model), (ANY, model)] if feature else [(ANY, model)]


def learn(con: Connection, writes: Writes, seen: Iterable[tuple[str | None, str | None, int]]) -> None:
    """Remember calls: feature, model and cost of each. One that cost nothing says nothing of the next."""
    new: dict[Key, list[int]] = {}
    for feature, model, cost in seen:
        for key in keys(feature, model) if cost > 0 else ():
            new.setdefault(key, []).append(bisect_left(edges(), cost))
    if not new:
        return
    known = _bins(con, new)
    changed: list[tuple[str, str, int, int]] = []
    for key, bins in sorted(new.items()):
        before = known.get(key, {})
        after = _with(before, bins)
        changed += [
            (*key, b, after.get(b, 0)) for b in sorted({*before, *after}) if before.get(b) != after.get(b)
        ]
    columns = ("feature", "model", "bin", "weight")
    otherwise = "ON CONFLICT (feature, model, bin) DO UPDATE SET weight = excluded.weight"
    writes.insert("learned_costs", columns, changed, otherwise)


def learned(con: Connection, asked: Iterable[Key]) -> Mapping[Key, Learned]:
    """What is known of these, where anything is."""
    return {key: _p99(bins) for key, bins in _bins(con, asked).items() if any(bins.values())}


def _with(before: Bins, bins: Iterable[int]) -> Bins:
    after = dict(before)
    for place in bins:
        after[place] = after.get(place, 0) + ONE
    if sum(after.values()) > FULL:
        after = {place: weight // 2 for place, weight in after.items()}
    return after


def _p99(bins: Bins) -> Learned:
    total, seen = sum(bins.values()), 0
    for place, weight in sorted(bins.items()):
        seen += weight
        if seen * 100 >= total * 99:
            return Learned(edges()[place], total >= ENOUGH)
    return Learned(0, sure=False)


def _bins(con: Connection, asked: Iterable[Key]) -> dict[Key, Bins]:
    columns = learned_costs.c
    wanted = sorted(set(asked))
    found: dict[Key, Bins] = {}
    for at in range(0, len(wanted), 100):
        these = or_(*((columns.feature == f) & (columns.model == m) for f, m in wanted[at : at + 100]))
        for feature, model, place, weight in con.execute(select(learned_costs).where(these)):
            found.setdefault((feature, model), {})[place] = weight
    return found
