"""What of an amount came by each way: exact parts of it, by billing period."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import lcm

import duckdb

from apportion.analytics.explain.plan import Plan
from apportion.analytics.explain.steps import Ways, at_once, read_ways
from apportion.analytics.explain.walks import Walk
from apportion.analytics.filters import Bindings
from apportion.analytics.models import NONE, Row
from apportion.analytics.statements import fetch
from apportion.core.errors import BadInput
from apportion.core.money import from_units, largest_remainder, to_units
from apportion.engine import quote_ident

OTHER = "(other)"


NOTHING = Decimal(0).scaleb(-12)


@dataclass
class Path:
    """A way that some of the amount came; without a walk, all ways that are not shown together."""

    pin: str
    walk: Walk | None
    share: Fraction
    evidence: str
    amounts: dict[str, Decimal] = field(default_factory=dict)

    @property
    def amount(self) -> Decimal:
        return sum(self.amounts.values(), NOTHING)

    def add(self, period: str, amount: Decimal) -> None:
        """More of the amount, from one billing period."""
        self.amounts[period] = self.amounts.get(period, NOTHING) + amount


@dataclass(frozen=True)
class Split:
    """The target's part of one pool on one day, and the ways it came by; none where no step was recorded."""

    totals: dict[str, Decimal]
    ways: Ways | None
    paths: list[Path]

    def chosen(self, pin: str | None) -> Path | None:
        """The path that is pinned, or the only one. Raises BadInput for one that is not there."""
        if pin is None:
            return self.paths[0] if len(self.paths) == 1 else None
        found = next((path for path in self.paths if path.pin == pin), None)
        if found is None:
            raise BadInput(
                f"No cost came by the path '{pin}' here.", where="path", hint="Leave it out to see all paths."
            )
        return found


def split(con: duckdb.DuckDBPyConnection, plan: Plan) -> Split:
    """The amounts by billing period and evidence, each divided by the weights of its ways.

    Parts are floors, what is left over goes to the largest remainders: so they add up to the last digit.
    """
    request, day = plan.request, plan.day
    shared = _amounts(con, plan)
    totals: dict[str, Decimal] = {}
    for row in shared:
        totals[row["billing_period"]] = totals.get(row["billing_period"], NOTHING) + row["amount"]
    if not (request.perspective and request.target and day and request.pins["rule"]):
        return Split(totals, None, [])
    ways = _ways(con, plan, request.perspective, day, request.target)
    paths = _paths(ways)
    for row in shared:
        fitting = [p for p in paths if p.evidence == row["evidence"]] or paths
        for path, part in zip(fitting, _divided(row["amount"], fitting), strict=True):
            path.add(row["billing_period"], part)
    return Split(totals, ways, _together([path for path in paths if path.amounts]))


def _ways(con: duckdb.DuckDBPyConnection, plan: Plan, perspective: str, day: date, target: str) -> Ways:
    """The recorded steps; cost that carries its target's name goes there at once, without one."""
    node, pins = plan.request.pins["node"], plan.request.pins
    if node:
        return read_ways(con, perspective, day, node, target)
    answers = {name: pins[name] for name in plan.facts.dimensions if pins[name] != NONE}
    label = ", ".join(f"{name}={value}" for name, value in answers.items()) or NONE
    return at_once(label, day, target, pins["rule"], plan.facts.perspectives[perspective])


def _amounts(con: duckdb.DuckDBPyConnection, plan: Plan) -> list[Row]:
    bindings = Bindings()
    condition = plan.condition(bindings)
    sql = f"""
SELECT billing_period, evidence, SUM({quote_ident(plan.request.scope.metric)}) AS amount
FROM allocations WHERE {condition} GROUP BY ALL ORDER BY ALL"""
    return fetch(con, sql, bindings.values)


def _paths(ways: Ways) -> list[Path]:
    """Every walk that is shown, named by the nodes on it, and what is left for each evidence."""
    found: list[Path] = []
    seen: dict[str, int] = defaultdict(int)
    for walk in ways.walks.shown:
        name = " > ".join(edge.target for edge in walk.edges[:-1])
        seen[name] += 1
        pin = name if seen[name] == 1 else f"{name} #{seen[name]}".strip()
        found.append(Path(pin, walk, walk.share, walk.evidence))
    return [*found, *(Path(OTHER, None, share, e) for e, share in sorted(ways.walks.rest.items()))]


def _divided(amount: Decimal, paths: Sequence[Path]) -> list[Decimal]:
    if not paths:
        return []
    whole = lcm(*(path.share.denominator for path in paths))
    weights = [path.share.numerator * (whole // path.share.denominator) for path in paths]
    return [from_units(u) for u in largest_remainder(to_units(amount), weights, [p.pin for p in paths])]


def _together(paths: Sequence[Path]) -> list[Path]:
    """The walks, and all that is left as one."""
    walks = [path for path in paths if path.walk]
    rest = [path for path in paths if not path.walk]
    if len(rest) < 2:
        return [*walks, *rest]
    together = Path(OTHER, None, sum((path.share for path in rest), Fraction(0)), "")
    for path in rest:
        for period, amount in path.amounts.items():
            together.add(period, amount)
    return [*walks, together]
