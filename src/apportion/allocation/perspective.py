"""One perspective: every pool goes to its final targets, step by step, and none of it is lost."""

from collections.abc import Callable, Mapping, Sequence

import duckdb

from apportion.allocation.models import NONE, Perspective, Rule
from apportion.allocation.patterns import all_match
from apportion.allocation.shares import PACKAGE, Setting, location, prepare, prepare_even
from apportion.core.errors import BadInput, Refused
from apportion.engine import quote_ident, quote_text, statement

IDLE, UNALLOCATED = "(idle)", "(unallocated)"
EVIDENCE = {"direct": "direct", "proportional": "measured", "even": "assumed", "fixed": "assumed"}


class Allocator:
    """Applies the rules of perspectives to the table `pools` and fills the table `results`."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        dimensions: Sequence[str],
        measures: Mapping[str, Sequence[str]],
        *,
        customer_table: bool,
    ) -> None:
        self._con = con
        self._dimensions = list(dimensions)
        self._measures = measures
        self._customer_table = customer_table
        self._origin = ", ".join(
            quote_ident(c)
            for c in ["day", "source", "billing_period", "currency", *self._dimensions, "cost_class"]
        )
        self._at = "".join(f"{location(d)}, " for d in self._dimensions)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE results AS SELECT '' AS perspective, {self._origin}, "
            "'' AS target_kind, '' AS target, '' AS rule, '' AS method, '' AS via, '' AS evidence, "
            "billed, effective FROM pools LIMIT 0"
        )

    def run(self, name: str, perspective: Perspective, said: Callable[[str], None]) -> None:
        """Add the rows of one perspective to `results`. Raises BadInput or Refused naming the rule."""
        self._check(name, perspective)
        con = self._con
        con.execute(
            f"INSERT INTO results SELECT {quote_text(name)}, {self._origin}, 'idle', {quote_text(IDLE)}, "
            "'', '', '', '', billed, effective FROM pools WHERE idle"
        )
        start = "".join(f"{quote_ident(d)} AS {location(d)}, " for d in self._dimensions)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE frontier AS SELECT {self._origin}, {start} '' AS via, "
            "'' AS evidence, billed, effective FROM pools WHERE NOT idle"
        )
        first = True
        while self._count("frontier"):
            self._claim(name, perspective.rules, first=first)
            first = False
            con.execute("CREATE OR REPLACE TEMP TABLE moved AS FROM frontier LIMIT 0")
            for number, rule in enumerate(perspective.rules):
                if self._count(f"claimed WHERE rule_no = {number}"):
                    said(f"{name}: {rule.name}")
                    self._apply(name, perspective, rule, number)
            self._refuse_cycle(name)
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE frontier AS SELECT {self._origin}, {self._at} via, evidence, "
                "sum(billed) AS billed, sum(effective) AS effective FROM moved GROUP BY ALL"
            )

    def _check(self, name: str, perspective: Perspective) -> None:
        known = {*self._dimensions, "cost_class", "source", "currency"}
        for rule in perspective.rules:
            for key in (*rule.match, *([rule.to] if rule.to else [])):
                if key not in known or (key == rule.to and key not in self._dimensions):
                    raise BadInput(
                        f"'{key}' is not a dimension",
                        where=f"perspectives.{name}, rule '{rule.name}'",
                        hint=f"Dimensions: {', '.join(self._dimensions) or 'none are declared'}.",
                    )
        if perspective.to not in self._dimensions:
            raise BadInput(f"'{perspective.to}' is not a dimension", where=f"perspectives.{name}.to")

    def _claim(self, name: str, rules: Sequence[Rule], *, first: bool) -> None:
        """Give each pool of the frontier the first rule that matches where it is; what none does stays."""
        where = {d: location(d) for d in [*self._dimensions, "cost_class", "source", "currency"]}
        cases = "".join(f"WHEN {all_match(where, r.match)} THEN {i} " for i, r in enumerate(rules))
        number = f"CASE {cases} END" if cases else "CAST(NULL AS INTEGER)"
        self._con.execute(
            "CREATE OR REPLACE TEMP TABLE claimed AS "
            f"SELECT row_number() OVER () AS id, *, {number} AS rule_no FROM frontier"
        )
        if first:
            self._con.execute("CREATE OR REPLACE TEMP TABLE claimed_first AS FROM claimed")
        self._result(name, "FROM claimed AS c WHERE rule_no IS NULL", "'unallocated'", UNALLOCATED)

    def _apply(self, name: str, perspective: Perspective, rule: Rule, number: int) -> None:
        to = rule.to or perspective.to
        if rule.method == "direct":
            self._con.execute(
                f"CREATE OR REPLACE TEMP TABLE parts AS SELECT id, {location(to)} AS target, "
                f"false AS carried, billed, effective FROM claimed WHERE rule_no = {number}"
            )
            self._place(name, perspective, rule, to, "direct")
            return
        setting = Setting(to, self._dimensions, self._measures, self._customer_table)
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE this_rule AS SELECT {number} AS rule_no")
        keys = prepare(self._con, rule, number, setting)
        self._divide(number, keys)
        self._place(name, perspective, rule, to, EVIDENCE[rule.method])
        self._keep_undivided(number, keys)
        if rule.without_usage == "even" and self._count("claimed WHERE rule_no = -1"):
            self._con.execute(f"UPDATE claimed SET rule_no = {number} WHERE rule_no = -1")
            prepare_even(self._con, rule, number, setting)
            self._divide(number, [])
            self._place(name, perspective, rule, to, "assumed")
            self._keep_undivided(number, [])
        self._result(
            name, "FROM claimed AS c WHERE rule_no = -1", "'unallocated'", UNALLOCATED, rule.name, rule.method
        )
        self._con.execute("DELETE FROM claimed WHERE rule_no = -1")

    def _divide(self, number: int, keys: Sequence[str]) -> None:
        named = [quote_ident(k) for k in keys]
        pool = ["c.day = b.day", *(f"c.{location(k)} = b.{quote_ident(k)}" for k in keys)]
        self._con.execute(
            statement(
                PACKAGE,
                "divide",
                keys="".join(f"{k}, " for k in named),
                pool_keys="".join(f"b.{k}, " for k in named),
                pool_of_basis=" AND ".join(pool),
                whole_of_basis=" AND ".join([f"w.{k} = b.{k}" for k in named] or ["true"]),
                share_of_pool=" AND ".join([f"s.{k} = p.{k}" for k in named] or ["true"]),
                rule_no=str(number),
            )
        )

    def _keep_undivided(self, number: int, keys: Sequence[str]) -> None:
        """Mark (rule −1) the pools that had nothing to divide by, and drop those that were divided."""
        same = " AND ".join(["c.day = b.day", *(f"c.{location(k)} = b.{quote_ident(k)}" for k in keys)])
        self._con.execute(
            f"UPDATE claimed AS c SET rule_no = -1 FROM basis AS b WHERE c.rule_no = {number} AND {same} "
            "AND b.basis_day IS NULL"
        )
        self._con.execute(f"DELETE FROM claimed WHERE rule_no = {number}")

    def _place(self, name: str, perspective: Perspective, rule: Rule, to: str, evidence: str) -> None:
        """Parts at the perspective's own dimension have arrived; the others go on from where they are now."""
        evidence_sql = (
            f"CASE WHEN p.carried OR c.evidence = 'assumed' THEN 'assumed' "
            f"WHEN c.evidence = '' THEN {quote_text(evidence)} "
            f"WHEN {quote_text(evidence)} = 'assumed' THEN 'assumed' "
            f"WHEN c.evidence = {quote_text(evidence)} THEN c.evidence ELSE 'measured' END"
        )
        if to == perspective.to:
            none = quote_text(NONE)
            self._result(
                name,
                "FROM parts AS p JOIN claimed AS c USING (id)",
                f"CASE WHEN p.target = {none} THEN 'unallocated' ELSE 'allocated' END",
                f"CASE WHEN p.target = {none} THEN {quote_text(UNALLOCATED)} ELSE p.target END",
                rule.name,
                rule.method,
                evidence_sql,
                "p",
            )
            return
        left = {d: quote_text(NONE) for d in rule.match if d in self._dimensions} | {to: "p.target"}
        at = "".join(f"{left.get(d, 'c.' + location(d))} AS {location(d)}, " for d in self._dimensions)
        node = f"{quote_text(to + ':')} || p.target"
        self._con.execute(
            f"INSERT INTO moved SELECT {self._prefixed('c')}, {at} "
            f"CASE WHEN c.via = '' THEN {node} ELSE c.via || ' > ' || {node} END AS via, {evidence_sql}, "
            "p.billed, p.effective FROM parts AS p JOIN claimed AS c USING (id)"
        )

    def _result(
        self,
        name: str,
        rows: str,
        kind: str,
        target: str,
        rule: str = "",
        method: str = "",
        evidence: str = "''",
        amounts: str = "c",
    ) -> None:
        target = quote_text(target) if target in (IDLE, UNALLOCATED) else target
        self._con.execute(
            f"INSERT INTO results SELECT {quote_text(name)}, {self._prefixed('c')}, {kind}, {target}, "
            f"{quote_text(rule)}, {quote_text(method)}, c.via, {evidence}, "
            f"{amounts}.billed, {amounts}.effective {rows}"
        )

    def _refuse_cycle(self, name: str) -> None:
        """A path that comes to a node twice would go on for ever."""
        row = self._con.execute(
            "SELECT path FROM (SELECT string_split(via, ' > ') AS path FROM moved) "
            "WHERE len(path) > len(list_distinct(path)) ORDER BY path LIMIT 1"
        ).fetchone()
        if row:
            path: list[str] = row[0]
            circle = path[path.index(path[-1]) :]
            raise Refused(
                f"these pools pass cost to each other in a circle: {' → '.join(circle)}",
                where=f"perspectives.{name}",
                hint="Change the rules so that cost goes one way.",
            )

    def _prefixed(self, alias: str) -> str:
        return ", ".join(f"{alias}.{c.strip()}" for c in self._origin.split(", "))

    def _count(self, rows: str) -> int:
        row = self._con.execute(f"SELECT count(*) FROM {rows}").fetchone()
        return int(row[0]) if row else 0
