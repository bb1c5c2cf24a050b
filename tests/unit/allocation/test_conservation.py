"""Whatever the bill and the rules: nothing is lost, order does not matter, and a rerun gives the same digits."""

import random
import tempfile
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from books import Books, charge

SERVICES, CUSTOMERS, DAYS = (
    ["api", "db", "cdn", ""],
    ["acme", "bolt", "crux", ""],
    ["2026-09-29", "2026-09-30"],
)
DIMENSIONS = {
    "team": [{"tag": "team"}],
    "service": [{"tag": "service"}],
    "environment": [{"tag": "env"}],
    "customer": [{"tag": "customer"}],
}
amounts = st.decimals("-1000000", "1000000", places=12) | st.sampled_from([D(0), D("0.000000000001")])
optional = st.sampled_from


@st.composite
def charges(draw: st.DrawFn) -> dict[str, Any]:
    day = draw(optional(DAYS))
    return charge(
        draw(amounts),
        day=day,
        until=draw(optional(["", "", "2026-10-01", "2026-10-03"])),
        EffectiveCost=draw(amounts),
        BillingCurrency=draw(optional(["USD", "USD", "EUR"])),
        x_Source=draw(optional(["aws", "gcp"])),
        CommitmentDiscountStatus=draw(optional([None, None, None, "Unused"])),
        team=draw(optional(["platform", "web", ""])),
        service=draw(optional(SERVICES)),
        customer=draw(optional(CUSTOMERS)),
        env=draw(optional(["production", "staging", ""])),
    )


usage_rows = st.tuples(
    optional(DAYS),
    st.decimals("0", "100000000", places=6) | st.integers(0, 10**9).map(D),
    st.fixed_dictionaries(
        {"service": optional(["api", "db"]), "customer": optional(["acme", "bolt", "crux"])}
    ),
)
without = optional(["unallocated", "even", {"carry_forward": 3}])


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    found = [
        {"name": "dedicated", "match": {"customer": "*"}, "method": "direct"},
        {"name": "shared", "match": {"service": ["api", "db"]}, "method": "proportional", "measure": "requests",
         "without_usage": draw(without)},
        {"name": "platform", "match": {"team": "platform"}, "method": "proportional", "measure": "cost",
         "to": "service", "without_usage": draw(without)},
        {"name": "deal", "match": {"environment": "stag*"}, "method": "fixed", "shares": {"acme": "33.3", "bolt": "1"}},
        {"name": "rest", "match": {"service": "*"}, "method": "even", "targets": ["acme", "bolt", "crux"]},
    ]  # fmt: skip
    chosen = draw(st.permutations(found))[: draw(st.integers(0, len(found)))]
    return {
        "dimensions": DIMENSIONS,
        "perspectives": {
            "customer": {"to": "customer", "rules": chosen},
            "team": {"to": "team", "rules": [{"name": "tagged", "match": {"team": "*"}, "method": "direct"}]},
        },
    }


def outcome(
    bill: list[Any], usage: list[Any], rule_set: dict[str, Any]
) -> tuple[list[Any], list[Any], list[Any]]:
    with tempfile.TemporaryDirectory() as folder:
        books = Books(Path(folder))
        books.bill(bill)
        if usage:
            books.usage(usage)
        books.allocate(rule_set)
        first = books.sql("FROM allocations ORDER BY ALL")
        books.allocate(rule_set)
        again = books.sql("FROM allocations ORDER BY ALL")
        return first, again, books.sql("FROM reconciliation ORDER BY ALL")


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(charges(), min_size=1, max_size=12), st.lists(usage_rows, max_size=12), rules(), st.randoms())
def test_nothing_is_lost_and_order_does_not_matter(
    bill: list[Any], usage: list[Any], rule_set: dict[str, Any], dice: random.Random
) -> None:
    found, again, statement = outcome(bill, usage, rule_set)
    assert found == again
    for metric, column in (("BilledCost", -2), ("EffectiveCost", -1)):
        came_in = sum((row[metric] for row in bill), D(0))
        for perspective in ("customer", "team"):
            assert sum(row[column] for row in found if row[0] == perspective) == came_in
            assert (
                sum(line[5] for line in statement if (line[0], line[4]) == (perspective, metric)) == came_in
            )
    assert all(line[9] == 0 for line in statement)
    dice.shuffle(bill)
    dice.shuffle(usage)
    assert outcome(bill, usage, rule_set)[0] == found
