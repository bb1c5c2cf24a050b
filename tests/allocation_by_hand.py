"""A second, slower allocation for small graphs: Python's Fraction and elimination, without SQL.

It follows the written rules (docs/concepts/allocation.md) and shares no code with the engine: what passes cost on is
solved for its exits in exact fractions, rounded to parts of 10¹⁸ where the engine says it rounds, and each amount is
divided once by largest remainders.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

WHOLE = 10**18
STRENGTH = ["direct", "measured", "assumed"]
Key = tuple[str, str]
"""A final target and the evidence of the way to it."""


@dataclass(frozen=True)
class Arrow:
    """One way that cost leaves a node: to another `node`, or else to a final `target`."""

    weight: int
    evidence: str
    node: str = ""
    target: str = ""


Graph = Mapping[str, Sequence[Arrow]]


class NothingLeaves(Exception):
    """A cycle without a way out."""


def weaker(one: str, other: str) -> str:
    return max(one, other, key=STRENGTH.index)


def shares(graph: Graph) -> dict[str, dict[Key, int]]:
    """The integer weights by which the cost of each node is divided."""
    exits: dict[str, dict[Key, int]] = {}
    passing = {n for n, arrows in graph.items() if any(a.node for a in arrows)}
    todo = set(passing)
    while todo:
        group = _ring(graph, _last(graph, todo), todo)
        exits |= _solve(graph, sorted(group), exits)
        todo -= group
    return {n: _final(graph, n, exits) for n in graph}


def _next(graph: Graph, node: str) -> set[str]:
    return {a.node for a in graph[node] if a.node}


def _reach(graph: Graph, start: str, among: set[str]) -> set[str]:
    """Nodes of `among` that cost at `start` can come to, in one step or more."""
    seen: set[str] = set()
    edge = [start]
    while edge:
        for to in _next(graph, edge.pop()):
            if to in among and to not in seen:
                seen.add(to)
                edge.append(to)
    return seen


def _same(graph: Graph, one: str, other: str, among: set[str]) -> bool:
    return one in _reach(graph, other, among) and other in _reach(graph, one, among)


def _ring(graph: Graph, node: str, among: set[str]) -> set[str]:
    return {node} | {m for m in among if _same(graph, node, m, among)}


def _last(graph: Graph, todo: set[str]) -> str:
    """A node whose cost comes to nothing in `todo` that does not come back to it."""
    return next(n for n in sorted(todo) if _reach(graph, n, todo) <= _ring(graph, n, todo))


def _solve(
    graph: Graph, ring: Sequence[str], exits: Mapping[str, Mapping[Key, int]]
) -> dict[str, dict[Key, int]]:
    """For each node of a ring, and each evidence cost may already have there, where it leaves: one unknown each."""
    states = [(n, e) for n in ring for e in ("direct", "measured", "assumed")]
    at = {s: i for i, s in enumerate(states)}
    rows = [[Fraction(int(i == j)) for j in range(len(states))] for i in range(len(states))]
    leaving: list[dict[Key, Fraction]] = [defaultdict(Fraction) for _ in states]
    for (node, evidence), i in at.items():
        whole = sum(a.weight for a in graph[node])
        for arrow in graph[node]:
            share = Fraction(arrow.weight, whole)
            if arrow.node in ring:
                rows[i][at[arrow.node, weaker(evidence, arrow.evidence)]] -= share
            elif arrow.node in exits:
                for (last, then), part in exits[arrow.node].items():
                    leaving[i][last, weaker(weaker(evidence, arrow.evidence), then)] += share * Fraction(
                        part, WHOLE
                    )
            elif arrow.node:
                leaving[i][arrow.node, weaker(evidence, arrow.evidence)] += share
            else:
                leaving[i][node, evidence] += share
    if not any(leaving):
        raise NothingLeaves
    keys = sorted({k for found in leaving for k in found})
    solved = _eliminate([row + [leaving[i][k] for k in keys] for i, row in enumerate(rows)])
    return {n: _parts(dict(zip(keys, solved[at[n, "direct"]], strict=True))) for n in ring}


def _eliminate(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    n = len(rows)
    for k in range(n):
        pivot = next(i for i in range(k, n) if rows[i][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for i in range(n):
            if i != k and rows[i][k]:
                rows[i] = [a - rows[i][k] * b for a, b in zip(rows[i], rows[k], strict=True)]
    return [row[n:] for row in rows]


def _parts(exact: Mapping[Key, Fraction]) -> dict[Key, int]:
    """Parts of 10¹⁸, the left over ones to the largest remainders, ties by name."""
    found = {k: int(share * WHOLE) for k, share in exact.items()}
    for key in sorted(exact, key=lambda k: (found[k] - exact[k] * WHOLE, k))[: WHOLE - sum(found.values())]:
        found[key] += 1
    return {k: part for k, part in found.items() if part}


def _final(graph: Graph, node: str, exits: Mapping[str, Mapping[Key, int]]) -> dict[Key, int]:
    if node not in exits:
        return _own(graph, node)
    sums: dict[Key, int] = defaultdict(int)
    for (last, way), part in exits[node].items():
        own = _own(graph, last)
        whole = sum(own.values())
        for (target, evidence), weight in own.items():
            sums[target, weaker(way, evidence)] += part * (weight * WHOLE // whole)
    return {k: weight // WHOLE for k, weight in sums.items() if weight // WHOLE}


def _own(graph: Graph, node: str) -> dict[Key, int]:
    found: dict[Key, int] = defaultdict(int)
    for arrow in graph[node]:
        if not arrow.node:
            found[arrow.target, arrow.evidence] += arrow.weight
    return found


def divide(units: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """`units` by `weights`: floors, then largest remainders, ties by target, then by evidence, direct first."""
    whole, size = sum(weights.values()), abs(units)
    found = {k: size * w // whole for k, w in weights.items()}
    ranked = sorted(weights, key=lambda k: (-(size * weights[k] % whole), k[0], STRENGTH.index(k[1])))
    for key in ranked[: size - sum(found.values())]:
        found[key] += 1
    return {k: part if units >= 0 else -part for k, part in found.items()}
