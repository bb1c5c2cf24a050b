"""What a real run recorded is explained: chains, a cycle, amounts, tiers, taxes, columns, down to each line."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from apportion.allocation import register_charge_days
from apportion.analytics.explain import ExplainRequest, explain
from apportion.analytics.facts import facts_of
from apportion.analytics.models import Facts
from apportion.analytics.scope import Scope
from apportion.engine import connect
from books import Books, charge

DAYS = ("2026-09-01", "2026-09-02", "2026-09-03")
DIMENSIONS = {name: [{"tag": name}] for name in ("team", "service", "environment", "customer")}
RULES: list[dict[str, Any]] = [
    {"name": "dedicated", "match": {"customer": "*"}, "method": "direct"},
    {"name": "taxes", "match": {"ChargeCategory": "Tax"}, "method": "follow", "by": ["service"]},
    {"name": "big", "match": {"service": "search", "EffectiveCost": {"from": 50}}, "method": "even",
     "targets": ["acme", "cedar"]},
    {"name": "search", "match": {"service": "search"}, "method": "fixed", "amounts": {"birch": 30}},
    {"name": "rest of search", "match": {"service": "search"}, "method": "proportional",
     "measures": [{"measure": "requests", "weight": 70}, {"measure": "storage", "weight": 30}]},
    {"name": "platform", "match": {"service": "platform"}, "method": "proportional", "measure": "tickets",
     "to": "service"},
    {"name": "database work", "match": {"service": "shared-db", "team": "dba"}, "method": "fixed",
     "shares": {"platform": "40", "checkout": "60"}, "to": "service"},
    {"name": "shared", "match": {"service": ["shared-db", "checkout"]}, "method": "proportional",
     "measure": "requests", "without_usage": {"carry_forward": 7}},
    {"name": "people", "match": {"team": "growth"}, "method": "even", "targets": ["acme", "birch", "cedar"]},
    {"name": "overhead", "match": {"team": "office"}, "method": "proportional", "measure": "attributed"},
]  # fmt: skip
MEASURES = {
    "requests": ["service", "customer"],
    "storage": ["service", "customer"],
    "tickets": ["from", "service"],
}


def bill() -> Iterator[dict[str, Any]]:
    for day in DAYS:
        yield charge("10.01", day, service="checkout", customer="acme", team="shop")
        yield charge("100", day, service="platform", team="dba", environment="production")
        yield charge("61.37", day, service="shared-db", team="dba", environment="production")
        yield charge("-3.5", day, service="shared-db", team="dba", environment="production")
        yield charge("40", day, service="checkout", team="shop", environment="production")
        yield charge("7", day, service="search", team="growth", SkuId="small")
        yield charge("70.07", day, service="search", team="growth", SkuId="big")
        yield charge("9", day, team="growth")
        yield charge("5", day, team="office")
        yield charge("3", day)
        yield charge("4", day, service="checkout", team="shop", CommitmentDiscountStatus="Unused")
        yield charge("1.9", day, service="checkout", team="shop", ChargeCategory="Tax")
        yield charge("0.7", day, ChargeCategory="Tax")


def use() -> Iterator[tuple[str, str, dict[str, str]]]:
    for day in DAYS[:2]:  # nothing on the last: carried forward
        for service, each in (("shared-db", (3, 4)), ("checkout", (1, 6)), ("search", (5, 2))):
            for customer, quantity in zip(("acme", "birch"), each, strict=True):
                yield day, str(quantity), {"service": service, "customer": customer}
                yield day, "0.25", {"service": service, "customer": customer}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[duckdb.DuckDBPyConnection, Facts]]:
    """A connection to the results of a run by these rules, and its facts."""
    books = Books(Path(tmp_path_factory.mktemp("books")))
    books.bill(bill())
    books.usage(use())
    books.usage([(d, "1", {"service": "search", "customer": "cedar"}) for d in DAYS], "storage")
    tickets = [("shared-db", "1"), ("checkout", "3"), ("platform", "1")]
    books.usage([(d, n, {"service": s}) for d in DAYS for s, n in tickets], "tickets")
    perspectives = {
        "customer": {"to": "customer", "rules": RULES},
        "team": {"to": "team", "rules": [{"name": "own", "match": {"team": "*"}, "method": "direct"}]},
    }
    record = books.allocate({"dimensions": DIMENSIONS, "perspectives": perspectives}, MEASURES)
    con = connect(threads=1)
    books.ledger.snapshot().register(con)
    register_charge_days(con, record.answers, [*record.dimensions, *record.tests], lines=True)
    for name in ("allocations", "steps", "usage", "customers", "charge_days"):  # quicker to ask than files
        con.execute(f"CREATE TABLE kept AS FROM {name}; DROP VIEW {name}; ALTER TABLE kept RENAME TO {name}")
    yield con, facts_of(record, [], "USD")
    con.close()


def levels(con: duckdb.DuckDBPyConnection, request: ExplainRequest) -> Iterator[Any]:
    """The levels below a number; the parts of each must add up to it, and be what the level above says.

    Of paths and days the heaviest and the last are followed, of all else everything.
    """
    told = explain(con, request)
    assert told.parts_total == told.node.amount == sum(part.amount for part in told.parts), request.pins
    yield told
    follow_all = told.level not in ("days", "paths") or len(told.parts) == 1
    for part in told.parts if follow_all else (told.parts[0], told.parts[-1]):
        if part.pins is None:
            continue
        below = levels(con, dataclasses.replace(request, pins=part.pins))
        first = next(below)
        assert first.node.amount == part.amount, part.pins
        yield first
        yield from below


@pytest.fixture(scope="module")
def explained(run: Any) -> dict[str, list[Any]]:
    """Every level below what each customer carries."""
    con, facts = run
    scope = Scope.of(facts, "2026-09-01..2026-09-04")
    found = con.execute("SELECT DISTINCT target FROM allocations WHERE perspective = 'customer'").fetchall()
    return {
        target: list(levels(con, ExplainRequest(scope, "customer", target, limit=500)))
        for (target,) in sorted(found)
    }


def test_every_number_of_a_run_adds_up_down_to_the_lines(explained: dict[str, list[Any]]) -> None:
    assert set(explained) == {"(idle)", "(unallocated)", "acme", "birch", "cedar"}
    assert sum(told[0].node.amount for told in explained.values()) == sum(
        row["EffectiveCost"] for row in bill()
    )
    assert all(told[-1].level == "line_items" for told in explained.values())


def test_another_perspective_adds_up_too(run: Any) -> None:
    con, facts = run
    scope = Scope.of(facts, "2026-09-01..2026-09-04", "BilledCost")
    assert [told.level for told in levels(con, ExplainRequest(scope, "team", "office", limit=500))] == [
        "rules", "pools", "days", "line_items", "line_items",
    ]  # fmt: skip


def test_all_that_is_measured_has_the_rows_it_was_measured_by(explained: dict[str, list[Any]]) -> None:
    bases = [told.basis for found in explained.values() for told in found if told.basis]
    drivers = [driver for basis in bases for step in basis.steps for driver in step.drivers if driver.usage]
    for driver in drivers:
        assert sum(row.quantity for row in driver.usage_rows) == driver.quantity, driver
    assert {driver.measure for driver in drivers} == {"requests", "storage", "tickets"}


def sentences(found: list[Any]) -> set[str]:
    """Everything that is said of steps."""
    steps = [step for told in found if told.basis for step in told.basis.steps]
    steps += [step for told in found for part in told.parts for step in part.steps or []]
    return {step.sentence for step in steps}


@pytest.mark.parametrize(
    "said",
    [
        "All of it: these charges carry the customer acme.",
        "One of 2 equal shares (50.00 %).",
        "40.00 %, as rule 'database work' fixes it.",
        "1 of 5 tickets on 2026-09-01 (20.00 %).",
        "1.25 of 7.5 requests to checkout on 2026-09-01 (16.67 %).",
        "1.25 of 7.5 requests to checkout on 2026-09-02, the nearest day with use before 2026-09-03 (16.67 %).",
        "5.25 of 7.5 requests to search on 2026-09-01 (49.00 %).",
    ],
)
def test_each_step_says_what_divided_it(explained: dict[str, list[Any]], said: str) -> None:
    assert said in sentences(explained["acme"])


def test_a_tax_is_told_by_the_cost_it_follows(explained: dict[str, list[Any]]) -> None:
    words = "of the cost it follows from 2026-09-01 to 2026-09-30"
    assert any(words in sentence for sentence in sentences(explained["birch"]))


def test_a_charge_without_a_rule_says_so_nowhere_as_if_it_had_one(run: Any) -> None:
    con, facts = run
    pins = {"rule": "", **dict.fromkeys(("team", "service", "environment", "customer"), "(none)")}
    pins |= {"cost_class": "cost_of_revenue", "source": "aws", "node": "", "day": "2026-09-01"}
    told = explain(con, ExplainRequest(Scope.of(facts, "30d"), "customer", "(unallocated)", pins))
    assert (told.basis, [part.amount for part in told.parts]) == (None, [3])
