"""A run can be made again digit for digit, whatever became of its data and rules since."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from apportion.allocation import Inputs, Rules, repeat
from apportion.core.errors import Refused
from apportion.engine import connect
from apportion.ledger import RunRecord
from books import Books, charge


def rules(**team: Any) -> dict[str, Any]:
    return {
        "dimensions": {"customer": [{"tag": "customer"}], "service": [{"tag": "service"}]},
        "perspectives": {
            "customer": {
                "to": "customer",
                "rules": [
                    {"name": "named", "match": {"customer": "*"}, "method": "direct"},
                    {
                        "name": "shared",
                        "match": {"service": "*"},
                        "method": "proportional",
                        "measure": "requests",
                    },
                ],
            },
            **team,
        },
    }


def again(books: Books, run: RunRecord, given: Mapping[str, Any]) -> RunRecord:
    inputs = Inputs(Rules.model_validate(given), {"requests": ["service", "customer"]}, books.root)
    con = connect(threads=1)
    try:
        return repeat(books.ledger, con, run, inputs)
    finally:
        con.close()


@pytest.fixture
def company(books: Books) -> Books:
    """A third of 100 for each of three customers leaves a unit over."""
    books.bill([charge("100", service="db"), charge("10", customer="acme")])
    books.usage([("2026-09-01", "1", {"service": "db", "customer": c}) for c in ("acme", "bolt", "cedar")])
    return books


def test_facts_and_digits_are_those_of_then(company: Books) -> None:
    first = company.allocate(rules())
    before = company.targets()
    company.bill([charge("7", service="db")])
    company.usage([("2026-09-01", "9", {"service": "db", "customer": "bolt"})])
    company.customers([{"customer_id": "acme"}])
    assert company.allocate(rules()).digest != first.digest
    repeated = again(company, first, rules())
    assert company.targets() == before
    assert (repeated.as_of, repeated.digest) == (first.run_id, first.digest)
    assert {n: repeated.versions[n] for n in ("charges", "usage", "customers")} == {
        n: first.versions[n] for n in ("charges", "usage", "customers")
    }
    assert company.ledger.run() == repeated


def test_answers_are_those_recorded_not_those_of_a_file_that_changed_since(books: Books) -> None:
    lookup = books.root / "teams.csv"
    lookup.write_text("account,team\n1,red\n")
    given = rules(team={"to": "team", "rules": [{"name": "all", "match": {"team": "*"}, "method": "direct"}]})
    given["dimensions"]["team"] = [{"lookup": "teams.csv", "key": "SubAccountId", "value": "team"}]
    books.bill([charge("3", SubAccountId="1")])
    first = books.allocate(given)
    lookup.write_text("account,team\n1,blue\n")
    books.allocate(given)
    assert books.targets("team") == {"blue": Decimal(3)}
    again(books, first, given)
    assert books.targets("team") == {"red": Decimal(3)}


def test_rules_that_match_columns_and_pass_cost_on_are_repeated(books: Books) -> None:
    given = rules()
    licence = {"name": "licence", "match": {"ServiceName": "Licence*"}, "to": "service"}
    given["perspectives"]["customer"]["rules"].append({**licence, "method": "even", "targets": ["db", "web"]})
    books.bill([charge("100", service="db"), charge("9", ServiceName="Licence fee")])
    books.usage(
        [("2026-09-01", q, {"service": s, "customer": "acme"}) for s, q in (("db", "1"), ("web", "2"))]
    )
    first = books.allocate(given)
    before = books.targets()
    books.bill([charge("7", service="db")])
    books.allocate(given)
    assert again(books, first, given).digest == first.digest
    assert books.targets() == before == {"acme": Decimal(109)}


def test_other_digits_are_refused_and_the_run_before_stays(company: Books) -> None:
    first = company.allocate(rules())
    standing = company.allocate(rules())
    with pytest.raises(Refused, match="the digits differ"):
        again(company, replace(first, digest="0" * 64), rules())
    assert company.ledger.run() == standing


def test_a_run_of_before_digests_is_held_against_its_stored_results(company: Books) -> None:
    first = replace(company.allocate(rules()), digest="")
    company.bill([charge("7", service="db")])
    company.allocate(rules())
    assert again(company, first, rules()).as_of == first.run_id


def test_the_digest_says_who_bears_what_and_not_in_which_order_it_came(company: Books) -> None:
    first = company.allocate(rules())
    company.bill([charge("10", customer="acme"), charge("100", service="db")])
    assert company.allocate(rules()).digest == first.digest
    company.bill([charge("10.000000000001", customer="acme"), charge("99.999999999999", service="db")])
    assert company.allocate(rules()).digest != first.digest


def test_a_repeated_run_can_be_repeated(company: Books) -> None:
    first = company.allocate(rules())
    second = again(company, first, rules())
    assert again(company, second, rules()).digest == first.digest
