"""What differs between two runs, and whose cost moves: by hand, on small books."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from apportion.analytics.changes import Asked, Changes, as_comment, changes, over_limit, stored
from apportion.analytics.changes.rules import _shifted
from apportion.core.errors import BadInput
from apportion.engine import connect
from apportion.ledger import RunRecord
from books import Books, charge

NAMED = {"name": "named", "match": {"customer": "*"}, "method": "direct"}
SHARED = {"name": "shared", "match": {"service": "*"}, "method": "proportional", "measure": "requests"}
TEAMS = {"to": "team", "rules": [{"name": "team tag", "match": {"team": "*"}, "method": "direct"}]}


def rules(*given: Mapping[str, Any], **perspectives: Any) -> dict[str, Any]:
    names = ("customer", "service", "team")
    return {
        "dimensions": {name: [{"tag": name}] for name in names},
        "perspectives": {"customer": {"to": "customer", "rules": list(given)}, **perspectives},
    }


def compared(books: Books, before: RunRecord, after: RunRecord, asked: Asked | None = None) -> Changes:
    asked = asked or Asked()
    metric = asked.metric_of(after)
    table = books.ledger.table("allocations")
    amounts = [stored(table.files(version=run.versions["allocations"]), metric) for run in (before, after)]
    con = connect(threads=1)
    try:
        return changes(con, books.ledger, asked, (before, after), (amounts[0], amounts[1]), "diff")
    finally:
        con.close()


@pytest.fixture
def company(books: Books) -> Books:
    """100 of a shared database, which acme uses three times as much as bolt, and 10 of acme's own."""
    books.bill([charge("100", service="db", team="data"), charge("10", customer="acme", team="web")])
    books.usage(
        [
            ("2026-09-01", "3", {"service": "db", "customer": "acme"}),
            ("2026-09-01", "1", {"service": "db", "customer": "bolt"}),
        ]
    )
    return books


def moves(found: Changes, perspective: str = "customer") -> dict[str, tuple[Decimal, str]]:
    return {t.target: (t.change, t.state) for t in found.targets if t.perspective == perspective}


def test_a_new_rule_moves_cost_from_unallocated_to_customers(company: Books) -> None:
    found = compared(company, company.allocate(rules(NAMED)), company.allocate(rules(NAMED, SHARED)))
    assert moves(found) == {
        "(unallocated)": (Decimal(-100), "gone"),
        "acme": (Decimal(75), "changed"),
        "bolt": (Decimal(25), "new"),
    }
    (customer,) = found.perspectives
    assert (customer.gained, customer.lost, customer.moved, customer.moved_pct) == (
        Decimal(100),
        Decimal(100),
        Decimal(100),
        Decimal("90.91"),
    )
    assert (customer.unallocated_before, customer.unallocated_after) == (Decimal(100), Decimal(0))
    assert (customer.targets_before, customer.targets_after, customer.targets_new) == (1, 2, 1)
    assert found.headline == "1 rule changed. Cost that moves: customer $100 (90.9 %)."
    (rule,) = found.rules
    assert (rule.rule, rule.change) == ("shared", "added")
    assert {s.setting: (s.before, s.after) for s in rule.settings}["measure"] == (None, "requests")


def test_a_changed_rule_names_the_settings_that_changed(company: Books) -> None:
    even = {"name": "shared", "match": {"service": "*"}, "method": "even", "targets": ["acme", "bolt"]}
    found = compared(company, company.allocate(rules(NAMED, SHARED)), company.allocate(rules(NAMED, even)))
    (rule,) = found.rules
    assert {s.setting: (s.before, s.after) for s in rule.settings} == {
        "method": ("proportional", "even"),
        "measure": ("requests", None),
        "targets": (None, '["acme", "bolt"]'),
    }
    assert moves(found) == {"acme": (Decimal(-25), "changed"), "bolt": (Decimal(25), "changed")}
    assert found.perspectives[0].largest_pct == Decimal("100.00")


def test_a_rule_that_changes_places_is_a_change(company: Books) -> None:
    found = compared(company, company.allocate(rules(NAMED, SHARED)), company.allocate(rules(SHARED, NAMED)))
    (rule,) = found.rules
    assert [s.setting for s in rule.settings] == ["position"]
    assert found.changed
    assert not found.moved
    assert found.headline == "1 rule changed. No target's cost moves."


def test_only_the_rules_that_must_change_places_do() -> None:
    assert _shifted(["a", "b", "c", "d"], ["d", "a", "b", "c"]) == {"d"}
    assert _shifted(["a", "b", "c"], ["a", "b", "c"]) == set()
    assert len(_shifted(["a", "b", "c"], ["c", "b", "a"])) == 2


def test_a_restated_bill_and_late_usage_are_named_with_the_difference(company: Books) -> None:
    before = company.allocate(rules(NAMED, SHARED))
    company.bill([charge("100", service="db"), charge("12.5", customer="acme")])
    company.usage([("2026-10-01", "7", {"service": "db", "customer": "acme"})])
    found = compared(company, before, company.allocate(rules(NAMED, SHARED)))
    said = {
        (d.table, d.name, d.period): (d.change, d.what, d.before, d.after, d.difference) for d in found.data
    }
    assert said == {
        ("charges", "aws", "2026-09"): (
            "changed", "EffectiveCost", Decimal(110), Decimal("112.5"), Decimal("2.5"),
        ),
        ("usage", "requests", "2026-10"): ("added", "quantity", Decimal(0), Decimal(7), Decimal(7)),
    }  # fmt: skip
    assert moves(found) == {"acme": (Decimal("2.5"), "changed")}
    assert not found.rules


def test_customers_are_counted_and_revenue_is_added_up(company: Books) -> None:
    before = company.allocate(rules(NAMED))
    company.customers([{"customer_id": "acme"}, {"customer_id": "bolt"}])
    company.revenue([{"customer_id": "acme", "kind": "subscription", "amount": "9", "currency": "EUR"}])
    found = compared(company, before, company.allocate(rules(NAMED)))
    assert [(d.name, d.what, d.currency, d.rows_after, d.after) for d in found.data] == [
        ("customers", "rows", None, 2, None),
        ("revenue", "amount", "EUR", 1, Decimal(9)),
    ]


def test_the_same_again_says_that_nothing_changed(company: Books) -> None:
    before, after = company.allocate(rules(NAMED)), company.allocate(rules(NAMED))
    found = compared(company, before, after)
    assert not found.changed
    assert not found.moved
    assert found.headline == f"Nothing changed since run {before.run_id}."
    assert over_limit(found, Decimal(0), Decimal(0)) == []


def test_a_new_perspective_moves_nobodys_cost(company: Books) -> None:
    found = compared(company, company.allocate(rules(NAMED)), company.allocate(rules(NAMED, team=TEAMS)))
    assert {p.perspective: p.change for p in found.perspectives} == {"customer": "same", "team": "added"}
    assert [s.setting for s in found.settings] == ["perspectives.team.to"]
    assert over_limit(found, Decimal(5), Decimal(1)) == []


def test_only_the_days_of_the_window_are_compared(company: Books) -> None:
    company.bill(
        [charge("7", day="2026-10-01", service="db"), charge("5", day="2026-10-02", customer="acme")]
    )
    before = company.allocate(rules(NAMED))
    after = company.allocate(rules({**NAMED, "match": {"customer": "nobody"}}))
    assert moves(compared(company, before, after, Asked("2026-10")))["acme"] == (Decimal(-5), "gone")
    assert moves(compared(company, before, after, Asked("2026-09")))["acme"] == (Decimal(-10), "gone")


def test_an_unknown_metric_is_refused(company: Books) -> None:
    run = company.allocate(rules(NAMED))
    with pytest.raises(BadInput, match="ListCost"):
        compared(company, run, run, Asked(metric="ListCost"))


def test_currencies_stay_apart(books: Books) -> None:
    books.bill(
        [charge("1", customer="acme"), charge("2", customer="acme", BillingCurrency="EUR", x_Source="b")]
    )
    nobody = {**NAMED, "match": {"customer": "nobody"}}
    found = compared(books, books.allocate(rules(NAMED)), books.allocate(rules(nobody)))
    assert {p.currency: p.moved for p in found.perspectives} == {"EUR": Decimal(2), "USD": Decimal(1)}


def test_a_limit_counts_the_perspective_and_each_target(company: Books) -> None:
    before = company.allocate(rules(NAMED, SHARED))
    company.bill([charge("100", service="db"), charge("13", customer="acme")])
    found = compared(company, before, company.allocate(rules(NAMED, SHARED)))
    assert found.perspectives[0].moved_pct == Decimal("2.73")
    assert found.perspectives[0].largest_pct == Decimal("3.53")
    assert over_limit(found, Decimal("3.53"), Decimal(1)) == []
    assert over_limit(found, Decimal(3), Decimal(1)) == ["customer acme: $3.00 (3.5 %)"]
    assert over_limit(found, Decimal(3), Decimal("3.01")) == []
    assert over_limit(found, Decimal(2), Decimal(100)) == ["customer: $3.00 moves, 2.7 % of its cost"]


def test_the_comment_has_the_summary_first_and_few_rows(company: Books) -> None:
    found = compared(company, company.allocate(rules(NAMED)), company.allocate(rules(NAMED, SHARED)))
    lines = as_comment(found, rows=1).splitlines()
    assert lines[0] == "<!-- apportion plan -->"
    assert lines[2].startswith("**Cost attribution:** 1 rule changed. Cost that moves: customer $100")
    assert [line for line in lines if line.startswith("| customer: ")] == [
        "| customer: (unallocated) | $100 | $0 | −$100 | gone |"
    ]
    assert "and 2 more." in lines


def test_names_cannot_write_markdown_or_call_people(books: Books) -> None:
    evil = "@team | **x** [a](https://b.example) www.b.example <img> #1"
    books.bill([charge("1", customer=evil)])
    nobody = {**NAMED, "match": {"customer": "nobody"}}
    said = as_comment(compared(books, books.allocate(rules(nobody)), books.allocate(rules(NAMED))))
    row = next(line for line in said.splitlines() if "team" in line)
    assert row.count("|") == 6
    for sign in ("@", "**", "[", "<img", "https:", "www.", "#1 "):
        assert sign not in row


def test_a_comment_fits_whatever_moves(books: Books) -> None:
    books.bill([charge("1", customer="☃" * 300 + str(i)) for i in range(200)])
    nobody = {**NAMED, "match": {"customer": "nobody"}, "name": "*" * 80}
    found = compared(books, books.allocate(rules(nobody)), books.allocate(rules(NAMED)))
    assert len(found.targets) == 201
    assert len(as_comment(found)) < 65_536
    assert found.limited(5).targets_more == 196
