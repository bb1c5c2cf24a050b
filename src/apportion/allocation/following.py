"""Charges that follow others: tax, support and credits go where the cost goes that they belong to."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

import duckdb

from apportion.allocation.models import Rule
from apportion.allocation.nodes import POOL_FIELDS, Map, word
from apportion.allocation.patterns import NONE
from apportion.core.errors import BadInput
from apportion.core.money import from_units
from apportion.core.periods import month_of
from apportion.engine import quote_ident, quote_text
from apportion.engine.arrow import make_table
from apportion.ledger.schemas import FOCUS_KEPT

DIGITS = 18
BETWEEN = "\x1f"
NumberAt = Callable[[Sequence[str], str, str], int]
"""The number of the node of charges with these answers, chain of rules and idleness."""


class Follower(NamedTuple):
    """A node whose cost follows other cost: of which rule, and what it shares with that cost."""

    node: int
    rule: int
    values: tuple[str, ...]


class Following:
    """The follow rules of a perspective: what their charges share with others, and where those are."""

    def __init__(self, con: duckdb.DuckDBPyConnection, graph: Map) -> None:
        self._con, self._graph = con, graph
        self._rules = {n: rule for n, rule in enumerate(graph.rules) if rule.method == "follow"}
        for rule in self._rules.values():
            self._check(rule)

    @property
    def by_month(self) -> bool:
        """Whether a day's result depends on the other days of its month."""
        return bool(self._rules) or any(rule.amounts is not None for rule in self._graph.rules)

    def values(self) -> str:
        """SQL for what a pool shares with the cost it follows, '' for pools that follow none."""
        whens = " ".join(
            f"WHEN '{n}' THEN concat_ws(chr(31), {', '.join(map(_text, self._graph.shared(rule)))})"
            for n, rule in self._rules.items()
        )
        return f"CASE string_split(chain, ',')[-1] {whens} ELSE '' END" if whens else "''"

    def label(self, chain: Sequence[int], values: str) -> str:
        """`values` as people read it."""
        if not values:
            return ""
        keys = self._graph.shared(self._rules[chain[-1]])
        named = zip(keys, values.split(BETWEEN), strict=True)
        return ", ".join(word(key, value) for key, value in named)

    def learn(self, starts: Iterable[tuple[int, str, str]], number_at: NumberAt) -> None:
        """Fill the table `followed`: where the nodes of `starts` (number, values, chain) send their cost."""
        followers = [
            Follower(node, int(chain.split(",")[-1]), tuple(values.split(BETWEEN)))
            for node, values, chain in starts
            if values
        ]
        rows: list[tuple[object, ...]] = []
        for number, rule in self._rules.items():
            mine = [f for f in followers if f.rule == number]
            if mine:
                rows += self._followed(rule, mine, number_at)
        names = ["node", "next", "quantity", "total", "first", "last", "weight", "whole"]
        kinds = ["INTEGER", "INTEGER", "DECIMAL", "DECIMAL", "DATE", "DATE", "BIGINT", "BIGINT"]
        make_table(self._con, "followed", dict(zip(names, kinds, strict=True)), rows)

    def _followed(
        self, rule: Rule, followers: Sequence[Follower], number_at: NumberAt
    ) -> list[tuple[object, ...]]:
        """By what it shares with other cost: all of it if there is such cost, else ever less of it."""
        weights, fewest = self._weights(rule, number_at), len(self._graph.always_shared)
        rows: list[tuple[object, ...]] = []
        for follower in followers:
            prefixes = (follower.values[:n] for n in range(len(follower.values), fewest - 1, -1))
            found = next((weights[p] for p in prefixes if p in weights), {})
            month = month_of(follower.values[1])
            total = sum(found.values())
            cut = 10 ** max(0, len(str(total)) - DIGITS)
            kept = {node: units // cut for node, units in found.items() if units >= cut}
            rows += [
                (
                    follower.node,
                    node,
                    from_units(found[node]),
                    from_units(total),
                    month.start,
                    month.end - timedelta(days=1),
                    w,
                    sum(kept.values()),
                )
                for node, w in kept.items()
            ]
        return rows

    def _weights(self, rule: Rule, number_at: NumberAt) -> dict[tuple[str, ...], dict[int, int]]:
        """EffectiveCost of what can be followed by its keys, and by the beginnings of them, and node."""
        keys, columns = (
            [_text(k) for k in self._graph.shared(rule)],
            [quote_ident(c) for c in self._graph.columns],
        )
        follow = ", ".join(f"'{n}'" for n in self._rules)
        found = self._con.execute(
            f"SELECT {', '.join([*keys, *columns])}, chain, CAST(idle AS VARCHAR), "
            "units(sum(EffectiveCost)) AS cost "
            f"FROM (SELECT *, {self._graph.claims()} AS chain FROM daily_costs) "
            f"WHERE NOT (idle AND chain = '') AND string_split(chain, ',')[-1] NOT IN ({follow}) "
            "GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        sums: dict[tuple[str, ...], dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for row in found:
            values, at, (chain, idle, cost) = row[: len(keys)], row[len(keys) : -3], row[-3:]
            node = number_at(at, chain, idle)
            for n in range(len(self._graph.always_shared), len(values) + 1):
                sums[values[:n]][node] += cost
        # A node's charges and credits count together first; what is a credit on the whole is not followed.
        positive = {k: {n: units for n, units in nodes.items() if units > 0} for k, nodes in sums.items()}
        return {k: nodes for k, nodes in positive.items() if nodes}

    def _check(self, rule: Rule) -> None:
        known = {*self._graph.dimensions, *POOL_FIELDS, *FOCUS_KEPT}
        for name in rule.by or []:
            if name not in known:
                raise BadInput(
                    f"a charge cannot follow others by '{name}'",
                    where=f"perspectives.{self._graph.name}, rule '{rule.name}'",
                    hint=f"Take dimensions or {', '.join(FOCUS_KEPT)}.",
                )


def _text(column: str) -> str:
    return f"replace(coalesce({quote_ident(column)}, {quote_text(NONE)}), chr(31), ' ')"
