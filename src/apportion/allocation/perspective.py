"""One perspective: every pool goes to its final targets, whatever way it takes, and none of it is lost."""

from collections.abc import Callable, Sequence

import duckdb

from apportion.allocation.following import Following
from apportion.allocation.models import Perspective, Rule
from apportion.allocation.nodes import Kinds, Map
from apportion.allocation.passing import Facts
from apportion.allocation.shares import PACKAGE
from apportion.allocation.way import Way
from apportion.engine import quote_ident, quote_text, statement


class Allocator:
    """Applies perspectives to the table `daily_costs` and fills the tables `results` and `steps`.

    `run_days` holds the days to allocate, `all_days` all days of the run.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        dimensions: Sequence[str],
        kinds: Kinds,
        facts: Facts,
        *,
        currencies: int,
    ) -> None:
        self._con, self._facts, self._kinds = con, facts, kinds
        self._dimensions, self._currencies = list(dimensions), currencies
        origin = ["day", "source", "billing_period", "currency", *self._dimensions, "cost_class"]
        self._origin = [quote_ident(c) for c in origin]
        texts = dict.fromkeys(("target_kind", "target", "rule", "method", "node", "evidence"), "VARCHAR")
        columns = {"perspective": "VARCHAR", "day": "DATE", **dict.fromkeys(origin[1:], "VARCHAR"), **texts}
        listed = ", ".join(f"{quote_ident(c)} {t}" for c, t in columns.items())
        con.execute(f"CREATE OR REPLACE TEMP TABLE results ({listed}, billed HUGEINT, effective HUGEINT)")
        con.execute(statement(PACKAGE, "steps_table"))

    def run(self, name: str, perspective: Perspective, said: Callable[[str], None]) -> None:
        """Add one perspective to `results` and `steps`. Raises BadInput or Refused naming the rule."""
        graph = Map(name, perspective, self._dimensions, self._kinds, currencies=self._currencies)
        said(f"{name}: pools")
        following = Following(self._con, graph)
        self._con.execute(
            statement(
                PACKAGE,
                "pools",
                dimensions="".join(f"{quote_ident(d)}, " for d in self._dimensions),
                claims=graph.claims(),
                by=following.values(),
                days="true" if following.by_month else "day IN (FROM run_days)",
            )
        )
        self._register_rules(graph)
        self._at_once(name, graph)
        way = Way(self._con, graph, self._facts, following)
        way.explore(said)
        said(f"{name}: division")
        way.finish()
        self._say("place", name, "p.")
        self._say("keep_steps", name, "")

    def _register_rules(self, graph: Map) -> None:
        rows = ", ".join(
            f"('{n}', {quote_text(r.name)}, {quote_text(r.method)}, {self._ends_at_once(graph, r)})"
            for n, r in enumerate(graph.rules)
        )
        self._con.execute(
            "CREATE OR REPLACE TEMP TABLE rules AS SELECT * FROM (VALUES ('', '', '', true)"
            f"{', ' + rows if rows else ''}) AS t(number, rule, method, at_once)"
        )

    @staticmethod
    def _ends_at_once(graph: Map, rule: Rule) -> bool:
        return rule.method == "direct" and graph.to(rule) == graph.perspective.to

    def _at_once(self, name: str, graph: Map) -> None:
        self._say("at_once", name, "", to=quote_ident(graph.perspective.to))

    def _say(self, sql: str, name: str, alias: str, **parts: str) -> None:
        origin = ", ".join(f"{alias}{c}" for c in self._origin)
        self._con.execute(statement(PACKAGE, sql, perspective=quote_text(name), origin=origin, **parts))
