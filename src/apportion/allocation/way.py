"""The ways of cost through the nodes of one perspective, from where it is charged to where it ends."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction

import duckdb

from apportion.allocation.exits import WEAKNESS, Closed, Day, exits
from apportion.allocation.following import Following
from apportion.allocation.models import Rule
from apportion.allocation.nodes import Map, Node
from apportion.allocation.passing import Facts, Passing, waits
from apportion.allocation.shares import PACKAGE
from apportion.core.errors import Refused
from apportion.engine import quote_ident, quote_text, statement
from apportion.engine.arrow import make_table


class Way:
    """The ways of cost through one perspective's nodes: found from where it is charged, to where it ends."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, graph: Map, facts: Facts, following: Following
    ) -> None:
        self._con, self._graph, self._following = con, graph, following
        self._passing = Passing(con, graph, facts)
        self._numbers: dict[Node, int] = {}
        columns = "".join(f", {quote_ident(c)} VARCHAR" for c in graph.columns)
        con.execute(statement(PACKAGE, "way_tables", columns=columns))

    def explore(self, said: Callable[[str], None]) -> None:
        """Fill `passes` from the nodes where cost is charged, following it until it reaches targets."""
        self._begin()
        con = self._con
        while self._count("ahead"):
            con.execute("INSERT INTO been FROM ahead")
            con.execute("CREATE OR REPLACE TEMP TABLE reached AS FROM ahead LIMIT 0")
            for number in self._rules_ahead():
                rule = self._graph.rules[number]
                if waits(rule):
                    con.execute(
                        "INSERT INTO waiting SELECT a.* FROM ahead AS a JOIN nodes AS n USING (node) "
                        f"WHERE n.rule = {number}"
                    )
                    continue
                said(f"{self._graph.name}: {rule.name}")
                self._passing.rule(number)
                self._move(number, rule)
            con.execute(statement(PACKAGE, "unclaimed"))
            con.execute(
                "CREATE OR REPLACE TEMP TABLE ahead AS "
                "SELECT DISTINCT * FROM reached ANTI JOIN been USING (node, day)"
            )

    def finish(self) -> None:
        """Divide the pools: `parts`. Rules that wait for what the others attribute come after those."""
        if self._count("waiting"):
            self._con.execute(
                "INSERT INTO passes BY NAME SELECT node, day, 'waiting' AS kind, '(waiting)' AS target, "
                "'direct' AS evidence, 1 AS weight, 1 AS whole FROM waiting"
            )
            self._share()
            self._con.execute(statement(PACKAGE, "attributed", perspective=quote_text(self._graph.name)))
            self._con.execute("DELETE FROM passes WHERE kind = 'waiting'")
            self._con.execute("CREATE OR REPLACE TEMP TABLE ahead AS FROM waiting")
            for number in self._rules_ahead():
                self._passing.rule(number)
                self._move(number, self._graph.rules[number])
        self._share()
        self._con.execute(statement(PACKAGE, "divide"))

    def _begin(self) -> None:
        """Nodes for the pools that are to be divided."""
        con, columns = self._con, [quote_ident(c) for c in self._graph.columns]
        listed = ", ".join([*columns, "CAST(idle AS VARCHAR) AS idle", "chain", "by_values"])
        found = con.execute(
            f"SELECT DISTINCT {listed} FROM pools JOIN rules ON number = string_split(chain, ',')[1] "
            "WHERE NOT at_once AND day IN (FROM run_days) ORDER BY ALL"
        ).fetchall()
        numbers = [self._number(self._node(row)) for row in found]
        rows = [(*row, number) for row, number in zip(found, numbers, strict=True)]
        self._following.learn(
            [(n, row[-1], row[-2]) for n, row in zip(numbers, found, strict=True)], self._number_at
        )
        self._insert_nodes()
        names = [*self._graph.columns, "idle", "chain", "by_values", "node"]
        make_table(con, "starts", {n: "INTEGER" if n == "node" else "VARCHAR" for n in names}, rows)
        same = "".join(f"s.{c} = p.{c} AND " for c in columns)
        con.execute(statement(PACKAGE, "pools_at", same=same))
        con.execute("DELETE FROM pools_at WHERE day NOT IN (FROM run_days)")
        con.execute("CREATE OR REPLACE TEMP TABLE ahead AS SELECT DISTINCT node, day FROM pools_at")

    def _node(self, row: Sequence[str]) -> Node:
        *at, idle, chain, by = row
        rules = tuple(int(n) for n in chain.split(",") if n)
        answers = tuple(zip(self._graph.columns, at, strict=True))
        return Node(answers, rules, self._following.label(rules, by), idle=idle == "true")

    def _number_at(self, at: Sequence[str], chain: str, idle: str) -> int:
        return self._number(self._node([*at, idle, chain, ""]))

    def _number(self, node: Node) -> int:
        if node not in self._numbers:
            self._numbers[node] = len(self._numbers)
        return self._numbers[node]

    def _insert_nodes(self) -> None:
        row = self._con.execute("SELECT count(*) FROM nodes").fetchone()
        known = int(row[0]) if row else 0
        made = list(self._numbers.items())[known:]
        rules = self._graph.rules
        rows = [
            (
                number,
                node.rule,
                self._graph.label(node),
                "" if node.rule is None else self._graph.to(rules[node.rule]),
                "idle" if node.idle else "unallocated",
                *(value for _, value in node.at),
            )
            for node, number in made
        ]
        columns = {"node": "INTEGER", "rule": "INTEGER"}
        columns |= dict.fromkeys(["label", "moves_to", "stays", *self._graph.columns], "VARCHAR")
        make_table(self._con, "nodes_made", columns, rows)
        self._con.execute("INSERT INTO nodes FROM nodes_made")

    def _rules_ahead(self) -> list[int]:
        found = self._con.execute(
            "SELECT DISTINCT rule FROM ahead JOIN nodes USING (node) WHERE rule IS NOT NULL ORDER BY rule"
        ).fetchall()
        return [int(row[0]) for row in found]

    def _move(self, number: int, rule: Rule) -> None:
        """Keep what a rule passed on, and note where cost goes on from."""
        final = self._graph.to(rule) == self._graph.perspective.to
        goes = "kind IN ('rest', 'node')" if final else "kind IN ('rest', 'node', 'to')"
        pairs = self._con.execute(
            f"SELECT DISTINCT node, kind, target FROM passed WHERE {goes} ORDER BY ALL"
        ).fetchall()
        nodes = list(self._numbers)
        rows = [(node, kind, target, self._next(nodes[node], kind, target)) for node, kind, target in pairs]
        self._insert_nodes()
        columns = {"node": "INTEGER", "kind": "VARCHAR", "target": "VARCHAR", "next": "INTEGER"}
        make_table(self._con, "moves", columns, rows)
        self._con.execute(statement(PACKAGE, "moved", rule=str(number)))

    def _next(self, node: Node, kind: str, target: str) -> int:
        if kind == "node":
            return int(target)
        return self._number(self._graph.rest(node) if kind == "rest" else self._graph.next(node, target))

    def _share(self) -> None:
        self._solve()
        self._con.execute(statement(PACKAGE, "final_shares"))

    def _solve(self) -> None:
        """Where the cost of each node that passes cost on leaves the graph: the table `exits`."""
        rank = self._ranks()
        number = {r: n for n, r in rank.items()}
        rows: list[tuple[object, ...]] = []
        for day, graph in self._days(rank).items():
            try:
                found = exits(graph)
            except Closed as why:
                raise self._closed(day, why, rank) from None
            rows += [
                (day, number[node], number[last], WEAKNESS[evidence], part)
                for node, shares in found.items()
                for (last, evidence), part in shares.items()
            ]
        columns = {
            "day": "DATE",
            "node": "INTEGER",
            "last": "INTEGER",
            "weakness": "TINYINT",
            "weight": "BIGINT",
        }
        make_table(self._con, "exits", columns, rows)

    def _ranks(self) -> dict[int, int]:
        """Nodes in the order of their labels: no result depends on the order in which they were found."""
        labels = {number: self._graph.label(node) for node, number in self._numbers.items()}
        return {number: i for i, number in enumerate(sorted(labels, key=lambda n: labels[n]))}

    def _days(self, rank: dict[int, int]) -> dict[object, Day]:
        days: dict[object, Day] = defaultdict(Day)
        self._con.execute(
            "CREATE OR REPLACE TEMP TABLE passers AS "
            "SELECT DISTINCT node, day FROM passes WHERE next IS NOT NULL"
        )
        for day, node, to, evidence, weight, whole in self._con.execute(
            "SELECT day, node, next, evidence, sum(weight), any_value(whole) FROM passes "
            "SEMI JOIN passers USING (node, day) GROUP BY ALL ORDER BY ALL"
        ).fetchall():
            graph, at, share = days[day], rank[node], Fraction(weight, whole)
            edges = graph.edges.setdefault(at, {})
            if to is None:
                graph.leaves[at] = graph.leaves.get(at, Fraction(0)) + share
            else:
                edges[rank[to], evidence] = share
        return days

    def _closed(self, day: object, why: Closed, rank: dict[int, int]) -> Refused:
        labels = {rank[number]: self._graph.label(node) for node, number in self._numbers.items()}
        members = " → ".join(labels[m] for m in why.members)
        return Refused(
            f"on {day} these pools pass cost to each other, and nothing leaves them: {members}",
            where=f"perspectives.{self._graph.name}",
            hint="Change one of their rules, so that some of the cost goes on to a target.",
        )

    def _count(self, rows: str) -> int:
        row = self._con.execute(f"SELECT count(*) FROM {rows}").fetchone()
        return int(row[0]) if row else 0
