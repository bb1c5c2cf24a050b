"""Any graph of services: the engine's results are those of a direct solution in fractions, to the last unit."""

import tempfile
from decimal import Decimal as D
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from allocation_by_hand import Arrow, NothingLeaves, divide, shares
from apportion.core.errors import Refused
from apportion.core.money import to_units
from books import Books, charge

DAY = "2026-09-01"
SERVICES, CUSTOMERS = ["api", "bus", "cdn", "db", "etl"], ["acme", "bolt", "crux"]
MEASURES = {"calls": ["from", "service"], "requests": ["service", "customer"]}
DIMENSIONS = {"service": [{"tag": "service"}], "customer": [{"tag": "customer"}]}


class Company(NamedTuple):
    """What each service costs and does: it passes its cost on by calls, to customers by requests, or otherwise."""

    costs: dict[str, D]
    ways: dict[str, str]
    calls: dict[tuple[str, str], int]
    requests: dict[tuple[str, str], D]

    def rules(self) -> list[dict[str, Any]]:
        return [
            {
                "passes": {"name": s, "match": {"service": s}, "method": "proportional", "measure": "calls",
                           "where": {"from": s}, "to": "service"},
                "serves": {"name": s, "match": {"service": s}, "method": "proportional", "measure": "requests"},
                "even": {"name": s, "match": {"service": s}, "method": "even", "targets": CUSTOMERS},
                "fixed": {"name": s, "match": {"service": s}, "method": "fixed", "shares": {"acme": "33.3", "bolt": "1"}},
                "deal": {"name": s, "match": {"service": s}, "method": "fixed", "to": "service", "shares": {"db": "50%"}},
            }[way]
            for s, way in self.ways.items() if way != "nobody"
        ]  # fmt: skip

    def graph(self) -> dict[str, list[Arrow]]:
        nodes = {f"service={s}": self._arrows(s) for s in SERVICES}
        rests = {
            a.node: [Arrow(1, "direct", target="(unallocated)")] for arrows in nodes.values() for a in arrows
        }
        return {n: found for n, found in {**rests, **nodes}.items() if n}

    def _arrows(self, s: str) -> list[Arrow]:
        nobody = [Arrow(1, "assumed", target="(unallocated)")]
        if self.ways[s] == "passes":
            return [
                Arrow(w * 10**12, "measured", node=f"service={to}")
                for (by, to), w in self.calls.items()
                if by == s
            ] or nobody
        if self.ways[s] == "serves":
            return [
                Arrow(to_units(w), "measured", target=c) for (by, c), w in self.requests.items() if by == s
            ] or nobody
        if self.ways[s] == "even":
            return [Arrow(1, "assumed", target=c) for c in CUSTOMERS]
        rest = f"service={s}, after={s}"
        if self.ways[s] == "fixed":
            shared = [Arrow(333, "assumed", target="acme"), Arrow(10, "assumed", target="bolt")]
            return [*shared, Arrow(657, "assumed", node=rest)]
        if self.ways[s] == "deal":
            return [Arrow(1, "assumed", node="service=db"), Arrow(1, "assumed", node=rest)]
        return [Arrow(1, "direct", target="(unallocated)")]


@st.composite
def companies(draw: st.DrawFn) -> Company:
    amounts = st.decimals("-1000000", "1000000", places=12)
    pairs = st.tuples(st.sampled_from(SERVICES), st.sampled_from(SERVICES))
    uses = st.tuples(st.sampled_from(SERVICES), st.sampled_from(CUSTOMERS))
    ways = st.sampled_from(
        ["passes", "passes", "passes", "serves", "serves", "even", "fixed", "deal", "nobody"]
    )
    return Company(
        {s: draw(amounts) for s in SERVICES},
        {s: draw(ways) for s in SERVICES},
        draw(st.dictionaries(pairs, st.integers(1, 1000), max_size=16)),
        draw(st.dictionaries(uses, st.decimals("0.000001", "1000000", places=6), max_size=12)),
    )


def allocate(
    company: Company, names: dict[str, str] | None = None
) -> dict[tuple[str, str, str], tuple[int, int]]:
    """(service, target, evidence) → BilledCost and EffectiveCost in units; `names` renames customers."""
    called = names or {c: c for c in CUSTOMERS}
    with tempfile.TemporaryDirectory() as folder:
        books = Books(Path(folder))
        books.bill(charge(cost, EffectiveCost=-cost / 7, service=s) for s, cost in company.costs.items())
        books.usage([(DAY, D(w), {"from": a, "service": b}) for (a, b), w in company.calls.items()] or
                    [(DAY, D(0), {"from": "", "service": ""})], "calls")  # fmt: skip
        books.usage([(DAY, w, {"service": s, "customer": called[c]}) for (s, c), w in company.requests.items()] or
                    [(DAY, D(0), {"service": "", "customer": ""})])  # fmt: skip
        rules = [_renamed(rule, called) for rule in company.rules()]
        perspective = {"to": "customer", "rules": rules}
        books.allocate({"dimensions": DIMENSIONS, "perspectives": {"customer": perspective}}, MEASURES)
        assert books.sql("SELECT * FROM steps WHERE weight < 0 OR whole <= 0") == []
        sums = (
            "SELECT node, sum(weight) AS s, any_value(whole) AS w FROM steps GROUP BY day, node HAVING s <> w"
        )
        assert books.sql(sums) == []
        rows = books.sql("SELECT service, target, evidence, BilledCost, EffectiveCost FROM allocations")
        return {(s, t, e): (to_units(b), to_units(x)) for s, t, e, b, x in rows}


def _renamed(rule: dict[str, Any], called: dict[str, str]) -> dict[str, Any]:
    if rule["method"] == "even":
        return {**rule, "targets": [called[t] for t in rule["targets"]]}
    if "acme" in rule.get("shares", {}):
        return {**rule, "shares": {called[t]: share for t, share in rule["shares"].items()}}
    return rule


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(companies())
def test_every_graph_is_solved_as_by_hand(company: Company) -> None:
    """Chains, diamonds, cycles, dead ends, credits: equal to the direct solution, unit by unit."""
    try:
        weights = shares(company.graph())
    except NothingLeaves:
        with pytest.raises(Refused, match="nothing leaves them"):
            allocate(company)
        return
    found = allocate(company)
    for service, cost in company.costs.items():
        if company.ways[service] == "nobody":
            assert found[service, "(unallocated)", ""][0] == to_units(cost)
            continue
        parts = divide(to_units(cost), weights[f"service={service}"])
        assert {k[1:]: v[0] for k, v in found.items() if k[0] == service} == parts
        small = divide(to_units(-cost / 7), weights[f"service={service}"])
        assert {k[1:]: v[1] for k, v in found.items() if k[0] == service} == small


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(companies())
def test_other_names_move_no_more_than_a_leftover_unit(company: Company) -> None:
    try:
        shares(company.graph())
    except NothingLeaves:
        assume(False)
    called = {"acme": "zeta", "bolt": "mono", "crux": "alfa"}
    other = allocate(company, called)
    for (service, target, evidence), amounts in allocate(company).items():
        same = other[service, called.get(target, target), evidence]
        assert all(abs(a - b) <= 1 for a, b in zip(amounts, same, strict=True))
