"""Services that serve each other: who bears each of them in the end, solved exactly."""

from collections.abc import Mapping
from fractions import Fraction

Taken = Mapping[str, Mapping[str, int]]
Shares = dict[str, dict[str, Fraction]]


def final_shares(taken: Taken) -> Shares:
    """The share of each service's cost that each taker bears in the end; of every service they make 1.

    `taken` says of each service what who took of it. Takers that are services themselves hand on what they
    bear: with Q the shares among services and R those of the others, the answer F solves (I - Q) F = R.
    Raises ZeroDivisionError where some of the services serve nobody but each other.
    """
    services = list(taken)
    left = [_less_what_it_hands_on(name, taken[name], services) for name in services]
    right = [_shares(taken[name], {t for t in taken[name] if t not in taken}) for name in services]
    for i in range(len(services)):
        _make_one(left, right, i)
        for j in range(len(services)):
            if j != i and left[j][i]:
                _take_off(left, right, j, i)
    return dict(zip(services, right, strict=True))


def _shares(amounts: Mapping[str, int], of: set[str]) -> dict[str, Fraction]:
    whole = sum(amounts.values())
    return {name: Fraction(amounts[name], whole) for name in amounts if name in of}


def _less_what_it_hands_on(name: str, amounts: Mapping[str, int], services: list[str]) -> list[Fraction]:
    """The row of I - Q for one service."""
    given = _shares(amounts, set(services))
    return [Fraction(int(other == name)) - given.get(other, Fraction(0)) for other in services]


def _make_one(left: list[list[Fraction]], right: list[dict[str, Fraction]], i: int) -> None:
    """Divide row `i` so that its diagonal is 1; it is not 0 where something leaves the cycle."""
    by = left[i][i]
    left[i] = [number / by for number in left[i]]
    right[i] = {name: share / by for name, share in right[i].items()}


def _take_off(left: list[list[Fraction]], right: list[dict[str, Fraction]], j: int, i: int) -> None:
    """Subtract row `i` from row `j` so often that column `i` of it becomes 0."""
    times = left[j][i]
    left[j] = [a - times * b for a, b in zip(left[j], left[i], strict=True)]
    for name, share in right[i].items():
        right[j][name] = right[j].get(name, Fraction(0)) - times * share
