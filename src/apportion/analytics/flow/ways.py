"""Which node handed cost to its target, where the cost began at a node that passes it on to others.

Each unit of cost has one last node on its way, so what all last nodes handed over adds up to what arrived,
also where nodes serve each other in cycles. The shares are those the run recorded (`steps`).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

import duckdb

from apportion.allocation.exits import components
from apportion.analytics.models import Row
from apportion.analytics.statements import fetch, fill, read_sql
from apportion.core.money import from_units, largest_remainder, to_units

End = tuple[str, str | None]
"""The kind of a target and its name; None for all beyond the limit."""
Onward = tuple[str | None, str, End]
"""Where cost began (None for the others), what passed it on last, and where it arrived."""
Share = tuple[int, int]
"""Parts, and of how many."""
FINER = 10**6
ROUNDS = 5_000
"""After so many rounds in a cycle, what still goes round is divided like what left it before."""


@dataclass
class _Day:
    """What nodes pass on in a day: to other nodes, and to targets."""

    edges: dict[str, dict[str, Share]] = field(default_factory=dict)
    ends: dict[str, dict[End, Share]] = field(default_factory=dict)

    def visited(self, begun: Mapping[str, int]) -> dict[str, int]:
        """How much passes each node where so much begins at some; a unit that goes round counts each time."""
        passing: dict[str, int] = defaultdict(int, begun)
        names = sorted(self.edges)
        numbers = {node: i for i, node in enumerate(names)}
        graph = {
            numbers[node]: {(numbers[to], ""): Fraction(1) for to in nexts if to in numbers}
            for node, nexts in self.edges.items()
        }
        for members in reversed(list(components(graph))):
            self._through({names[i] for i in members}, passing)
        return passing

    def _through(self, members: set[str], passing: dict[str, int]) -> None:
        """Let what is at `members` go on, round and round until nothing of it is left among them."""
        arriving = {node: passing[node] for node in sorted(members) if passing[node]}
        for _ in range(ROUNDS):
            if not arriving:
                return
            again: dict[str, int] = defaultdict(int)
            for node, units in arriving.items():
                for to, (weight, whole) in self.edges[node].items():
                    if part := units * weight // whole:
                        passing[to] += part
                        if to in members:
                            again[to] += part
            arriving = again


def onward(
    con: duckdb.DuckDBPyConnection, names: Mapping[str, str], params: Mapping[str, object]
) -> tuple[dict[Onward, Decimal], list[str]]:
    """What began at nodes that pass cost on, by origin, last node and target; and the labels of those nodes.

    `params` names the window, the perspective, the currency, and the `origins` and `targets` that have a
    place of their own.
    """
    moving = fetch(con, read_sql(__package__, "moving"), params)
    found: dict[Onward, Decimal] = defaultdict(Decimal)
    started = _movers(moving, names["origin"])
    if not started:
        return found, started
    days = _days(moving, fetch(con, read_sql(__package__, "leaving"), params))
    called = {
        node: name_of(node, names["origin"]) for day in days.values() for node in (*day.edges, *day.ends)
    }
    rows = fetch(con, fill(read_sql(__package__, "moved"), names), {**params, "moving": started})
    for (day, source, _), mine in _grouped(rows).items():
        for end, name, amount in _handed(days.get(day, _Day()), mine, called):
            found[source, name, end] += amount
    return found, started


def _movers(moving: Sequence[Row], origin: str) -> list[str]:
    """Nodes that pass cost to another name than their own, which what a rule leaves to the next does not."""
    onwards: dict[str, set[str]] = defaultdict(set)
    for row in moving:
        onwards[row["node"]].add(row["next"])
    movers = {
        node
        for node, nexts in onwards.items()
        if {name_of(n, origin) for n in nexts} - {name_of(node, origin)}
    }
    while more := {node for node, nexts in onwards.items() if nexts & movers} - movers:
        movers |= more
    return sorted(movers)


def _days(moving: Sequence[Row], leaving: Sequence[Row]) -> dict[date, _Day]:
    days: dict[date, _Day] = defaultdict(_Day)
    for row in moving:
        days[row["day"]].edges.setdefault(row["node"], {})[row["next"]] = (row["weight"], row["whole"])
    for row in leaving:
        end = (row["target_kind"], row["target"])
        days[row["day"]].ends.setdefault(row["node"], {})[end] = (row["weight"], row["whole"])
    return days


def _grouped(rows: Sequence[Row]) -> dict[tuple[date, str | None, bool], list[Row]]:
    """Rows by day, origin and sign: credits go their ways apart from charges."""
    grouped: dict[tuple[date, str | None, bool], list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["day"], row["source"], row["amount"] < 0].append(row)
    return grouped


def _handed(day: _Day, rows: Sequence[Row], called: Mapping[str, str]) -> Iterator[tuple[End, str, Decimal]]:
    """What each last node handed to each target of what began at the nodes of `rows`."""
    begun: dict[str, int] = defaultdict(int)
    arrived: dict[End, int] = defaultdict(int)
    for row in rows:
        units = to_units(row["amount"])
        begun[row["node"]] += abs(units) * FINER
        arrived[row["target_kind"], row["target"]] += units
    passing = day.visited(begun)
    for end, units in arrived.items():
        weights: dict[str, int] = defaultdict(int)
        for node, passed in passing.items():
            if share := day.ends.get(node, {}).get(end):
                weights[called[node]] += passed * share[0] // share[1]
        if not any(weights.values()):  # it stayed where it began
            weights = defaultdict(int, {called.get(node, node): part for node, part in begun.items()})
        names = sorted(name for name, weight in weights.items() if weight)
        parts = largest_remainder(units, [weights[name] for name in names], names)
        yield from ((end, name, from_units(part)) for name, part in zip(names, parts, strict=True) if part)


def name_of(node: str, origin: str) -> str:
    """What a node is called: its answer to the dimension `origin`, else all of its answers."""
    found = re.search(rf"(?:^|, ){re.escape(origin)}=(.*?)(?=, [\w.]+=|$)", node)
    return found[1] if found else ", ".join(part.split("=", 1)[-1] for part in node.split(", "))
