"""What each node passes on: one rule at the nodes where it takes cost, on the days that there is any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from apportion.allocation.models import ATTRIBUTED, UNALLOCATED, CarryForward, Days, Driver, Rule
from apportion.allocation.nodes import Map
from apportion.allocation.patterns import NONE
from apportion.allocation.shares import PACKAGE, Setting, Weights, even, weights_of
from apportion.core.errors import BadInput, Refused
from apportion.engine import quote_ident, quote_text, statement

SCALE = 10**18
"""The denominator of shares that several steps or measures make together."""


@dataclass(frozen=True)
class Facts:
    """What every rule of a run may divide by."""

    measures: Mapping[str, Sequence[str]]
    customer_table: bool
    currency: str


class Passing:
    """Fills the table `passed` for one rule at a time, from the pairs of node and day in `ahead`."""

    def __init__(self, con: duckdb.DuckDBPyConnection, graph: Map, facts: Facts) -> None:
        self._con, self._graph, self._facts = con, graph, facts
        self._made: set[str] = set()
        self._back = -1

    def rule(self, number: int) -> None:
        """What rule `number` passes on. Raises BadInput for what is missing, Refused where it says `fail`."""
        rule = self._graph.rules[number]
        self._con.execute(statement(PACKAGE, "passed_table"))
        if rule.method == "direct":
            self._direct(number, rule)
        elif rule.method == "follow":
            self._con.execute(statement(PACKAGE, "follow", rule=str(number)))
        else:
            self._divided(number, rule)

    def _direct(self, number: int, rule: Rule) -> None:
        to = self._graph.to(rule)
        final = "true" if to == self._graph.perspective.to else "false"
        self._con.execute(statement(PACKAGE, "direct", to=quote_ident(to), final=final, rule=str(number)))

    def _divided(self, number: int, rule: Rule) -> None:
        drivers: list[Driver | None] = [*rule.drivers] or [None]
        for k, driver in enumerate(drivers):
            part = int(driver.weight * SCALE / 100) if driver and len(drivers) > 1 else 0
            self._part(number, rule, k, driver, part)
        if len(drivers) > 1:  # floors of the parts: what they add up to is the whole
            self._con.execute(
                "CREATE OR REPLACE TEMP TABLE passed AS SELECT * REPLACE "
                "(CAST(sum(weight) OVER (PARTITION BY node, day) AS HUGEINT) AS whole) FROM passed "
                "WHERE weight > 0"
            )

    def _part(self, number: int, rule: Rule, k: int, driver: Driver | None, part: int) -> None:
        setting = self._setting(number, rule)
        weights = weights_of(rule, driver, setting)
        table = f"shares_{number}_{k}"
        if table not in self._made:
            self._days(rule)
            _fill(weights, self._con, table, setting)
            if not driver or driver.measure != ATTRIBUTED:
                self._made.add(table)
        self._con.execute(
            "CREATE OR REPLACE TEMP TABLE pair AS SELECT a.node, a.day, "
            f"{', '.join(f'n.{quote_ident(c)}' for c in self._graph.columns)} "
            f"FROM ahead AS a JOIN nodes AS n USING (node) WHERE n.rule = {number}"
        )
        self._give(table, weights, rule, part, _back(rule))
        if rule.without_usage == "fail":
            self._fail(setting)
        if rule.without_usage == "even":
            evenly = even(rule, setting)
            evenly.fill(self._con, "shares_even")
            self._give("shares_even", evenly, rule, part, 0)
        self._con.execute(
            statement(
                PACKAGE,
                "nothing_to_divide_by",
                kind="'rest'" if rule.amounts is not None else "'unallocated'",
                measure=quote_text(weights.measure),
                weight=str(part or 1),
                whole="NULL" if part else "1",
            )
        )

    def _give(self, table: str, weights: Weights, rule: Rule, part: int, back: int) -> None:
        final = self._graph.to(rule) == self._graph.perspective.to
        names = [quote_ident(k) for k in weights.keys]
        keys = [f"{quote_text(k)}: b.{quote_ident(o)}" for o, k in weights.keys.items() if o != "currency"]
        self._con.execute(
            statement(
                PACKAGE,
                "pass",
                shares=table,
                keys="".join(f"{n}, " for n in names),
                same="".join(f"known.{n} = pair.{n} AND " for n in names),
                same_share="".join(f"s.{n} = b.{n} AND " for n in names),
                back=str(back),
                leaves_rest="true" if rule.method == "fixed" else "false",
                nobody=f"({quote_text(NONE)}, {quote_text(UNALLOCATED)})" if final else "('')",
                evidence=quote_text(weights.evidence),
                measure=quote_text(weights.measure),
                by=f"MAP {{{', '.join(keys)}}}",
                basis_from=weights.first,
                basis_to=weights.last,
                part=str(part),
            )
        )

    def _setting(self, number: int, rule: Rule) -> Setting:
        return Setting(
            self._graph.to(rule),
            number,
            self._facts.measures,
            self._facts.customer_table,
            f"perspectives.{self._graph.name}, rule '{rule.name}'",
            self._graph.columns,
            self._facts.currency,
        )

    def _days(self, rule: Rule) -> None:
        """The days that shares are needed for (`spans`), and the days whose usage may count (`counted`)."""
        self._con.execute(
            "CREATE OR REPLACE TEMP TABLE spans AS SELECT DISTINCT day - CAST(n AS INTEGER) AS day "
            f"FROM run_days, range({_back(rule) + 1}) AS t(n)"
        )
        before = rule.over.days - 1 if isinstance(rule.over, Days) else 0
        first, last = f"min(day) - {before}", "max(day)"
        if rule.over == "month":
            first, last = "date_trunc('month', min(day))", "last_day(max(day))"
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE counted AS SELECT {first} AS first, {last} AS last FROM spans"
        )

    def _fail(self, setting: Setting) -> None:
        row = self._con.execute("SELECT node, day FROM pair ORDER BY day, node LIMIT 1").fetchone()
        if row:
            node = self._con.execute("SELECT label FROM nodes WHERE node = ?", [row[0]]).fetchone()
            raise Refused(
                f"there is no usage to divide by on {row[1]} at {node[0] if node else ''}",
                where=setting.where,
                hint="Load the missing usage, or set without_usage to something other than fail.",
            )


def _fill(weights: Weights, con: duckdb.DuckDBPyConnection, table: str, setting: Setting) -> None:
    try:
        weights.fill(con, table)
    except (duckdb.OutOfRangeException, duckdb.ConversionException):
        raise BadInput(
            f"the quantities of '{weights.measure}' are too large to be added up and weighed",
            where=setting.where,
            hint="A sum may have 26 digits before the point, times the weight of a tier 38: "
            "use a larger unit, such as GB for bytes.",
        ) from None


def _back(rule: Rule) -> int:
    return rule.without_usage.carry_forward if isinstance(rule.without_usage, CarryForward) else 0


def waits(rule: Rule) -> bool:
    """Whether a rule needs to know what the others attribute."""
    return any(driver.measure == ATTRIBUTED for driver in rule.drivers)
