"""The ways cost takes from a node to a target, the heaviest first, and how much takes none of those shown.

A node's steps are shares that add up to 1, so a walk weighs the product of the shares along it. Behind a
cycle there is no end of walks: each round is one of its own, lighter than the one before.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import TypeAlias

MOST = 20
NEARLY_ALL = Fraction(1, 10_000)
"""A round of a cycle that weighs less than this part of what is shown before it is not shown."""
LEAST = Fraction(1, 10**60)
"""Shares of all walks together are known to some eighty digits; less than this is none."""
_EXACT = Context(prec=80)


@dataclass(frozen=True, order=True)
class Edge:
    """One way on from a node: to another (`arrives` false) or to the target, by one rule and evidence."""

    node: str
    target: str
    arrives: bool
    rule: str
    evidence: str
    share: Fraction


@dataclass(frozen=True)
class Walk:
    """A chain of edges from the first node to the target."""

    edges: tuple[Edge, ...]
    share: Fraction

    @property
    def evidence(self) -> str:
        """The weakest of its steps."""
        found = ""
        for edge in self.edges:
            found = weaker(found, edge.evidence)
        return found


@dataclass(frozen=True)
class Walks:
    """The heaviest walks, and for each evidence what all others weigh together."""

    shown: list[Walk]
    rest: Mapping[str, Fraction]

    @property
    def share(self) -> Fraction:
        """What of the first node's cost reaches the target."""
        return sum((walk.share for walk in self.shown), Fraction(0)) + sum(self.rest.values(), Fraction(0))


State: TypeAlias = tuple[str, str]
"""A node, and the evidence of the way to it."""


def weaker(before: str, after: str) -> str:
    """The evidence of two steps: one assumption makes all assumed; direct and measured are measured."""
    if "assumed" in (before, after):
        return "assumed"
    if not before or not after or before == after:
        return before or after
    return "measured"


def heaviest(edges: Iterable[Edge], start: str, most: int = MOST) -> Walks:
    """At most `most` walks from `start` to the target, the heaviest first, ties by name."""
    leaving: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        leaving[edge.node].append(edge)
    best = _best_ways(leaving)
    if start not in best:
        return Walks([], {})
    found, left = _search(leaving, best, start, most)
    if not left:
        return Walks(found, {})
    return Walks(found, _rest(_whole(leaving, best, start), found))


def _best_ways(leaving: Mapping[str, Sequence[Edge]]) -> dict[str, Fraction]:
    """The weight of the heaviest way from each node that reaches the target at all."""
    entering: dict[str, list[Edge]] = defaultdict(list)
    best: dict[str, Fraction] = {}
    open_ways: list[tuple[Fraction, str]] = []
    for edge in (e for edges in leaving.values() for e in edges):
        if edge.arrives:
            heapq.heappush(open_ways, (-edge.share, edge.node))
        else:
            entering[edge.target].append(edge)
    while open_ways:
        negative, node = heapq.heappop(open_ways)
        if node in best:
            continue
        best[node] = -negative
        for edge in entering[node]:
            if edge.node not in best:
                heapq.heappush(open_ways, (negative * edge.share, edge.node))
    return best


def _search(
    leaving: Mapping[str, Sequence[Edge]], best: Mapping[str, Fraction], start: str, most: int
) -> tuple[list[Walk], bool]:
    """The walks in order of weight, and whether there are others.

    A prefix is as promising as the heaviest walk it can become, so each that is taken leads straight to one.
    """
    found: list[Walk] = []
    heap: list[tuple[Fraction, tuple[Edge, ...], Fraction]] = [(-best[start], (), Fraction(1))]
    covered = Fraction(0)
    while heap:
        negative, edges, share = heapq.heappop(heap)
        if len(found) >= most or (_returns(edges) and -negative < covered * NEARLY_ALL):
            return found, True
        if edges and edges[-1].arrives:
            found.append(Walk(edges, share))
            covered += share
            continue
        at = edges[-1].target if edges else start
        for edge in leaving[at]:
            if not edge.share or (not edge.arrives and edge.target not in best):
                continue
            reached = share * edge.share
            promise = reached if edge.arrives else reached * best[edge.target]
            heapq.heappush(heap, (-promise, (*edges, edge), reached))
    return found, False


def _returns(edges: Sequence[Edge]) -> bool:
    """Whether a way comes to a node twice."""
    nodes = [edge.node for edge in edges] + [edge.target for edge in edges[-1:] if not edge.arrives]
    return len(set(nodes)) < len(nodes)


def _rest(whole: Mapping[str, Fraction], found: Sequence[Walk]) -> dict[str, Fraction]:
    shown: dict[str, Fraction] = defaultdict(Fraction)
    for walk in found:
        shown[walk.evidence] += walk.share
    rest = {evidence: share - shown[evidence] for evidence, share in whole.items()}
    return {evidence: share for evidence, share in rest.items() if share > LEAST}


def _whole(
    leaving: Mapping[str, Sequence[Edge]], best: Mapping[str, Fraction], start: str
) -> dict[str, Fraction]:
    """What of the first node's cost reaches the target, by evidence, to some eighty digits.

    Node after node is taken out, its ways in joined to its ways on; a way back to itself is a geometric
    series.
    """
    ways = _ways(leaving, best, start)
    back: dict[State, set[State]] = defaultdict(set)
    for state, on in ways.items():
        for after in on:
            back[after].add(state)
    first = (start, "")
    inner = [state for state in ways if state != first]
    while inner:
        state = min(inner, key=lambda s: (len(back[s]) * len(ways[s]), s))
        inner.remove(state)
        _take_out(state, ways, back)
    _close(ways[first], first)
    return {evidence: Fraction(share) for (node, evidence), share in ways[first].items() if node == ""}


def _ways(
    leaving: Mapping[str, Sequence[Edge]], best: Mapping[str, Fraction], start: str
) -> dict[State, dict[State, Decimal]]:
    """The shares between states that lead to the target; the target itself has no node."""
    ways: dict[State, dict[State, Decimal]] = {}
    todo: list[State] = [(start, "")]
    while todo:
        state = todo.pop()
        if state in ways:
            continue
        on: dict[State, Decimal] = defaultdict(Decimal)
        for edge in leaving[state[0]]:
            if edge.arrives or edge.target in best:
                after = ("" if edge.arrives else edge.target, weaker(state[1], edge.evidence))
                share = _EXACT.divide(Decimal(edge.share.numerator), Decimal(edge.share.denominator))
                on[after] = _EXACT.add(on[after], share)
                todo += [] if edge.arrives else [after]
        ways[state] = on
    return ways


def _take_out(
    state: State, ways: dict[State, dict[State, Decimal]], back: Mapping[State, set[State]]
) -> None:
    on = ways.pop(state)
    _close(on, state)
    for before in back[state] - {state}:
        through = ways[before].pop(state)
        for after, share in on.items():
            reached = _EXACT.multiply(through, share)
            ways[before][after] = _EXACT.add(ways[before].get(after, Decimal(0)), reached)
            back[after].add(before)
    for after in on:
        back[after].discard(state)


def _close(on: dict[State, Decimal], state: State) -> None:
    """Replace the way back to itself by what it comes to after all rounds."""
    again = on.pop(state, Decimal(0))
    if again:
        left = _EXACT.subtract(Decimal(1), again)
        for after, share in on.items():
            on[after] = _EXACT.divide(share, left)
