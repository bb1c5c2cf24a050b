"""Only what changed is computed again, and the result is the same as if all had been."""

from typing import Any

import pytest

from apportion.allocation import results
from books import Books, charge

DIMENSIONS = {"service": [{"tag": "service"}], "customer": [{"tag": "customer"}]}
DAYS = ["2026-08-31", "2026-09-01", "2026-09-02", "2026-09-30"]


def rules(**more: Any) -> dict[str, Any]:
    shared = {
        "name": "shared",
        "match": {"service": "db"},
        "method": "proportional",
        "measure": "requests",
        **more,
    }
    direct = {"name": "own", "match": {"customer": "*"}, "method": "direct"}
    return {
        "dimensions": DIMENSIONS,
        "perspectives": {"customer": {"to": "customer", "rules": [direct, shared]}},
    }


def bill(*more: dict[str, Any]) -> list[dict[str, Any]]:
    found = [charge("10", day=d, service="db") for d in DAYS]
    return [*found, charge("5", customer="acme"), charge("8", x_Source="gcp", service="db"), *more]


def use(*, bolt: str = "1", days: list[str] = DAYS) -> list[tuple[str, str, dict[str, str]]]:
    rows = [(d, "1", {"service": "db", "customer": "acme"}) for d in days]
    return [*rows, ("2026-09-01", bolt, {"service": "db", "customer": "bolt"})]


def same_as_anew(books: Books, rule_set: dict[str, Any]) -> int:
    """Days that a run counted again; its results, kept or not, are those of a run over everything."""
    run = books.allocate(rule_set)
    kept = [
        books.sql(f"FROM {t} ORDER BY ALL") for t in ("allocations", "steps", "reconciliation", "daily_costs")
    ]
    anew = books.allocate(rule_set, keep=False)
    assert kept == [
        books.sql(f"FROM {t} ORDER BY ALL") for t in ("allocations", "steps", "reconciliation", "daily_costs")
    ]
    assert (run.digest, run.results) == (anew.digest, anew.results)
    assert run.kept_from
    return run.days_run


@pytest.mark.parametrize(
    ("more", "days"),
    [
        ({}, 1),
        ({"without_usage": {"carry_forward": 1}}, 2),
        ({"over": {"days": 2}}, 2),
        ({"over": "month"}, 3),
    ],
)
def test_late_usage_runs_the_days_that_it_counts_for(books: Books, more: dict[str, Any], days: int) -> None:
    books.bill(bill())
    books.usage(use())
    books.allocate(rules(**more))
    books.usage(use(bolt="3"))
    assert same_as_anew(books, rules(**more)) == days


def test_a_restated_source_runs_the_days_on_which_it_differs(books: Books) -> None:
    books.bill(bill())
    books.usage(use())
    books.allocate(rules())
    books.bill(
        [
            charge("9", x_Source="gcp", service="db"),
            charge("1", day="2026-09-02", x_Source="gcp", service="db"),
        ]
    )
    assert same_as_anew(books, rules()) == 2


def test_a_day_that_lost_all_its_cost_is_gone(books: Books) -> None:
    books.bill(bill())
    books.usage(use())
    books.allocate(rules())
    books.bill(
        [row for row in bill() if row["x_Source"] == "aws" and "2026-09-30" not in row["ChargePeriodStart"]]
    )
    assert same_as_anew(books, rules()) == 1


def test_nothing_new_runs_no_day(books: Books) -> None:
    books.bill(bill())
    books.usage(use())
    books.allocate(rules())
    assert same_as_anew(books, rules()) == 0


def test_a_test_of_a_column_is_kept_with_the_day(books: Books) -> None:
    tax = {"name": "tax", "match": {"ChargeCategory": "Tax"}, "method": "even", "targets": ["acme", "bolt"]}
    rule_set = rules()
    rule_set["perspectives"]["customer"]["rules"].append(tax)
    books.bill(bill(charge("2", ChargeCategory="Tax")))
    books.usage(use())
    books.allocate(rule_set)
    books.usage(use(bolt="3"))
    assert same_as_anew(books, rule_set) == 1


def test_an_amount_of_a_month_runs_its_month_again(books: Books) -> None:
    fee = {"name": "fee", "match": {"service": "db"}, "method": "fixed", "amounts": {"acme": 10}}
    rule_set = rules()
    rule_set["perspectives"]["customer"]["rules"].insert(0, fee)
    books.bill(bill())
    books.usage(use())
    books.allocate(rule_set)
    books.bill([charge("9", x_Source="gcp", service="db")])
    assert same_as_anew(books, rule_set) == 3


@pytest.mark.parametrize("change", ["rules", "customers", "currency"])
def test_what_concerns_every_day_runs_all(books: Books, change: str) -> None:
    books.bill(bill())
    books.usage(use())
    books.allocate(rules())
    if change == "customers":
        books.customers([{"customer_id": "acme"}])
    if change == "currency":
        books.bill([charge("9", x_Source="gcp", service="db", BillingCurrency="EUR")])
    run = books.allocate(rules(without_usage="even") if change == "rules" else rules())
    assert (run.kept_from, run.days_run) == ("", 4)


def test_after_a_run_that_ended_half_committed_all_is_run(books: Books) -> None:
    books.bill(bill())
    books.usage(use())
    books.allocate(rules())
    table = books.ledger.table("steps")
    table.replace([], schema=table.schema(), record={})
    assert books.allocate(rules()).kept_from == ""


def test_cost_without_steps_is_kept_too(books: Books) -> None:
    direct = {"name": "own", "match": {"customer": "*"}, "method": "direct"}
    rule_set = {"dimensions": DIMENSIONS, "perspectives": {"customer": {"to": "customer", "rules": [direct]}}}
    books.bill(bill())
    books.allocate(rule_set)
    books.bill([charge("9", x_Source="gcp", customer="bolt")])
    assert same_as_anew(books, rule_set) == 1


@pytest.mark.parametrize("changed", ["usage", "bill", "both", "gone"])
def test_large_partitions_keep_the_files_whose_days_are_as_they_were(
    books: Books, changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "ROWS_A_FILE", 1)
    books.bill(bill())
    books.usage(use())
    books.allocate(rules())
    before = set(books.ledger.table("allocations").files())
    if changed in ("usage", "both"):
        books.usage(use(bolt="3"))
    if changed in ("bill", "both"):
        books.bill(bill(charge("7", day="2026-09-02", service="db")))
    if changed == "gone":
        books.bill([c for c in bill() if c["ChargePeriodStart"][:10] != "2026-09-30"])
    run = books.allocate(rules())
    kept = set(books.ledger.table("allocations").files())
    assert run.kept_from
    assert len(before) > 3
    assert before & kept
    assert before - kept
    stands = [books.sql(f"FROM {t} ORDER BY ALL") for t in ("allocations", "steps")]
    anew = books.allocate(rules(), keep=False)
    assert stands == [books.sql(f"FROM {t} ORDER BY ALL") for t in ("allocations", "steps")]
    assert run.digest == anew.digest
