"""A plan says what an allocation would change, writes nothing, and is made anew only where something changed."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.allocation import Inputs, Rules
from apportion.analytics.changes import Asked, Planner
from apportion.core.errors import BadInput, NotFound
from books import Books, charge

NAMED = {"name": "named", "match": {"customer": "*"}, "method": "direct"}
SHARED = {"name": "shared", "match": {"service": "*"}, "method": "even", "targets": ["acme", "bolt"]}


def rules(*given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "dimensions": {"customer": [{"tag": "customer"}], "service": [{"tag": "service"}]},
        "perspectives": {"customer": {"to": "customer", "rules": list(given)}},
    }


def inputs(books: Books, *given: Mapping[str, Any]) -> Inputs:
    return Inputs(Rules.model_validate(rules(*given)), {"requests": ["service", "customer"]}, books.root)


@pytest.fixture
def company(books: Books) -> Books:
    books.bill([charge("100", service="db"), charge("10", customer="acme")])
    return books


@pytest.fixture
def planner(company: Books) -> Planner:
    return Planner(company.ledger, company.root / "spill")


def stored(books: Books) -> set[Path]:
    return {path for path in books.ledger.root.rglob("*") if path.is_file()}


def test_what_a_plan_says_is_what_an_allocation_then_does(company: Books, planner: Planner) -> None:
    company.allocate(rules(NAMED))
    company.bill([charge("101", service="db"), charge("12", customer="acme")])
    before = stored(company)
    found = planner.plan(inputs(company, NAMED, SHARED), company.tag_keys(), Asked())
    assert stored(company) == before
    assert {t.target: t.after for t in found.targets} == {
        "(unallocated)": Decimal(0),
        "acme": Decimal("62.5"),
        "bolt": Decimal("50.5"),
    }
    assert found.after.run_id is None
    assert found.headline == (
        "1 rule and 1 part of the data changed. Cost that moves: customer $103 (93.6 %)."
    )
    company.allocate(rules(NAMED, SHARED))
    assert {t.target: t.after for t in found.targets if t.after} == company.targets()


def test_nothing_changed_is_said_without_computing(
    company: Books, planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = company.allocate(rules(NAMED))
    monkeypatch.setattr("apportion.allocation.compute", None)
    found = planner.plan(inputs(company, NAMED), company.tag_keys(), Asked())
    assert found.headline == f"Nothing changed since run {run.run_id}."
    assert (found.changed, found.moved) == (False, False)
    assert {p.change for p in found.perspectives} == {"same"}


def test_a_lookup_file_that_changed_is_a_change(books: Books) -> None:
    lookup = books.root / "teams.csv"
    given = rules(NAMED)
    given["dimensions"]["customer"] = [{"lookup": "teams.csv", "key": "SubAccountId", "value": "who"}]
    lookup.write_text("account,who\n1,acme\n")
    books.bill([charge("3", SubAccountId="1")])
    books.allocate(given)
    asked = Inputs(Rules.model_validate(given), {}, books.root)
    planner = Planner(books.ledger, books.root / "spill")
    assert not planner.plan(asked, [], Asked()).changed
    lookup.write_text("account,who\n1,bolt\n")
    found = planner.plan(asked, [], Asked())
    assert [s.setting for s in found.settings] == ["dimensions"]
    assert {t.target: t.change for t in found.targets} == {"acme": Decimal(-3), "bolt": Decimal(3)}


def test_the_last_plan_is_kept_until_something_changes(company: Books, planner: Planner) -> None:
    company.allocate(rules(NAMED))
    asked = inputs(company, NAMED, SHARED)
    first = planner.plan(asked, company.tag_keys(), Asked())
    assert planner.plan(asked, company.tag_keys(), Asked()) is first
    company.bill([charge("7", service="db")])
    assert planner.plan(asked, company.tag_keys(), Asked()) is not first


def test_before_the_first_run_there_is_nothing_to_compare_with(company: Books, planner: Planner) -> None:
    with pytest.raises(NotFound, match="Nothing has been allocated yet"):
        planner.plan(inputs(company, NAMED), [], Asked())


def test_rules_that_cannot_be_followed_are_refused_as_by_an_allocation(
    company: Books, planner: Planner
) -> None:
    company.allocate(rules(NAMED))
    with pytest.raises(BadInput, match="'nowhere' is not a dimension"):
        planner.plan(inputs(company, {**NAMED, "to": "nowhere"}), company.tag_keys(), Asked())


def test_a_plan_in_another_metric(company: Books, planner: Planner) -> None:
    company.allocate(rules(NAMED))
    found = planner.plan(inputs(company, NAMED, SHARED), company.tag_keys(), Asked(metric="BilledCost"))
    assert found.meta.metric == "BilledCost"
    assert found.perspectives[0].moved == Decimal(100)
