"""Where cost leaves a graph of nodes: exact shares through chains and cycles (an absorbing Markov chain)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

SCALE = 10**18
DIRECT, MEASURED, ASSUMED = "direct", "measured", "assumed"
WEAKNESS = {DIRECT: 0, MEASURED: 1, ASSUMED: 2}
Exit = tuple[int, str]
"""The node that cost is passed on from for the last time, and the evidence of the way there."""
Shares = Mapping[Exit, int]
"""Parts of SCALE by exit; they add up to it."""
Edges = Mapping[int, Mapping[tuple[int, str], Fraction]]
"""Shares that a node passes on, by the next node and the evidence."""


def together(one: str, other: str) -> str:
    """The evidence of two steps in a row: as weak as its weakest."""
    return max(one, other, key=WEAKNESS.__getitem__)


@dataclass
class Day:
    """The graph of one day: each node's edges, (next node, evidence) → share, and the share that leaves."""

    edges: dict[int, dict[tuple[int, str], Fraction]] = field(default_factory=dict)
    leaves: dict[int, Fraction] = field(default_factory=dict)


class Closed(Exception):
    """Nodes that pass cost to each other, which nothing leaves."""

    def __init__(self, members: Sequence[int]) -> None:
        super().__init__(members)
        self.members = members


def exits(day: Day) -> dict[int, dict[Exit, int]]:
    """For each node that passes cost to others: where its cost leaves the graph, in parts of SCALE.

    Chains are composed step by step from the end, each rounded to parts of SCALE by largest remainders (ties
    by node, then evidence). Cycles are solved exactly: with Q the shares among the members of a cycle, the
    visits are (I − Q)⁻¹, in whole numbers without loss. Raises Closed for a cycle that nothing leaves.
    """
    found: dict[int, dict[Exit, int]] = {}
    for members in components(day.edges):
        inside = _visits(day, members) if _is_cycle(day, members) else {members[0]: _stays(members[0])}
        for node, visits in inside.items():
            found[node] = _rounded(_leave(day, set(members), visits, found))
    return found


def _stays(node: int) -> dict[Exit, Fraction]:
    return {(node, DIRECT): Fraction(1)}


def _is_cycle(day: Day, members: Sequence[int]) -> bool:
    return len(members) > 1 or any(to == members[0] for to, _ in day.edges.get(members[0], ()))


def _leave(
    day: Day, members: set[int], visits: Mapping[Exit, Fraction], found: Mapping[int, Shares]
) -> dict[Exit, Fraction]:
    """Where cost goes that visits the members of a component so often."""
    sums: dict[Exit, Fraction] = {}
    for (node, evidence), often in visits.items():
        if leaves := day.leaves.get(node):
            sums[node, evidence] = sums.get((node, evidence), Fraction(0)) + often * leaves
        for (to, how), share in day.edges.get(node, {}).items():
            if to in members:
                continue
            onward = found.get(to) or {(to, DIRECT): SCALE}
            for (last, then), part in onward.items():
                exit_ = (last, together(together(evidence, how), then))
                sums[exit_] = sums.get(exit_, Fraction(0)) + often * share * part / SCALE
    return sums


def _rounded(shares: Mapping[Exit, Fraction]) -> dict[Exit, int]:
    """Parts of SCALE that add up to it, those left over to the largest remainders."""
    floors = {e: int(share * SCALE) for e, share in shares.items()}
    left = SCALE - sum(floors.values())
    ranked = sorted(shares, key=lambda e: (floors[e] - shares[e] * SCALE, e))
    for exit_ in ranked[:left]:
        floors[exit_] += 1
    return {e: part for e, part in sorted(floors.items()) if part}


def _visits(day: Day, members: Sequence[int]) -> dict[int, dict[Exit, Fraction]]:
    """How often cost that comes to each member visits each member, by the evidence of the way."""
    inside = set(members)
    if not any(day.leaves.get(n) or any(to not in inside for to, _ in day.edges[n]) for n in members):
        raise Closed(members)
    often = _inverse([_row(day, n, members) for n in members])
    sure = _inverse([_row(day, n, members, without=ASSUMED) for n in members])
    plain = _inverse([_row(day, n, members, only=DIRECT) for n in members])
    result: dict[int, dict[Exit, Fraction]] = {}
    for i, start in enumerate(members):
        result[start] = {}
        for j, node in enumerate(members):
            parts = {
                DIRECT: plain[i][j],
                MEASURED: sure[i][j] - plain[i][j],
                ASSUMED: often[i][j] - sure[i][j],
            }
            result[start] |= {(node, evidence): part for evidence, part in parts.items() if part}
    return result


def _row(day: Day, node: int, members: Sequence[int], without: str = "", only: str = "") -> list[Fraction]:
    """A row of I − Q."""
    shares = {m: Fraction(0) for m in members}
    for (to, evidence), share in day.edges[node].items():
        if to in shares and evidence != without and (not only or evidence == only):
            shares[to] += share
    return [Fraction(int(m == node)) - shares[m] for m in members]


def _inverse(matrix: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """The inverse, by Bareiss's elimination: whole numbers all the way, so that nothing is lost and nothing
    needs to be reduced (E. H. Bareiss, Mathematics of Computation 22, 1968).
    """
    n = len(matrix)
    scales = [lcm(*(f.denominator for f in row)) for row in matrix]
    rows = [
        [int(f * scale) for f in row] + [scale * int(i == j) for j in range(n)]
        for i, (row, scale) in enumerate(zip(matrix, scales, strict=True))
    ]
    before = 1
    for k in range(n):
        swap = next(i for i in range(k, n) if rows[i][k])
        rows[k], rows[swap] = rows[swap], rows[k]
        pivot = rows[k][k]
        for i in range(n):
            if i != k:
                factor = rows[i][k]
                rows[i] = [(pivot * a - factor * b) // before for a, b in zip(rows[i], rows[k], strict=True)]
        before = pivot
    return [[Fraction(value, row[i]) for value in row[n:]] for i, row in enumerate(rows)]


def components(edges: Edges) -> Iterator[list[int]]:
    """Strongly connected components of the nodes with edges, each after those it leads to (Tarjan, 1972)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    work: list[tuple[int, Iterator[int]]] = []

    def visit(node: int) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        work.append((node, iter(_next(edges, node))))

    for root in sorted(edges):
        if root not in index:
            visit(root)
        while work:
            node, onward = work[-1]
            to = next((n for n in onward if n not in index or n in on_stack), None)
            if to is not None and to not in index:
                visit(to)
            elif to is not None:
                low[node] = min(low[node], index[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    at = stack.index(node)
                    members = stack[at:]
                    del stack[at:]
                    on_stack -= set(members)
                    yield sorted(members)


def _next(edges: Edges, node: int) -> list[int]:
    """Nodes it leads to that lead on themselves, once each."""
    return sorted({to for to, _ in edges[node] if to in edges})
