"""Cost that services pass to each other: each unit has one that handed it on last, and nothing is lost."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from apportion.analytics.facts import facts_of
from apportion.analytics.flow import Flow, flow
from apportion.analytics.scope import Scope
from apportion.engine import connect
from books import Books, charge

DAYS = ("2026-09-01", "2026-09-02")
COSTS = {"db": "100.10", "cluster": "200", "web": "10.000000000001", "search": "10", "lost": "5"}
USED = {"db_time": {"cluster": 20, "web": 50, "search": 30}, "cpu": {"db": 40, "web": 30, "search": 30}}
SERVING = {"db": "db_time", "cluster": "cpu"}
RULES: dict[str, Any] = {
    "dimensions": {"service": [{"tag": "service"}], "customer": [{"tag": "customer"}]},
    "perspectives": {
        "customer": {
            "to": "customer",
            "rules": [
                *(
                    {
                        "name": name,
                        "match": {"service": name},
                        "method": "proportional",
                        "measure": by,
                        "where": {"service": list(USED[by])},
                        "to": "service",
                    }
                    for name, by in SERVING.items()
                ),
                {
                    "name": "web",
                    "match": {"service": "web"},
                    "method": "fixed",
                    "shares": {"acme": 60, "birch": 40},
                },
                {"name": "search", "match": {"service": "search"}, "method": "fixed", "shares": {"acme": 90}},
            ],
        }
    },
}


@pytest.fixture
def books(tmp_path: Path) -> Books:
    made = Books(tmp_path)
    made.bill(charge(cost, day, service=name) for day in DAYS for name, cost in COSTS.items())
    for measure, by_user in USED.items():
        made.usage(
            [(day, q, {"service": user}) for day in DAYS for user, q in by_user.items()], measure=measure
        )
    return made


def asked(books: Books, limit: int = 10) -> Flow:
    run = books.allocate(RULES, {measure: ["service"] for measure in USED})
    con = connect(threads=1)
    books.ledger.snapshot().register(con)
    facts = facts_of(run, [], "USD")
    return flow(con, Scope.of(facts, "2026-09"), "customer", limit)


def between(found: Flow, source: str, target: str) -> Decimal:
    return sum((b.amount for b in found.bands if (b.source, b.target) == (source, target)), Decimal(0))


def assert_nothing_is_lost(found: Flow) -> None:
    assert {column.difference for column in found.columns} == {0}
    came: dict[str, Decimal] = defaultdict(Decimal)
    went: dict[str, Decimal] = defaultdict(Decimal)
    for band in found.bands:
        came[band.target] += band.amount
        went[band.source] += band.amount
    for node in found.nodes:
        sides = {"provider": [went], "target": [came]}.get(node.stage, [came, went])
        assert {side[node.id] for side in sides} == {node.amount}, node.id


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_nothing_is_lost_where_services_serve_each_other(books: Books, limit: int) -> None:
    found = asked(books, limit)
    assert_nothing_is_lost(found)
    assert found.total == 2 * sum(Decimal(cost) for cost in COSTS.values())
    assert [column.stage for column in found.columns] == ["provider", "origin", "node", "target"]


def test_what_a_service_handed_on_is_what_the_equations_say(books: Books) -> None:
    found = asked(books)
    round_trip = 1 / (1 - Fraction(20, 100) * Fraction(40, 100))  # db to cluster and back, again and again
    by_web = round_trip * (Fraction(50, 100) + Fraction(20, 100) * Fraction(30, 100))
    expected = 2 * Fraction("100.10") * by_web
    assert abs(Fraction(between(found, "origin:db", "node:web")) - expected) < Fraction(1, 10**9)
    assert between(found, "origin:db", "node:search") == 2 * Decimal("100.10") - between(
        found, "origin:db", "node:web"
    )


def test_what_began_where_it_was_handed_over_goes_straight(books: Books) -> None:
    found = asked(books)
    assert between(found, "origin:web", "target:birch") == 2 * 4
    assert between(found, "origin:lost", "target:(unallocated)") == 10
    assert between(found, "origin:search", "target:(unallocated)") == 2


def test_a_credit_goes_its_way_apart_from_charges(books: Books) -> None:
    books.bill(
        [
            charge("-30", DAYS[0], service="db", x_Source="gcp"),
            charge("30", DAYS[0], service="web", x_Source="gcp"),
        ]
    )
    found = asked(books)
    assert_nothing_is_lost(found)
    assert found.total == 2 * sum(Decimal(cost) for cost in COSTS.values())
